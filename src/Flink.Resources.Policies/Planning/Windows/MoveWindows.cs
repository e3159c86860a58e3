using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>When jobs may be started on their way. They concern starts only: a job whose source is being stopped always goes on.</summary>
public sealed record MoveWindows
{
    /// <summary>When starts are allowed; empty for always.</summary>
    public ImmutableArray<MoveWindow> Allowed { get; init; } = [];

    /// <summary>When they are not, also within what is allowed.</summary>
    public ImmutableArray<MoveWindow> Blackouts { get; init; } = [];

    /// <summary>Single times at which they are not.</summary>
    public ImmutableArray<CalendarEvent> Events { get; init; } = [];

    /// <summary>How often its expected duration a move must have before the next blackout. 1 to 10.</summary>
    /// <value>1.5.</value>
    public double DurationFactor { get; init; } = 1.5;

    /// <summary>How long a move is expected to take when none like it is known. 0 to 1 day.</summary>
    /// <value>30 minutes.</value>
    public TimeSpan AssumedDuration { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>A time that comes again and again.</summary>
/// <param name="Cron">
/// When it begins: minute, hour, day of month, month, day of week, or six fields with seconds first. A time that the clocks skip begins
/// at the next one that exists.
/// </param>
/// <param name="Duration">
/// How long it lasts, 1 minute to 31 days. On nights when clocks change, hours on the wall and hours that pass differ: a blackout lasts
/// as long as the longer of the two, an allowed window as long as the shorter.
/// </param>
/// <param name="TimeZone">The zone of its clock as IANA names it, such as <c>Asia/Shanghai</c>.</param>
/// <param name="Name">What its owner calls it, for reasons.</param>
public sealed record MoveWindow(string Cron, TimeSpan Duration, string TimeZone = "UTC", string? Name = null);

/// <summary>A single time at which nothing is started.</summary>
/// <param name="Name">What it is, for reasons.</param>
/// <param name="From">When it begins.</param>
/// <param name="To">When it is over.</param>
public sealed record CalendarEvent(string Name, DateTimeOffset From, DateTimeOffset To);
