using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>
/// What a user wants to run, the same for every backend. What belongs to a place (image, library directories, queue map) lives in
/// the backend's options; what to restore from is a <see cref="RestorePoint"/> and not part of it. A backend checks the whole
/// specification in Prepare and reports every mistake at once (<see cref="SpecError"/>).
/// </summary>
public sealed record ApplicationSpec
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>How the job lives.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>The dotted path of the queue (<c>root.realtime.ads</c>).</summary>
    public required string Queue { get; init; }

    /// <summary>How important the job is; null for the queue's default.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>The part of the cluster to run in (a YARN node label, a Kubernetes node selector by the profile); null for any.</summary>
    public string? Zone { get; init; }

    /// <summary>The Flink version, <c>1.20</c> or <c>1.20.5</c>; chooses the profile of the backend.</summary>
    public required string FlinkVersion { get; init; }

    /// <summary>The user's jar.</summary>
    public required ArtifactRef Jar { get; init; }

    /// <summary>Further files that the job needs beside its jar.</summary>
    public ImmutableArray<ArtifactRef> Files { get; init; } = [];

    /// <summary>The entry class; null when the jar's manifest names it.</summary>
    public string? EntryClass { get; init; }

    /// <summary>The arguments of <c>main()</c>.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Flink configuration. Keys owned by typed members, and restore keys, are refused.</summary>
    public ImmutableSortedDictionary<string, string> Configuration { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The job's default parallelism, at least 1.</summary>
    public required int Parallelism { get; init; }

    /// <summary>The JobManager's container.</summary>
    public required ContainerResources JobManager { get; init; }

    /// <summary>Each TaskManager's container.</summary>
    public required TaskManagerResources TaskManager { get; init; }

    /// <summary>Environment variables of all containers, added to the profile's.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);
}

/// <summary>A file that must be there where the job runs.</summary>
/// <param name="Uri"><c>hdfs://…</c>, <c>s3://…</c>, <c>https://…</c>, <c>local:///…</c> (in the image), or an absolute path of the caller's machine.</param>
/// <param name="Sha256">The digest of its bytes in lower-case hexadecimal; null when it is not to be checked.</param>
public sealed record ArtifactRef(string Uri, string? Sha256 = null);

/// <summary>The size of a container.</summary>
public record ContainerResources
{
    /// <summary>CPU in thousandths of a core, at least 1. YARN counts whole cores and rounds up.</summary>
    public required int CpuMillicores { get; init; }

    /// <summary>The whole process' memory.</summary>
    public required MemorySize Memory { get; init; }
}

/// <summary>The size of a TaskManager.</summary>
public sealed record TaskManagerResources : ContainerResources
{
    /// <summary>Task slots, at least 1.</summary>
    public required int Slots { get; init; }
}

/// <summary>What a job starts from.</summary>
public abstract record RestorePoint
{
    private RestorePoint()
    {
    }

    /// <summary>Nothing: a job without state so far.</summary>
    public static RestorePoint None { get; } = new Empty();

    /// <summary>Starts without state.</summary>
    public sealed record Empty : RestorePoint;

    /// <summary>Starts from a savepoint or a retained checkpoint.</summary>
    /// <param name="Uri">The directory, or its <c>_metadata</c> file.</param>
    /// <param name="Claim">Who owns the files afterwards.</param>
    /// <param name="AllowNonRestoredState">Whether state that no operator claims may be left behind.</param>
    public sealed record Snapshot(string Uri, ClaimMode Claim = ClaimMode.NoClaim, bool AllowNonRestoredState = false) : RestorePoint;
}

/// <summary>Who owns a snapshot's files after a restore.</summary>
public enum ClaimMode
{
    /// <summary>Not stated.</summary>
    Unknown = 0,

    /// <summary>The user keeps them; they can serve again.</summary>
    NoClaim,

    /// <summary>Flink owns them and deletes them when they are subsumed.</summary>
    Claim,
}

/// <summary>One mistake in what the caller gave.</summary>
/// <param name="Field">The field, such as <c>TaskManager.Slots</c> or <c>Configuration[parallelism.default]</c>.</param>
/// <param name="Value">What was given; null when nothing was. Never a secret.</param>
/// <param name="Expected">What would be right.</param>
public sealed record SpecError(string Field, string? Value, string Expected)
{
    /// <inheritdoc/>
    public override string ToString() => Value is null ? $"{Field} is missing: {Expected}" : $"{Field} is '{Value}': {Expected}";
}
