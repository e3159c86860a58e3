using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>
/// What is known of a job and of where it shall go, each fact with who said it and when. What could not be read is
/// <see cref="LookupStatus.Unknown"/> with the reason, and what nobody asked for is the default, which is Unknown too.
/// </summary>
public sealed record EligibilityFacts
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>How it lives.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>When it is judged: facts are dated against this.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Where it runs.</summary>
    public required EligibilityPlace Source { get; init; }

    /// <summary>Where it shall run.</summary>
    public required EligibilityPlace Target { get; init; }

    /// <summary>The definition that it was started with, as far as somebody declared it.</summary>
    public required ApplicationSpec SourceSpec { get; init; }

    /// <summary>What shall start it on the target.</summary>
    public required ApplicationSpec TargetSpec { get; init; }

    /// <summary>It is stopped with a savepoint; otherwise it is killed, and goes on from its last checkpoint.</summary>
    public bool StopsWithSavepoint { get; init; } = true;

    /// <summary>The classes of its sinks.</summary>
    public ImmutableArray<SinkClass> Sinks { get; init; } = [];

    /// <summary>What owners and the platform say, and nobody can read from a cluster.</summary>
    public EligibilityDeclarations Declared { get; init; } = new();

    /// <summary>What counts as too much or too little.</summary>
    public EligibilityLimits Limits { get; init; } = new();

    /// <summary>Flink on the source, reached without a detour.</summary>
    public Lookup<FlinkClusterOverview> JobManager { get; init; }

    /// <summary>All Flink jobs of the source's application.</summary>
    public Lookup<ImmutableArray<FlinkJobSummary>> Jobs { get; init; }

    /// <summary>How the job checkpoints; Absent when it does not.</summary>
    public Lookup<CheckpointSettings> CheckpointSettings { get; init; }

    /// <summary>Its checkpoints and savepoints so far.</summary>
    public Lookup<CheckpointStatistics> Checkpoints { get; init; }

    /// <summary>The effective configuration of the source's JobManager. Flink masks secrets.</summary>
    public Lookup<ImmutableSortedDictionary<string, string>> Configuration { get; init; }

    /// <summary>Its health score, 0 to 10. Default: nobody scored it.</summary>
    public Lookup<double> Score { get; init; }

    /// <summary>The queues of the target.</summary>
    public Lookup<ImmutableArray<QueueReport>> Queues { get; init; }

    /// <summary>The nodes of the target.</summary>
    public Lookup<ImmutableArray<NodeReport>> Nodes { get; init; }

    /// <summary>What is there of an earlier attempt on the target; Absent when there is nothing.</summary>
    public Lookup<ImmutableArray<EligibilityLeftover>> Leftovers { get; init; }

    /// <summary>How the directories of snapshots were found, from each side.</summary>
    public ImmutableArray<DirectoryFact> Directories { get; init; } = [];

    /// <summary>Paths in the image, or in the library directories, that the target's processes have. Absent: the place has no list of them.</summary>
    public Lookup<ImmutableSortedSet<string>> ImageContent { get; init; }

    /// <summary>Facts of one's own rules, by a name of one's own.</summary>
    public ImmutableSortedDictionary<string, Lookup<string>> Additional { get; init; } =
        ImmutableSortedDictionary<string, Lookup<string>>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>The same facts, with those that are older than a limit turned into Unknown: they must be read again before they support a decision.</summary>
    /// <param name="maximumAge">The limit.</param>
    internal EligibilityFacts NotOlderThan(TimeSpan maximumAge)
    {
        Lookup<T> Fresh<T>(Lookup<T> fact) => Age(fact) is { } age && age > maximumAge
            ? Lookup.Unknown<T>(fact.Evidence with
            {
                Seen = FormattableString.Invariant($"It was read {age.TotalMinutes:0} min ago, {maximumAge.TotalMinutes:0} min is the limit: read it again."),
            })
            : fact;
        TimeSpan? Age<T>(Lookup<T> fact) => fact.Status == LookupStatus.Unknown ? null : Now - fact.Evidence.At;
        return this with
        {
            JobManager = Fresh(JobManager),
            Jobs = Fresh(Jobs),
            CheckpointSettings = Fresh(CheckpointSettings),
            Checkpoints = Fresh(Checkpoints),
            Configuration = Fresh(Configuration),
            Score = Fresh(Score),
            Queues = Fresh(Queues),
            Nodes = Fresh(Nodes),
            Leftovers = Fresh(Leftovers),
            ImageContent = Fresh(ImageContent),
            Directories = [.. Directories.Select(d => d with { Probe = Fresh(d.Probe) })],
            Additional = Additional.ToImmutableSortedDictionary(static a => a.Key, a => Fresh(a.Value), StringComparer.Ordinal),
        };
    }
}

/// <summary>One side of a move.</summary>
/// <param name="Backend">The backend's name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Queue">The queue there.</param>
public sealed record EligibilityPlace(string Backend, BackendKind Kind, string Queue);

/// <summary>Something of an earlier attempt.</summary>
/// <param name="Application">What is there.</param>
/// <param name="Words">What it is, and who stands behind it as far as that is known.</param>
public sealed record EligibilityLeftover(ApplicationHandle Application, string Words);

/// <summary>A directory of snapshots, tried from one side as the job's user.</summary>
/// <param name="Backend">The backend it was tried from.</param>
/// <param name="Directory">Its URI.</param>
/// <param name="Probe">What came of it: the step that failed, or <see cref="DirectoryProbeStep.Unknown"/> when none did. Absent: the backend has no way to try. Unknown: nobody tried.</param>
public sealed record DirectoryFact(string Backend, string Directory, Lookup<DirectoryProbeStep> Probe);
