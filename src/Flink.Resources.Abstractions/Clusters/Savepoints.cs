namespace Flink.Resources;

/// <summary>The caller's name for an asynchronous operation: 32 hexadecimal digits, journalled before it is sent.</summary>
public readonly record struct TriggerId
{
    private readonly string? _value;

    /// <summary>Creates an id.</summary>
    /// <exception cref="FormatException"><paramref name="value"/> is not 32 hexadecimal digits.</exception>
    public TriggerId(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value.Length == 32 && value.All(char.IsAsciiHexDigit)
            ? value.ToLowerInvariant()
            : throw new FormatException($"'{value}' is no trigger id: 32 hexadecimal digits are wanted.");
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public string Value => _value ?? string.Empty;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>How a savepoint is written.</summary>
public enum SavepointFormat
{
    /// <summary>Flink's default.</summary>
    Unknown = 0,

    /// <summary>Independent of the state backend; slower.</summary>
    Canonical,

    /// <summary>The state backend's own files; fast.</summary>
    Native,
}

/// <summary>A savepoint to take.</summary>
/// <param name="Trigger">The caller's name for it.</param>
/// <param name="TargetDirectory">Where to; always sent, since a job's configured directory is not always honoured.</param>
/// <param name="Format">How.</param>
public sealed record SavepointRequest(TriggerId Trigger, string TargetDirectory, SavepointFormat Format = SavepointFormat.Native);

/// <summary>The state of a savepoint or of a stop with savepoint.</summary>
public abstract record SavepointStatus
{
    private protected SavepointStatus()
    {
    }

    /// <summary>Under way.</summary>
    public sealed record InProgress : SavepointStatus;

    /// <summary>Written to <paramref name="Location"/>.</summary>
    public sealed record Completed(string Location) : SavepointStatus;

    /// <summary>
    /// Failed. <paramref name="SavepointNamedByCause"/> is the path of a savepoint that was written although the operation failed
    /// (the job failed while stopping): go on from it. Null when the cause names none.
    /// </summary>
    public sealed record Failed(string Cause, string? SavepointNamedByCause) : SavepointStatus;
}
