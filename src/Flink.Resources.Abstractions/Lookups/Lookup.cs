namespace Flink.Resources;

/// <summary>What a question ended in.</summary>
public enum LookupStatus
{
    /// <summary>No trustworthy answer. The default, so that an unset value is safe.</summary>
    Unknown = 0,

    /// <summary>It is there.</summary>
    Found,

    /// <summary>A healthy, authenticated endpoint of the right place says that it is not there.</summary>
    Absent,
}

/// <summary>Who said something, when, and what was seen.</summary>
/// <param name="Source">Who answered: an identity, an address, a file.</param>
/// <param name="At">When, by the asker's clock.</param>
/// <param name="Seen">What was seen, in one plain sentence without secrets.</param>
public sealed record Evidence(string Source, DateTimeOffset At, string Seen)
{
    /// <summary>The evidence of a value that nobody set.</summary>
    public static Evidence None { get; } = new("none", DateTimeOffset.UnixEpoch, "Nobody was asked.");
}

/// <summary>
/// An answer with three values. <c>default</c> is <see cref="LookupStatus.Unknown"/>. There is no way to take the value without
/// saying what happens when it is absent and when nobody knows.
/// </summary>
/// <typeparam name="T">What was looked for.</typeparam>
public readonly struct Lookup<T> : IEquatable<Lookup<T>>
{
    private readonly T? _value;
    private readonly Evidence? _evidence;

    internal Lookup(LookupStatus status, T? value, Evidence evidence)
    {
        Status = status;
        _value = value;
        _evidence = evidence;
    }

    /// <summary>Found, absent or unknown.</summary>
    public LookupStatus Status { get; }

    /// <summary>Who answered, when, and what was seen; also for absent and unknown.</summary>
    public Evidence Evidence => _evidence ?? Evidence.None;

    /// <summary>Handles each of the three answers.</summary>
    public TResult Match<TResult>(Func<T, TResult> found, Func<Evidence, TResult> absent, Func<Evidence, TResult> unknown)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(absent);
        ArgumentNullException.ThrowIfNull(unknown);
        return Status switch
        {
            LookupStatus.Found => found(_value!),
            LookupStatus.Absent => absent(Evidence),
            _ => unknown(Evidence),
        };
    }

    /// <summary>The same answer about something derived from the value.</summary>
    public Lookup<TResult> Select<TResult>(Func<T, TResult> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Status == LookupStatus.Found
            ? new Lookup<TResult>(Status, selector(_value!), Evidence)
            : new Lookup<TResult>(Status, default, Evidence);
    }

    /// <inheritdoc/>
    public bool Equals(Lookup<T> other) =>
        Status == other.Status && EqualityComparer<T?>.Default.Equals(_value, other._value) && Evidence == other.Evidence;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Lookup<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Status, _value, Evidence);

    /// <summary>Whether both are the same answer.</summary>
    public static bool operator ==(Lookup<T> left, Lookup<T> right) => left.Equals(right);

    /// <summary>Whether the answers differ.</summary>
    public static bool operator !=(Lookup<T> left, Lookup<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => Status == LookupStatus.Found ? $"Found {_value}" : $"{Status}: {Evidence.Seen}";
}

/// <summary>Makes lookups.</summary>
public static class Lookup
{
    /// <summary>It is there.</summary>
    public static Lookup<T> Found<T>(T value, Evidence evidence) => new(LookupStatus.Found, value, Require(evidence));

    /// <summary>It is not there, and <paramref name="evidence"/> says who vouches for that.</summary>
    public static Lookup<T> Absent<T>(Evidence evidence) => new(LookupStatus.Absent, default, Require(evidence));

    /// <summary>Nobody knows; <paramref name="evidence"/> says why.</summary>
    public static Lookup<T> Unknown<T>(Evidence evidence) => new(LookupStatus.Unknown, default, Require(evidence));

    private static Evidence Require(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return evidence;
    }
}
