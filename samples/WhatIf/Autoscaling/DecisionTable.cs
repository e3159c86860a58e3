using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;
using Spectre.Console;

namespace WhatIf.Autoscaling;

/// <summary>Decisions for a person at a terminal.</summary>
internal static class DecisionTable
{
    /// <summary>One line per vertex: rates in records per second, load, parallelism, and why.</summary>
    public static void Show(IEnumerable<VertexDecision> decisions, IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Minimal);
        foreach (var column in (string[])["vertex", "target/s", "catch-up/s", "true rate/s", "load", "lag", "bounds/s", "parallelism", "why"])
        {
            table.AddColumn(column);
        }
        foreach (var decision in decisions)
        {
            var evaluation = decision.Evaluation;
            string[] cells =
            [
                evaluation.Id,
                Number(evaluation.TargetDataRate),
                Number(evaluation.CatchUpDataRate),
                Number(evaluation.TrueProcessingRate),
                Number(evaluation.LoadAverage),
                evaluation.Lag is { } lag ? Number(lag) : "-",
                $"{Number(evaluation.Thresholds.ScaleUp)}..{Number(evaluation.Thresholds.ScaleDown)}",
                decision.IsChange
                    ? string.Create(CultureInfo.InvariantCulture, $"{evaluation.Parallelism} -> {decision.NewParallelism}")
                    : evaluation.Parallelism.ToString(CultureInfo.InvariantCulture),
                decision.Explain(),
            ];
            table.AddRow([.. cells.Select(static c => new Text(c))]);
        }
        console.Write(table);
    }

    /// <summary>Fields of an answer that no table shows.</summary>
    public static void ShowRest(JsonObject answer, IAnsiConsole console, params string[] fields)
    {
        foreach (var field in fields)
        {
            console.WriteLine($"{field}: {answer[field]?.ToJsonString() ?? "none"}");
        }
    }

    private static string Number(double value) => double.IsNaN(value) ? "-" : value.ToString("0.###", CultureInfo.InvariantCulture);
}
