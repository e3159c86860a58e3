using System.Collections.Immutable;
using Flink.Resources.Health;

namespace WhatIf.Health;

/// <summary>Parts of health scenarios that recur.</summary>
internal static class HealthReader
{
    private static readonly (string Word, HealthGate Gate)[] GateWords =
        [.. Enum.GetValues<HealthGate>().Select(static g => (Word(g), g))];

    /// <summary>The defaults: scenarios have no settings.</summary>
    public static HealthOptions Options { get; } = new();

    public static string Word(HealthGate gate) => $"G{(int)gate}";

    public static ImmutableArray<GateFinding> Gates(this ScenarioValue value) =>
        [.. value.ListOrEmpty().Select(static g => new GateFinding(g.Word(GateWords), "given"))];

    /// <summary>Evaluations as somebody else made them.</summary>
    public static ImmutableArray<HealthEvaluation> Evaluations(this ScenarioValue value)
    {
        var clock = new ScenarioClock();
        var evaluations = ImmutableArray.CreateBuilder<HealthEvaluation>();
        foreach (var evaluation in value.List())
        {
            evaluations.Add(new()
            {
                At = clock.At(evaluation["atSec"]),
                Score = evaluation["score"].DoubleOrNull(),
                Coverage = evaluation["coverage"].Double(),
                Band = HealthBand.Unknown,
                Gates = evaluation["gates"].Gates(),
            });
        }
        return evaluations.ToImmutable();
    }
}
