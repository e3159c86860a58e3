using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Health;
using Spectre.Console;

namespace WhatIf.Health;

/// <summary>What is said after each evaluation?</summary>
internal sealed class VerdictsQuestion : IHealthQuestion
{
    private static readonly HealthVerdictPolicy Policy = new(HealthReader.Options);

    public JsonObject Answer(ScenarioValue scenario) => new()
    {
        ["verdicts"] = new JsonArray([.. Statements(scenario).Select(static s => (JsonNode)new JsonObject
        {
            ["verdict"] = s.Statement.Verdict.ToString(),
            ["alarm"] = Word(s.Statement.Alarm),
        })]),
    };

    public void Show(ScenarioValue scenario, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Minimal);
        foreach (var column in (string[])["after s", "score", "known", "gates", "verdict", "alarm"])
        {
            table.AddColumn(column);
        }
        DateTimeOffset? first = null;
        foreach (var (evaluation, statement) in Statements(scenario))
        {
            first ??= evaluation.At;
            table.AddRow(
                new Text((evaluation.At - first.Value).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)),
                new Text(evaluation.Score?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-"),
                new Text(evaluation.Coverage.ToString("P0", CultureInfo.InvariantCulture)),
                new Text(string.Join(' ', evaluation.Gates.Select(static g => HealthReader.Word(g.Gate)))),
                new Text(statement.Verdict.ToString()),
                new Text(Word(statement.Alarm) ?? ""));
        }
        console.Write(table);
    }

    private static List<(HealthEvaluation Evaluation, HealthStatement Statement)> Statements(ScenarioValue scenario)
    {
        var state = HealthVerdictState.Initial;
        var said = new List<(HealthEvaluation, HealthStatement)>();
        foreach (var evaluation in scenario["evaluations"].Evaluations())
        {
            (state, var statement) = Policy.Step(state, evaluation);
            said.Add((evaluation, statement));
        }
        return said;
    }

    private static string? Word(HealthAlarm alarm) => alarm switch
    {
        HealthAlarm.Alarm => "alarm",
        HealthAlarm.AskPerson => "ask",
        _ => null,
    };
}
