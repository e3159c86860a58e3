using System.Text.Json;

namespace WhatIf.Health;

/// <summary>
/// Seconds of a scenario as dates. Only differences matter, so the first one is the origin: then any 64-bit number will do, and what is further
/// from it than the calendar reaches is at its end.
/// </summary>
internal sealed class ScenarioClock
{
    private const decimal Farthest = 60_000_000_000;
    private static readonly DateTimeOffset Origin = new(4000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private decimal? _first;

    public DateTimeOffset At(ScenarioValue value)
    {
        var seconds = Seconds(value);
        return Origin + Span(seconds - (_first ??= seconds));
    }

    public static TimeSpan Duration(ScenarioValue value) => Span(Seconds(value));

    private static TimeSpan Span(decimal seconds) => TimeSpan.FromTicks((long)(Math.Clamp(seconds, -Farthest, Farthest) * TimeSpan.TicksPerSecond));

    private static decimal Seconds(ScenarioValue value)
    {
        var number = value.Double();
        if (double.IsNaN(number))
        {
            throw value.Wrong("a number of seconds");
        }
        return value.Element is { ValueKind: JsonValueKind.Number } element && element.TryGetDecimal(out var exact) && Math.Abs(exact) <= long.MaxValue
            ? exact
            : number > 0 ? long.MaxValue : long.MinValue;
    }
}
