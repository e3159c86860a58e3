using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Health;
using Spectre.Console;

namespace WhatIf.Health;

/// <summary>How healthy is it now?</summary>
internal sealed class ScoreQuestion : IHealthQuestion
{
    private static readonly HealthScorer Scorer = new(HealthReader.Options);

    public JsonObject Answer(ScenarioValue scenario)
    {
        var evaluation = Evaluate(scenario);
        return new()
        {
            ["score"] = evaluation.Score,
            ["coverage"] = evaluation.Coverage,
            ["band"] = evaluation.Band.ToString(),
            ["cap"] = evaluation.Cap,
            ["gates"] = new JsonArray([.. evaluation.Gates.Select(static g => (JsonNode)HealthReader.Word(g.Gate))]),
            ["lostPoints"] = new JsonObject(evaluation.Items.Select(static i => KeyValuePair.Create(i.Item, (JsonNode?)i.LostPoints))),
        };
    }

    public void Show(ScenarioValue scenario, IAnsiConsole console)
    {
        var evaluation = Evaluate(scenario);
        var titles = HealthReader.Options.Streaming.ToDictionary(static i => i.Key, static i => i, StringComparer.Ordinal);
        var table = new Table().Border(TableBorder.Minimal);
        foreach (var column in (string[])["item", "value", "bad .. good", "grade", "weight", "lost"])
        {
            table.AddColumn(column);
        }
        foreach (var item in evaluation.Items)
        {
            table.AddRow(Row(titles[item.Item], Number(item.Value), Number(item.Grade), item.LostPoints > 0 ? Number(item.LostPoints) : "-"));
        }
        foreach (var absent in evaluation.Absent)
        {
            table.AddRow(Row(titles[absent.Item], "-", "-", absent.Reason == HealthAbsenceReason.NotInThisPhase ? "not now" : "unknown"));
        }
        console.Write(table);
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{evaluation.Band}: score {(evaluation.ShownScore is { } score ? score.ToString("0.0", CultureInfo.InvariantCulture) : "none")} of 10, {evaluation.Coverage:P0} known"));
        if (evaluation.Cap is { } cap)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"limited to {cap:0.0}"));
        }
        foreach (var gate in evaluation.Gates)
        {
            console.WriteLine($"open gate {HealthReader.Word(gate.Gate)} ({gate.Gate.ToString()[HealthReader.Word(gate.Gate).Length..]})");
        }
    }

    private static Text[] Row(HealthItem item, string value, string grade, string lost) =>
        [new(item.Title), new(value), new($"{Number(item.Bad)} .. {Number(item.Good)}"), new(grade), new(Number(item.Weight)), new(lost)];

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static HealthEvaluation Evaluate(ScenarioValue scenario)
    {
        var now = DateTimeOffset.UnixEpoch;
        var given = scenario["readings"];
        given.Members();
        return Scorer.Score(new()
        {
            Now = now,
            Phase = scenario["phase"] is { IsSet: true } phase
                ? phase.Word(("warmUp", HealthPhase.WarmUp), ("catchUp", HealthPhase.CatchUp), ("soak", HealthPhase.Soak))
                : HealthPhase.Soak,
            Readings =
            [
                .. HealthReader.Options.Streaming
                    .Select(i => (i.Key, Value: given[i.Key].DoubleOrNull()))
                    .Where(static r => r.Value is not null)
                    .Select(r => new HealthReading(r.Key, r.Value!.Value, now)),
            ],
            Gates = scenario["gates"].Gates(),
        });
    }
}
