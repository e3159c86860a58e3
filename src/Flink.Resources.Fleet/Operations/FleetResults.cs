using System.Collections.Immutable;
using Flink.Resources.Eligibility;

namespace Flink.Resources.Fleet;

/// <summary>What a command ended in, for whoever called it. The numbers are those of a process' exit code.</summary>
public enum FleetExit
{
    /// <summary>All is as it shall be.</summary>
    Ok = 0,

    /// <summary>Something failed.</summary>
    Failure = 1,

    /// <summary>The document has mistakes, or what the command was given; nothing was touched.</summary>
    BadInput = 2,

    /// <summary>Something was left alone, and needs a person or another try.</summary>
    LeftAlone = 3,
}

/// <summary>What a command found or did.</summary>
public abstract record FleetResult
{
    private protected FleetResult()
    {
    }

    /// <summary>What it ended in.</summary>
    public required FleetExit Exit { get; init; }

    /// <summary>The same as the exit code of a process.</summary>
    public int ExitCode => (int)Exit;
}

/// <summary>What <see cref="IFleet.PlanAsync"/> found: what apply would do. No job was touched.</summary>
public sealed record FleetPlan : FleetResult
{
    /// <summary>When it was so.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Each job of the document and of the journal. One that shall move and may not is left, with what speaks against it.</summary>
    public ImmutableArray<JobDecision> Jobs { get; init; } = [];

    /// <summary>Whether each job that shall move may, by job: what speaks against it, what would be right, and what the document acknowledges of it.</summary>
    public ImmutableArray<EligibilityReport> Eligibility { get; init; } = [];
}

/// <summary>What <see cref="IFleet.ApplyAsync"/>, or a command about one job, did.</summary>
public sealed record FleetChange : FleetResult
{
    /// <summary>What became of each job.</summary>
    public ImmutableArray<JobOutcome> Jobs { get; init; } = [];

    /// <summary>Whether each job that was to be moved anew may be, by job.</summary>
    public ImmutableArray<EligibilityReport> Eligibility { get; init; } = [];
}

/// <summary>What became of one job.</summary>
/// <param name="Job">The job.</param>
/// <param name="Action">What was to be done.</param>
/// <param name="End">How that ended.</param>
/// <param name="Reason">Why, in plain words.</param>
/// <param name="Run">The run that did it; null when there was none.</param>
/// <param name="State">The state that the run ended in; null when there was none.</param>
/// <param name="AdoptLine">The line that the document lacks; null when none is.</param>
public sealed record JobOutcome(JobKey Job, ApplyAction Action, JobEnd End, string Reason, string? Run = null, string? State = null, string? AdoptLine = null)
{
    /// <summary>What spoke against moving it when its turn came in a campaign, the worst first; empty otherwise. What the plan found is in the command's own list.</summary>
    public ImmutableArray<EligibilityFinding> Findings { get; init; } = [];
}

/// <summary>How something that was to be done with a job ended.</summary>
public enum JobEnd
{
    /// <summary>A word that this version does not know.</summary>
    Unknown = 0,

    /// <summary>There was nothing to do.</summary>
    Unchanged,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It was left alone.</summary>
    Left,

    /// <summary>It is where it was: what was tried did not work, and was taken back.</summary>
    TakenBack,

    /// <summary>It waits for a person.</summary>
    NeedsPerson,

    /// <summary>It did not work.</summary>
    Failed,
}

/// <summary>What <see cref="IFleet.StatusAsync"/> found.</summary>
public sealed record FleetStatus : FleetResult
{
    /// <summary>When it was so.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Each job of the document and of the journal.</summary>
    public ImmutableArray<JobStatusLine> Jobs { get; init; } = [];
}

/// <summary>One job at a glance.</summary>
public sealed record JobStatusLine
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>Where its document wants it; null when the document does not name it, or wants it stopped.</summary>
    public Placement? Wanted { get; init; }

    /// <summary>Where it lives; null when it does not, or nobody knows.</summary>
    public Placement? Place { get; init; }

    /// <summary>Its application; null when it has none.</summary>
    public string? Application { get; init; }

    /// <summary>In one word: <c>Running</c>, <c>Moving</c>, <c>Soaking</c>, <c>Parked</c>, <c>Stopped</c>, <c>Finished</c>, <c>Failed</c>, <c>Ended</c>, <c>Unknown</c>.</summary>
    public required string State { get; init; }

    /// <summary>Its run that is not over; null when there is none.</summary>
    public string? Run { get; init; }

    /// <summary>The newest score on its way, 0 to 10; null when there is none.</summary>
    public double? Score { get; init; }

    /// <summary>What apply would do with it.</summary>
    public required ApplyAction Next { get; init; }

    /// <summary>Why, in plain words.</summary>
    public required string Reason { get; init; }
}

/// <summary>What <see cref="IFleet.ExplainAsync"/> found: all that is known of one job.</summary>
public sealed record JobExplanation : FleetResult
{
    /// <summary>The job at a glance.</summary>
    public required JobStatusLine Job { get; init; }

    /// <summary>What the journal says of it.</summary>
    public required JobStanding Standing { get; init; }

    /// <summary>Its runs, newest first.</summary>
    public ImmutableArray<RunLine> Runs { get; init; } = [];

    /// <summary>What people said about it, newest first.</summary>
    public ImmutableArray<JobMark> Marks { get; init; } = [];
}

/// <summary>One run at a glance.</summary>
/// <param name="Run">Its name.</param>
/// <param name="Kind">A move, a start, a stop.</param>
/// <param name="State">Where it stands.</param>
/// <param name="From">Where the job was.</param>
/// <param name="To">Where it was to go.</param>
/// <param name="BeganAt">When it began.</param>
/// <param name="ChangedAt">When it last changed.</param>
/// <param name="Snapshot">The snapshot that it left.</param>
/// <param name="Downtime">How long no copy ran.</param>
/// <param name="Reason">Why it ended as it did.</param>
/// <param name="Steps">Its states, in order.</param>
public sealed record RunLine(
    string Run, string Kind, string State, string? From, string? To, DateTimeOffset BeganAt, DateTimeOffset ChangedAt, string? Snapshot, TimeSpan? Downtime, string? Reason, ImmutableArray<RunStep> Steps);

/// <summary>One state of a run.</summary>
/// <param name="State">The state.</param>
/// <param name="At">When it was entered.</param>
public sealed record RunStep(string State, DateTimeOffset At);

/// <summary>What <see cref="IFleet.EvidenceAsync"/> found: what explained the newest failure, kept before a way back destroyed it.</summary>
public sealed record JobEvidence : FleetResult
{
    /// <summary>The job.</summary>
    public required JobKey Job { get; init; }

    /// <summary>The run; null when no run of it kept evidence.</summary>
    public string? Run { get; init; }

    /// <summary>Why it went back, or was parked.</summary>
    public string? Reason { get; init; }

    /// <summary>Diagnostics, and exceptions with their times in UTC (ISO 8601); null when there are none.</summary>
    public string? Text { get; init; }
}

/// <summary>What <see cref="IFleet.DiscoverAsync"/> found.</summary>
public sealed record FleetDiscovery : FleetResult
{
    /// <summary>The applications that no job of the document or of the journal has.</summary>
    public ImmutableArray<DiscoveredJob> Jobs { get; init; } = [];

    /// <summary>The clusters that could not be read, and why.</summary>
    public ImmutableArray<ClusterTrouble> Unknown { get; init; } = [];

    /// <summary>All of them as entries for the document.</summary>
    public string Yaml { get; init; } = string.Empty;
}

/// <summary>An application that runs, as an entry for the document.</summary>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Application">The cluster's name for it.</param>
/// <param name="Job">The key that it would have.</param>
/// <param name="Yaml">Its entry. What could not be read is a comment that says so.</param>
/// <param name="Trouble">What could not be read; null when all could.</param>
public sealed record DiscoveredJob(string Cluster, string Application, JobKey Job, string Yaml, string? Trouble);

/// <summary>A cluster that could not be read.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Reason">Why.</param>
public sealed record ClusterTrouble(string Cluster, string Reason);

/// <summary>What <see cref="IFleet.DoctorAsync"/> found.</summary>
public sealed record FleetDiagnosis : FleetResult
{
    /// <summary>Each check, cluster by cluster.</summary>
    public ImmutableArray<DoctorCheck> Checks { get; init; } = [];
}

/// <summary>One check.</summary>
/// <param name="Subject">The cluster, or <c>journal</c>.</param>
/// <param name="Check">What was tried.</param>
/// <param name="Finding">Good, bad or unknown.</param>
/// <param name="Words">What was seen, or what to do.</param>
public sealed record DoctorCheck(string Subject, string Check, DoctorFinding Finding, string Words);

/// <summary>What a check found.</summary>
public enum DoctorFinding
{
    /// <summary>Nobody could say.</summary>
    Unknown = 0,

    /// <summary>It is as it should be.</summary>
    Good,

    /// <summary>It works, but somebody should know.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Bad,
}

/// <summary>What <see cref="IFleet.RollBackAsync"/> did, or would do.</summary>
public sealed record FleetRollback : FleetResult
{
    /// <summary>Of a preview: what would be done, the most important job first.</summary>
    public ImmutableArray<RollbackPreview> Preview { get; init; } = [];

    /// <summary>What became of each job, the most important first.</summary>
    public ImmutableArray<RollbackResult> Jobs { get; init; } = [];
}
