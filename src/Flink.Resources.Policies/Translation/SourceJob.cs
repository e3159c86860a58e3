using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>A job as it runs now: what was read from its application, not what somebody wrote once.</summary>
public sealed record SourceJob
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>How it lives.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>Where it runs: <see cref="BackendKind.Yarn"/> or <see cref="BackendKind.Kubernetes"/>.</summary>
    public required BackendKind Backend { get; init; }

    /// <summary>The Flink version that runs it, such as <c>1.17</c> or <c>1.20.5</c>.</summary>
    public required string FlinkVersion { get; init; }

    /// <summary>The effective configuration: cluster defaults, the job's own keys and command-line options together, as the JobManager has it.</summary>
    public required ImmutableSortedDictionary<string, string> Configuration { get; init; }

    /// <summary>Lines that the reading of the configuration passed over; carried into the report.</summary>
    public ImmutableArray<ConfigurationLine> IgnoredLines { get; init; } = [];

    /// <summary>The user's jar; null: the first of <c>pipeline.jars</c>.</summary>
    public ArtifactRef? Jar { get; init; }

    /// <summary>Files that were shipped with it, with digests where they are known.</summary>
    public ImmutableArray<ArtifactRef> Files { get; init; } = [];

    /// <summary>What Flink itself consists of there, by the option that brings it (<c>yarn.provided.lib.dirs</c>, <c>kubernetes.container.image.ref</c>).</summary>
    public ImmutableArray<LibraryFile> Libraries { get; init; } = [];

    /// <summary>The entry class; null: that of the configuration, or the jar's own.</summary>
    public string? EntryClass { get; init; }

    /// <summary>The arguments of <c>main()</c>; null: those of the configuration.</summary>
    public ImmutableArray<string>? Arguments { get; init; }

    /// <summary>The parallelism it runs with; null: <c>parallelism.default</c>.</summary>
    public int? Parallelism { get; init; }

    /// <summary>The queue it is in, as the cluster says; null: that of the configuration.</summary>
    public string? Queue { get; init; }

    /// <summary>The priority it has, as the cluster says; null: that of the configuration.</summary>
    public JobPriority? Priority { get; init; }

    /// <summary>The JobManager's container as the cluster gave it; null when not known.</summary>
    public ObservedContainer? JobManager { get; init; }

    /// <summary>A TaskManager's container as the cluster gave it; null when not known.</summary>
    public ObservedContainer? TaskManager { get; init; }

    /// <summary>What its processes live in.</summary>
    public required JobEnvironment Environment { get; init; }

    /// <summary>The state backend that Flink reports for the running job (<c>rocksdb</c>, <c>HashMapStateBackend</c>); null when not known.</summary>
    public string? StateBackend { get; init; }
}

/// <summary>A container as its cluster gave it.</summary>
/// <param name="Memory">Its memory; YARN rounds requests up, so it can be more than was asked for.</param>
/// <param name="CpuP95Millicores">The CPU that 95 % of all samples stay below, in thousandths of a core; null when not measured.</param>
public sealed record ObservedContainer(MemorySize Memory, int? CpuP95Millicores = null);

/// <summary>A file of Flink's own or of the platform's.</summary>
/// <param name="Option">The configuration key that brings it.</param>
/// <param name="File">The file.</param>
public sealed record LibraryFile(string Option, ArtifactRef File);
