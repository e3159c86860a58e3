using System.Collections.Immutable;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>
/// Facts of a step that only additions look at, all optional: <c>healthScore</c>, <c>disturbances</c> (<c>atMs</c>,
/// <c>kind</c>), and per vertex <c>cpuThrottledShare</c> and <c>subtaskRecordsInPerSec</c> (<c>min</c>, <c>max</c>, <c>avg</c>).
/// </summary>
internal static class AdditionFacts
{
    public static Func<AutoscalerFacts, AutoscalerFacts> Read(ScenarioValue step)
    {
        var health = step["healthScore"].DoubleOrNull();
        var disturbances = step["disturbances"].ListOrEmpty().Select(static d => new Disturbance(d["atMs"].TimeMs(), d["kind"].Word(
            ("failed-checkpoint", DisturbanceKind.FailedCheckpoint), ("task-manager-loss", DisturbanceKind.TaskManagerLoss)))).ToImmutableArray();
        var throttled = ImmutableDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        var subtasks = ImmutableDictionary.CreateBuilder<string, SubtaskSpread>(StringComparer.Ordinal);
        foreach (var (vertex, metrics) in step["metrics"].Members())
        {
            if (!metrics.IsSet)
            {
                continue;
            }
            if (metrics["cpuThrottledShare"].DoubleOrNull() is { } share)
            {
                throttled[vertex] = share;
            }
            if (metrics["subtaskRecordsInPerSec"] is { IsSet: true } spread)
            {
                subtasks[vertex] = new(
                    new(double.NaN, double.NaN, double.NaN), new(spread["min"].Double(), spread["max"].Double(), spread["avg"].Double()));
            }
        }
        return facts => facts with
        {
            Health = health,
            Disturbances = disturbances,
            CpuThrottling = throttled.ToImmutable(),
            Subtasks = subtasks.ToImmutable(),
        };
    }
}
