using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Windows that were read and checked. Immutable; safe from many threads.</summary>
public sealed class WindowSchedule
{
    // A year and its leap day, and the windows that may lie across its end.
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(366 + 31);
    private const int MostSteps = 2000;

    private readonly ImmutableArray<RecurringWindow> _allowed;
    private readonly ImmutableArray<RecurringWindow> _blackouts;
    private readonly ImmutableArray<CalendarEvent> _events;
    private readonly double _factor;
    private readonly TimeSpan _assumed;

    /// <summary>Reads windows.</summary>
    /// <param name="windows">The windows.</param>
    /// <exception cref="ArgumentException">Some can't be read; the message names all of them.</exception>
    public WindowSchedule(MoveWindows windows)
    {
        RangeErrors.ThrowIfAny(MoveWindowsValidator.Validate(windows), nameof(windows));
        _allowed = [.. windows.Allowed.Select(static w => new RecurringWindow(w, isBlackout: false))];
        _blackouts = [.. windows.Blackouts.Select(static w => new RecurringWindow(w, isBlackout: true))];
        _events = [.. windows.Events.OrderBy(static e => e.From).ThenBy(static e => e.Name, StringComparer.Ordinal)];
        (_factor, _assumed) = (windows.DurationFactor, windows.AssumedDuration);
    }

    /// <summary>Whether a move may be started.</summary>
    /// <param name="now">The time.</param>
    /// <param name="expectedDuration">How long moves like it took at the p95; null when there were none.</param>
    public StartDecision MayStart(DateTimeOffset now, TimeSpan? expectedDuration)
    {
        var needed = Needed(expectedDuration);
        return Refusal(now, needed) is { } refusal ? new(false, refusal.Reason, Opening(refusal.Until, now, needed)) : new(true, string.Empty);
    }

    /// <summary>What to warn of before a job is brought back; null when nothing.</summary>
    /// <param name="now">The time.</param>
    public string? WarnOfRollback(DateTimeOffset now) => Blackout(now) is { } blackout
        ? Say($"blackout {blackout.Name} lasts until {blackout.Until:u}; the way back is not held by it.")
        : null;

    private TimeSpan Needed(TimeSpan? expectedDuration)
    {
        var expected = expectedDuration is { } known && known > TimeSpan.Zero ? known : expectedDuration is null ? _assumed : TimeSpan.Zero;
        return TimeSpan.FromTicks((long)Math.Min(expected.Ticks * _factor, MoveWindowsValidator.Longest.Ticks));
    }

    /// <summary>Why nothing may start at a time, and until when at least; null for the time when it is not known.</summary>
    private (string Reason, DateTimeOffset? Until)? Refusal(DateTimeOffset time, TimeSpan needed)
    {
        if (Blackout(time) is { } blackout)
        {
            return (Say($"blackout {blackout.Name} lasts until {blackout.Until:u}."), blackout.Until);
        }
        if (!_allowed.IsEmpty && _allowed.All(w => w.OpenUntil(time) is null))
        {
            var next = _allowed.Min(w => w.NextStart(time));
            return (next is { } at
                ? Say($"no allowed window is open; the next opens at {at.ToUniversalTime():u}.")
                : "no allowed window is open, and none opens again.", next);
        }
        return Ahead(time, needed) is { } ahead
            ? (Say($"it would still be under way when blackout {ahead.Name} begins at {ahead.From:u}: {_factor} times its expected duration is {needed:c}."), ahead.Until)
            : null;
    }

    private (string Name, DateTimeOffset Until)? Blackout(DateTimeOffset time)
    {
        (string Name, DateTimeOffset Until)? longest = null;
        foreach (var window in _blackouts)
        {
            if (window.OpenUntil(time) is { } until && (longest is null || until > longest.Value.Until))
            {
                longest = (window.Name, until);
            }
        }
        foreach (var single in _events)
        {
            if (single.From <= time && time < single.To && (longest is null || single.To.ToUniversalTime() > longest.Value.Until))
            {
                longest = (single.Name, single.To.ToUniversalTime());
            }
        }
        return longest;
    }

    /// <summary>The first blackout that begins before a move is over.</summary>
    private (string Name, DateTimeOffset From, DateTimeOffset? Until)? Ahead(DateTimeOffset time, TimeSpan needed)
    {
        (string Name, DateTimeOffset From)? first = null;
        foreach (var window in _blackouts)
        {
            if (window.NextStart(time) is { } from && from < time + needed && (first is null || from < first.Value.From))
            {
                first = (window.Name, from.ToUniversalTime());
            }
        }
        foreach (var single in _events)
        {
            if (single.From > time && single.From < time + needed && (first is null || single.From < first.Value.From))
            {
                first = (single.Name, single.From.ToUniversalTime());
            }
        }
        return first is { } found ? (found.Name, found.From, Blackout(found.From)?.Until ?? found.From) : null;
    }

    /// <summary>The first time at which nothing stands against a start; null when there is none within a year.</summary>
    private DateTimeOffset? Opening(DateTimeOffset? from, DateTimeOffset now, TimeSpan needed)
    {
        var time = from;
        for (var step = 0; step < MostSteps && time is { } at && at <= now + Horizon; step++)
        {
            if (Refusal(at, needed) is not { } refusal)
            {
                return at.ToUniversalTime();
            }
            time = refusal.Until;
        }
        return null;
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
