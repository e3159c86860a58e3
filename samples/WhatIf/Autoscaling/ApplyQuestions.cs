using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Questions about settings and about applying a decision.</summary>
internal static class ApplyQuestions
{
    private static readonly string[] LocalTimeFormats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm"];

    public static JsonObject OverrideMerge(ScenarioValue input)
    {
        var merged = ParallelismOverrides.Merge(
            input["stored"].Parallelisms(), input["user"].Parallelisms(), input["excludedVertices"].Strings().ToFrozenSet(StringComparer.Ordinal));
        return new() { ["realized"] = merged?.Json() };
    }

    public static JsonObject ConfigValidation(ScenarioValue input)
    {
        var errors = AutoscalerSettingsValidator.Validate(input["config"].Settings());
        return new() { ["valid"] = errors.IsEmpty, ["errors"] = errors.Select(static e => e.Message).Json() };
    }

    public static JsonObject ExcludedPeriodValidation(ScenarioValue input)
    {
        var periods = input["periods"].Strings();
        return new() { ["valid"] = periods.All(static p => Flink.Resources.Autoscaling.ExcludedPeriod.TryParse(p, out _, out _)) };
    }

    public static JsonObject ExcludedPeriod(ScenarioValue input)
    {
        foreach (var period in input["periods"].List())
        {
            if (!Flink.Resources.Autoscaling.ExcludedPeriod.TryParse(period.String(), out _, out var error))
            {
                throw new ScenarioException(error, period.Path);
            }
        }
        var time = input["localTime"];
        return DateTime.TryParseExact(time.String(), LocalTimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? new() { ["excluded"] = ExcludedPeriods.AnyContains(input["periods"].Strings(), local) }
            : throw time.Wrong("a date and time without zone such as 2025-03-04T07:45:10");
    }

    public static JsonObject InPlace(ScenarioValue input)
    {
        var current = input["current"].Members().ToDictionary(static c => c.Key, static c => Bounds(c.Value), StringComparer.Ordinal);
        var plan = InPlaceRescale.Plan(current, input["previousOverrides"].Parallelisms(), input["newOverrides"].Parallelisms());
        JsonObject? updated = null;
        if (plan.Requirements is { } requirements)
        {
            updated = [];
            foreach (var (vertex, bounds) in requirements)
            {
                updated[vertex] = new JsonArray(bounds.Lower, bounds.Upper);
            }
        }
        return new() { ["accepted"] = plan.IsPossible, ["updated"] = updated };
    }

    private static ParallelismBounds Bounds(ScenarioValue value) => value.List() is [var lower, var upper]
        ? new(lower.SmallCount(), upper.SmallCount())
        : throw value.Wrong("a lower and an upper bound");
}
