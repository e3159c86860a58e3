namespace Flink.Resources.Fleet;

/// <summary>Which jobs a command is about.</summary>
public sealed record ApplyOptions
{
    /// <summary>Only this job; null for all.</summary>
    public JobKey? Job { get; init; }

    /// <summary>Only jobs whose queue is this one, or below it; null for all.</summary>
    public string? Queue { get; init; }

    /// <summary>At most so many jobs are started, moved or stopped anew; null for no limit. What was begun goes on in any case.</summary>
    public int? Limit { get; init; }

    /// <summary>Jobs that the document does not name any more are stopped with a savepoint.</summary>
    public bool Prune { get; init; }
}

/// <summary>Which jobs go back.</summary>
/// <param name="Job">One job.</param>
/// <param name="Queue">The jobs of a queue, or below it.</param>
/// <param name="Unhealthy">All jobs that are unhealthy where they were moved to, or parked.</param>
public sealed record RollbackJobs(JobKey? Job = null, string? Queue = null, bool Unhealthy = false);

/// <summary>Which copy of a job lives, as a person saw it.</summary>
public enum SeenCopy
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>The one where the job was.</summary>
    Source,

    /// <summary>The one where it was to go, or the only one.</summary>
    Target,

    /// <summary>None.</summary>
    None,
}

/// <summary>Something that happens while a command works.</summary>
/// <param name="At">When.</param>
/// <param name="Job">The job.</param>
/// <param name="State">The state that its run came to.</param>
/// <param name="Words">More, in plain words; null when there is nothing to add.</param>
public sealed record FleetProgress(DateTimeOffset At, JobKey Job, string State, string? Words);

/// <summary>
/// What can be done with the fleet of a document. All of it is idempotent: cancelled, or killed, at any moment, the same call goes on from
/// where it was. Safe for concurrent use, also by several processes over one journal.
/// </summary>
/// <remarks>Each method throws <see cref="JournalException"/> when the journal can't be reached. Clusters in trouble are part of the answers.</remarks>
public interface IFleet
{
    /// <summary>What runs on the clusters and belongs to no job yet, as entries for the document. Touches nothing.</summary>
    /// <param name="cancellationToken">Stops looking.</param>
    Task<FleetDiscovery> DiscoverAsync(CancellationToken cancellationToken = default);

    /// <summary>Whether journal, clusters, queues and storage are in reach and have room. Touches nothing.</summary>
    /// <param name="cancellationToken">Stops looking.</param>
    Task<FleetDiagnosis> DoctorAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// What <see cref="ApplyAsync"/> would do now, per job and why. Touches no job. For those that would move, a container on the target tries
    /// the directory of snapshots for a moment where the cluster can (<see cref="IDirectoryProbe"/>), and is removed: one for all jobs whose directories
    /// have one root, and that have their place, runtime, environment and access to storage in common.
    /// </summary>
    /// <param name="options">Which jobs; null for all.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job or the queue of <paramref name="options"/>.</exception>
    Task<FleetPlan> PlanAsync(ApplyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Makes the fleet what the document says, as far as <see cref="ApplyPolicy"/> allows. A second call changes nothing.</summary>
    /// <param name="options">Which jobs; null for all.</param>
    /// <param name="progress">Told of each new state.</param>
    /// <param name="cancellationToken">Stops between two effects; the next call goes on from there.</param>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job or the queue of <paramref name="options"/>. Nothing was touched.</exception>
    Task<FleetChange> ApplyAsync(ApplyOptions? options = null, IProgress<FleetProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Carries on whatever is not over, and watches for second copies, until it is cancelled. Begins nothing by itself.</summary>
    /// <param name="progress">Told of each new state.</param>
    /// <param name="cancellationToken">Ends it, between two effects.</param>
    Task RunAsync(IProgress<FleetProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Each job at a glance. Touches nothing.</summary>
    /// <param name="cancellationToken">Stops looking.</param>
    Task<FleetStatus> StatusAsync(CancellationToken cancellationToken = default);

    /// <summary>All that is known of one job. Touches nothing.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job.</exception>
    Task<JobExplanation> ExplainAsync(JobKey job, CancellationToken cancellationToken = default);

    /// <summary>What explained the newest failure of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job.</exception>
    Task<JobEvidence> EvidenceAsync(JobKey job, CancellationToken cancellationToken = default);

    /// <summary>Lets nothing move, start or stop a job by itself, until it is released. What is past its stop goes on to its end.</summary>
    /// <param name="job">The job.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job.</exception>
    Task<FleetChange> HoldAsync(JobKey job, string by, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Takes a hold back.</summary>
    /// <param name="job">The job.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job.</exception>
    Task<FleetChange> ReleaseAsync(JobKey job, string by, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Stops a job with a savepoint, whatever the document says. It stays stopped until <see cref="StartAsync"/>.</summary>
    /// <param name="job">The job.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <param name="progress">Told of each new state.</param>
    /// <param name="cancellationToken">Stops between two effects.</param>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job.</exception>
    Task<FleetChange> StopAsync(JobKey job, string by, string? reason = null, IProgress<FleetProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Takes a stop on purpose back, and makes the job what the document says.</summary>
    /// <param name="job">The job.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <param name="progress">Told of each new state.</param>
    /// <param name="cancellationToken">Stops between two effects.</param>
    /// <exception cref="UnknownNameException">The document does not name the job.</exception>
    Task<FleetChange> StartAsync(JobKey job, string by, string? reason = null, IProgress<FleetProgress>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>Brings jobs back to where they were. Nothing moves them again until their entry changes or <see cref="RetryAsync"/>.</summary>
    /// <param name="jobs">Which jobs.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <param name="preview">Only says what would be done.</param>
    /// <param name="cancellationToken">Stops between two effects; the same call joins what is under way.</param>
    /// <exception cref="ArgumentException">Not exactly one scope is given.</exception>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job or the queue. Nothing was touched.</exception>
    Task<FleetRollback> RollBackAsync(RollbackJobs jobs, string by, string? reason = null, bool preview = false, CancellationToken cancellationToken = default);

    /// <summary>Lets be tried again what came back, failed, or finished. The next <see cref="ApplyAsync"/> does it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job.</exception>
    Task<FleetPlan> RetryAsync(JobKey job, string by, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Answers what a parked run asks: which copy lives. The next <see cref="ApplyAsync"/>, or a controller, goes on from there.</summary>
    /// <param name="job">The job.</param>
    /// <param name="live">What a person saw.</param>
    /// <param name="by">Who says so.</param>
    /// <param name="reason">How they know.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="UnknownNameException">Neither the document nor the journal knows the job.</exception>
    Task<FleetChange> ResolveAsync(JobKey job, SeenCopy live, string by, string? reason = null, CancellationToken cancellationToken = default);
}
