namespace Flink.Resources.Rest;

/// <summary>How long calls to Flink may take.</summary>
public sealed record FlinkRestOptions
{
    /// <summary>One attempt, and a whole write.</summary>
    /// <value>10 seconds by default; 10 ms to 1 day.</value>
    public TimeSpan AttemptTimeout
    {
        get;
        init => field = IsTimeout(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A timeout is 10 ms to 1 day.");
    } = TimeSpan.FromSeconds(10);

    /// <summary>A whole read with its repetitions.</summary>
    /// <value>30 seconds by default; 10 ms to 1 day.</value>
    public TimeSpan CallTimeout
    {
        get;
        init => field = IsTimeout(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A timeout is 10 ms to 1 day.");
    } = TimeSpan.FromSeconds(30);

    /// <summary>How often a read is sent at most.</summary>
    /// <value>4 by default; at least 1.</value>
    public int ReadAttempts
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A read is sent at least once.");
    } = 4;

    private static bool IsTimeout(TimeSpan value) => value >= TimeSpan.FromMilliseconds(10) && value <= TimeSpan.FromDays(1);
}
