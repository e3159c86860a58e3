namespace Flink.Resources;

/// <summary>
/// The right to be the <paramref name="Epoch"/>-th start of a job. A backend takes it exclusively before it prepares anything,
/// as a record that outlives the application, so that two controllers can never both win.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Epoch">The n-th start, from 1.</param>
public readonly record struct Fence(JobKey Job, long Epoch)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Job}#{Epoch}";
}

/// <summary>
/// An application as its backend names it: a YARN application id, a Kubernetes <c>cluster-id</c>. Plain data that can be journalled.
/// </summary>
public sealed record ApplicationHandle
{
    /// <summary>The name of the backend, a lower-case DNS label.</summary>
    public required string Backend { get; init; }

    /// <summary>The place that was meant; a backend whose identity differs answers Unknown.</summary>
    public required BackendIdentity Identity { get; init; }

    /// <summary>The YARN application id, or the Kubernetes <c>cluster-id</c>.</summary>
    public required string Id { get; init; }

    /// <summary>The Kubernetes namespace; null on YARN.</summary>
    public string? Namespace { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Namespace is null ? $"{Backend}:{Id}" : $"{Backend}:{Namespace}/{Id}";
}

/// <summary>What proves that an address still leads to the same place (Kubernetes: the uid of <c>kube-system</c>; YARN: see docs/yarn.md).</summary>
/// <param name="Value">An opaque text, compared ordinally.</param>
public readonly record struct BackendIdentity(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>The 32 hexadecimal digits that name a job inside Flink.</summary>
public readonly record struct FlinkJobId
{
    private readonly string? _value;

    /// <summary>Creates an id.</summary>
    /// <exception cref="FormatException"><paramref name="value"/> is not 32 hexadecimal digits.</exception>
    public FlinkJobId(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value.Length == 32 && value.All(char.IsAsciiHexDigit)
            ? value.ToLowerInvariant()
            : throw new FormatException($"'{value}' is no Flink job id: 32 hexadecimal digits are wanted.");
    }

    /// <summary>32 lower-case hexadecimal digits; empty for the default value.</summary>
    public string Value => _value ?? string.Empty;

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>What can process a job's records, or can be restarted to.</summary>
/// <param name="Application">The application.</param>
/// <param name="Job">The Flink job in it; null when the application is the job.</param>
public sealed record CopyRef(ApplicationHandle Application, FlinkJobId? Job = null);

/// <summary>Where a job lives: the one value that a user changes to move it.</summary>
/// <param name="Backend">The name of a backend.</param>
/// <param name="Queue">The dotted path of a queue, the same everywhere (<c>root.realtime.ads</c>).</param>
public sealed record Placement(string Backend, string Queue);
