using Cronos;

namespace Flink.Resources.Planning;

/// <summary>A window that was read: the times at which it is open.</summary>
internal sealed class RecurringWindow
{
    // No zone has ever skipped or repeated more than a day; the longest look back is the duration and that.
    private static readonly TimeSpan LongestShift = TimeSpan.FromHours(26);

    private readonly CronExpression _cron;
    private readonly TimeZoneInfo _zone;
    private readonly TimeSpan _duration;
    private readonly bool _isBlackout;

    public RecurringWindow(MoveWindow window, bool isBlackout)
    {
        _cron = MoveWindowsValidator.Parse(window.Cron, out _)!;
        _zone = TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone);
        _duration = window.Duration;
        _isBlackout = isBlackout;
        Name = window.Name ?? $"{window.Cron} {window.TimeZone}";
    }

    public string Name { get; }

    /// <summary>When what is open at a time closes; null when nothing is open. Of several that overlap, the one that closes last.</summary>
    public DateTimeOffset? OpenUntil(DateTimeOffset time)
    {
        DateTimeOffset? until = null;
        var oldest = time - _duration - LongestShift;
        // From the newest starts to the oldest. A start that is older than the one found by more than a shift of the clock ends earlier,
        // so that one part more is enough.
        for (var (to, isLast) = (time, false); to >= oldest && !isLast; to -= LongestShift)
        {
            isLast = until is not null;
            foreach (var start in _cron.GetOccurrences(to - LongestShift, to, _zone, fromInclusive: false, toInclusive: true))
            {
                var end = End(start);
                until = end > time && !(end <= until) ? end : until;
            }
        }
        return until;
    }

    /// <summary>When it next opens after a time, the time itself excluded; null when it never does.</summary>
    public DateTimeOffset? NextStart(DateTimeOffset time) => _cron.GetNextOccurrence(time, _zone, inclusive: false);

    private DateTimeOffset End(DateTimeOffset start)
    {
        var elapsed = start.ToUniversalTime() + _duration;
        var wall = OnTheWall(TimeZoneInfo.ConvertTime(start, _zone).DateTime + _duration);
        return elapsed > wall == _isBlackout ? elapsed : wall;
    }

    private DateTimeOffset OnTheWall(DateTime local)
    {
        if (_zone.IsInvalidTime(local))
        {
            // The clocks skip it: what they skip is as long as the difference of the offsets around it.
            return new DateTimeOffset(local, _zone.GetUtcOffset(local.AddDays(-1))).ToUniversalTime();
        }
        if (_zone.IsAmbiguousTime(local))
        {
            var offsets = _zone.GetAmbiguousTimeOffsets(local);
            // The smaller offset is the later instant.
            return new DateTimeOffset(local, _isBlackout ? offsets.Min() : offsets.Max()).ToUniversalTime();
        }
        return new DateTimeOffset(local, _zone.GetUtcOffset(local)).ToUniversalTime();
    }
}
