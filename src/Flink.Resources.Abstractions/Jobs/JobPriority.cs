namespace Flink.Resources;

/// <summary>How important a job is to the cluster it runs on: larger is more important, on YARN and on Kubernetes.</summary>
/// <param name="Value">Any integer; what a backend can carry is checked by the backend.</param>
public readonly record struct JobPriority(int Value) : IComparable<JobPriority>
{
    /// <inheritdoc/>
    public int CompareTo(JobPriority other) => Value.CompareTo(other.Value);

    /// <summary>Whether <paramref name="left"/> is less important.</summary>
    public static bool operator <(JobPriority left, JobPriority right) => left.Value < right.Value;

    /// <summary>Whether <paramref name="left"/> is more important.</summary>
    public static bool operator >(JobPriority left, JobPriority right) => left.Value > right.Value;

    /// <summary>Whether <paramref name="left"/> is at most as important.</summary>
    public static bool operator <=(JobPriority left, JobPriority right) => left.Value <= right.Value;

    /// <summary>Whether <paramref name="left"/> is at least as important.</summary>
    public static bool operator >=(JobPriority left, JobPriority right) => left.Value >= right.Value;
}

/// <summary>Owners' word for importance, P0 (most important) to P9. A type of its own: it runs against <see cref="JobPriority"/>.</summary>
public readonly record struct Tier
{
    private readonly byte _value;

    /// <summary>Creates a tier.</summary>
    /// <param name="value">0 (most important) to 9.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is outside 0-9.</exception>
    public Tier(int value) => _value = value is >= 0 and <= 9
        ? (byte)value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A tier is P0 (most important) to P9.");

    /// <summary>0 (most important) to 9.</summary>
    public int Value => _value;

    /// <summary>The one map between the two: P0 is priority 9, P9 is priority 0.</summary>
    public JobPriority ToPriority() => new(9 - _value);

    /// <inheritdoc/>
    public override string ToString() => $"P{_value}";
}
