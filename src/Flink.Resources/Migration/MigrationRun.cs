using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flink.Resources.Health;
using Flink.Resources.Rollback;

namespace Flink.Resources;

/// <summary>Where a migration stands.</summary>
public enum MigrationState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Source, fences and leftovers are looked at.</summary>
    Validating,

    /// <summary>The source is observed, to know what is usual for the job. Nothing of it is touched.</summary>
    Baselining,

    /// <summary>Everything is brought to the target, and its fence is taken. The source runs.</summary>
    PreparingTarget,

    /// <summary>A batch job that could not go on elsewhere runs to its end where it is; its next run is placed on the target.</summary>
    Draining,

    /// <summary>The source is being stopped.</summary>
    Stopping,

    /// <summary>There is a snapshot; the source is being proved dead.</summary>
    SourceFenced,

    /// <summary>The target is being started.</summary>
    Submitting,

    /// <summary>The target restores; what it restored is verified.</summary>
    Restoring,

    /// <summary>The target works off what came in meanwhile.</summary>
    CatchingUp,

    /// <summary>The target is watched before the move is final.</summary>
    Soaking,

    /// <summary>The job runs on the target. Final.</summary>
    Committed,

    /// <summary>Evidence is stored before the way back destroys it.</summary>
    RollbackRequested,

    /// <summary>The target is being stopped.</summary>
    TargetStopping,

    /// <summary>The target is being proved dead.</summary>
    TargetFenced,

    /// <summary>The source is being started again.</summary>
    SourceResubmitting,

    /// <summary>What the source restored is verified.</summary>
    SourceVerifying,

    /// <summary>The job runs where it was. Final.</summary>
    RolledBack,

    /// <summary>Nothing was changed: the job can't be moved. Final.</summary>
    Ineligible,

    /// <summary>Nothing was changed: the move was given up before the source was stopped, and what was prepared is gone. Final.</summary>
    Held,

    /// <summary>Nothing was changed: somebody called the move off. Final.</summary>
    Cancelled,

    /// <summary>Needs a person: <see cref="MigrationRun.Live"/> says which copy is live, as far as it is known.</summary>
    Parked,
}

/// <summary>Which copy of a job is live.</summary>
public enum LiveCopy
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>The one where the job was.</summary>
    Source,

    /// <summary>The one where it shall be.</summary>
    Target,

    /// <summary>None.</summary>
    None,
}

/// <summary>A snapshot from which a job can go on.</summary>
/// <param name="Uri">Where it is.</param>
/// <param name="IsSavepoint">A savepoint, else a checkpoint.</param>
/// <param name="At">When it was known to be complete.</param>
public sealed record MigrationSnapshot(string Uri, bool IsSavepoint, DateTimeOffset At);

/// <summary>A change of state, and when.</summary>
/// <param name="State">The new state.</param>
/// <param name="At">When it was entered.</param>
public readonly record struct StateChange(MigrationState State, DateTimeOffset At);

/// <summary>Why and how a job goes back.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Choice">From which state.</param>
/// <param name="Effect">What that means for its data, in plain words.</param>
public sealed record MigrationRollback(string Reason, RollbackChoice Choice, string? Effect);

/// <summary>What somebody may ask of a migration.</summary>
public enum MigrationRequest
{
    /// <summary>Nothing.</summary>
    Unknown = 0,

    /// <summary>Don't stop the source yet.</summary>
    Pause,

    /// <summary>Go on after <see cref="Pause"/>.</summary>
    Resume,

    /// <summary>Call the move off; only before the source is being stopped.</summary>
    Abort,

    /// <summary>Bring the job back to where it was, from the best state.</summary>
    RollBack,

    /// <summary>Bring the job back to where it was, from the snapshot with which it was stopped: for a target that damaged its state.</summary>
    RollBackToOrigin,

    /// <summary>The watch is over: keep the job where it is now. While the source is observed: what was seen so far is what is usual.</summary>
    AcceptAsIs,

    /// <summary>Of a parked run: a person saw that the source lives and the target does not.</summary>
    SourceLives,

    /// <summary>Of a parked run: a person saw that the target lives and the source does not.</summary>
    TargetLives,

    /// <summary>Of a parked run: a person saw that neither lives; it goes on from the snapshot that is known.</summary>
    NoneLives,
}

/// <summary>One migration of one job: all that is known of it. Immutable; each record of the journal makes the next one.</summary>
public sealed record MigrationRun : IJournalledRun<MigrationRun>
{
    /// <summary>The run.</summary>
    public required string Id { get; init; }

    /// <summary>What is to be done.</summary>
    public required MoveRequest Request { get; init; }

    /// <summary>Where it stands.</summary>
    public required MigrationState State { get; init; }

    /// <summary>When it came to be there.</summary>
    public required DateTimeOffset EnteredAt { get; init; }

    /// <summary>All states so far.</summary>
    public ImmutableArray<StateChange> Timeline { get; init; } = [];

    /// <summary>Which copy is live, as far as it is known.</summary>
    public LiveCopy Live { get; init; } = LiveCopy.Source;

    /// <summary>Why it is held, parked, ineligible, or going back; null while all goes well.</summary>
    public string? Reason { get; init; }

    /// <summary>The copy that is moved, with its Flink job as soon as that is known.</summary>
    public required CopyRef Source { get; init; }

    /// <summary>How the source is stopped: never <see cref="StopMethod.Auto"/> once it is decided.</summary>
    public StopMethod Stop { get; init; }

    /// <summary>The epoch of the next start.</summary>
    public long Epoch { get; init; }

    /// <summary>What was prepared on the target.</summary>
    public PreparedApplication? Target { get; init; }

    /// <summary>The target was asked to start: it may run.</summary>
    public bool TargetMayRun { get; init; }

    /// <summary>The snapshot with which the source was stopped. Neither deleted nor claimed.</summary>
    public MigrationSnapshot? Origin { get; init; }

    /// <summary>The snapshot from which the source goes on after a rollback.</summary>
    public MigrationSnapshot? Return { get; init; }

    /// <summary>What was prepared on the source's backend for the way back.</summary>
    public PreparedApplication? Returned { get; init; }

    /// <summary>Why and how it goes back.</summary>
    public MigrationRollback? Rollback { get; init; }

    /// <summary>Who asked to bring a job back that was well, or to call its move off; null when nobody did.</summary>
    public string? AskedBackBy { get; init; }

    /// <summary>What explained the failure, read before it was destroyed.</summary>
    public string? Evidence { get; init; }

    /// <summary>What the source's copy was kept as, when it was. Its configuration stays beside the copies: it may hold secrets.</summary>
    public KeptDefinition? Kept { get; init; }

    /// <summary>Nothing follows.</summary>
    [JsonIgnore]
    public bool IsFinal => State is MigrationState.Committed or MigrationState.RolledBack or MigrationState.Ineligible
        or MigrationState.Held or MigrationState.Cancelled;

    /// <summary>Waits for a person: parked, paused, or held.</summary>
    [JsonIgnore]
    public bool WaitsForPerson => State == MigrationState.Parked || (IsPaused && Pending is null) || IsHeld;

    /// <summary>
    /// The job runs on the target and is not well there, or was not; <see cref="Reason"/> says what it lost points by. A person asks for
    /// <see cref="MigrationRequest.RollBack"/> or <see cref="MigrationRequest.AcceptAsIs"/>; nothing happens by itself.
    /// </summary>
    public bool IsHeld { get; init; }

    /// <summary>The newest score, 0 to 10, of the source before the move and of the target after it; null without one.</summary>
    public double? Score { get; init; }

    /// <summary>How much of what counts was known for it, 0 to 1; null before the first evaluation.</summary>
    public double? Coverage { get; init; }

    /// <summary>What is said of the job.</summary>
    public HealthVerdict Verdict { get; init; }

    /// <summary>Whether too little has been known of the job for too long. That alone never leads back, and nothing is committed meanwhile.</summary>
    public HealthAlarm Alarm { get; init; }

    /// <summary>What cost points in the newest evaluation, worst first, for a person; null when nothing did.</summary>
    public string? LostPoints { get; init; }

    /// <summary>The same item by item, those that cost nothing left out.</summary>
    public ImmutableArray<HealthItemScore> Losses { get; init; } = [];

    /// <summary>When it was evaluated last; null before.</summary>
    public DateTimeOffset? EvaluatedAt { get; init; }

    /// <summary>Before and after, once the move is final.</summary>
    public ParityReport? Parity { get; init; }

    /// <summary>What was usual on the source; null when that was not observed.</summary>
    [JsonIgnore]
    public HealthBaseline? Baseline { get; init; }

    /// <summary>The source is not stopped until somebody asks to go on.</summary>
    public bool IsPaused { get; init; }

    /// <summary>How long no copy was live as far as is known: from the source's snapshot to all of the target's tasks running; null before.</summary>
    [JsonIgnore]
    public TimeSpan? Downtime => RunningAt is { } running && Origin is { } origin ? running - origin.At : null;

    /// <summary>When all tasks of the target were first seen running.</summary>
    public DateTimeOffset? RunningAt { get; init; }

    internal JobEffect? Pending { get; init; }

    internal DateTimeOffset? NotBefore { get; init; }

    internal CopyObservation? SourceFacts { get; init; }

    internal TriggerId? Trigger { get; init; }

    /// <summary>The stop waits for the end of the job's cycle.</summary>
    internal CycleWait? Cycle { get; init; }

    internal int StopAttempt { get; init; }

    /// <summary>Before the stop, and the servers of its source or target are in trouble.</summary>
    internal bool IsStopHeld { get; init; }

    /// <summary>When the stop could go on that had been held or paused: patience begins anew.</summary>
    internal DateTimeOffset? StopHeldUntil { get; init; }

    /// <summary>A Flink job was seen in the target: it may have written something.</summary>
    internal bool TargetWasUp { get; init; }

    /// <summary>The target restored what was meant, and runs in the same environment.</summary>
    internal bool IsRestoreVerified { get; init; }

    /// <summary>The target began from something else, or runs in another environment: its state is not the job's.</summary>
    internal bool IsDamaged { get; init; }

    /// <summary>The target's checkpoints survive it; null when that was not read.</summary>
    internal bool? TargetRetainsCheckpoints { get; init; }

    /// <summary>
    /// The first checkpoint of the target that was seen: beside it are the others, also when the target can't be asked any more.
    /// </summary>
    internal MigrationSnapshot? TargetCheckpoint { get; init; }

    /// <summary>How often the start on the way back failed before a Flink job was seen.</summary>
    internal int ReturnAttempt { get; init; }

    /// <summary>A Flink job was seen in what was started on the way back: it may have written something.</summary>
    internal bool ReturnWasUp { get; init; }

    /// <summary>Since when looks show the target not running.</summary>
    internal DateTimeOffset? NotRunningSince { get; init; }

    /// <summary>Flink said that the job finished with its savepoint: what is left of its processes has no more records to process.</summary>
    internal bool EndedByStop { get; init; }

    /// <summary>Somebody, or a failure, wants the job back; acted on as soon as the state allows.</summary>
    internal string? WantsBack { get; init; }

    internal bool ToOrigin { get; init; }

    /// <summary>The final state that follows when all that was prepared is gone again.</summary>
    internal MigrationState Ending { get; init; }

    /// <summary>What the evaluations so far come to. In the journal only now and then: see <see cref="NotedAt"/>.</summary>
    internal MigrationWatch Watched { get; init; } = MigrationWatch.Initial;

    /// <summary>When an evaluation was journalled last: each change of the verdict is, the others at a bounded rate.</summary>
    internal DateTimeOffset? NotedAt { get; init; }

    /// <summary>Somebody takes what was observed so far for what is usual.</summary>
    internal bool IsBaselineAccepted { get; init; }

    /// <summary>The source as it was observed.</summary>
    internal ParitySide? Before { get; init; }

    /// <summary>The source's own score.</summary>
    internal double? ScoreBefore { get; init; }

    /// <summary>When the lagging job has to have caught up; null while that is not computed.</summary>
    internal DateTimeOffset? CatchUpDeadline { get; init; }

    /// <summary>How often the pending effect brought nothing new. Not journalled: a restarted process counts anew.</summary>
    internal int Polls { get; init; }

    [JsonIgnore]
    JobKey IJournalledRun<MigrationRun>.Job => Request.Job;

    [JsonIgnore]
    string IJournalledRun<MigrationRun>.StateName => State.ToString();

    [JsonIgnore]
    JobEffect? IJournalledRun<MigrationRun>.Pending => Pending;

    [JsonIgnore]
    DateTimeOffset? IJournalledRun<MigrationRun>.NotBefore => NotBefore;

    static string IJournalledRun<MigrationRun>.Machine => Migrations.Machine;

    static MigrationRun IJournalledRun<MigrationRun>.Create(string id, string payload, DateTimeOffset at) =>
        MigrationMachine.Create(id, JsonSerializer.Deserialize(payload, MigrationJson.Default.MoveRequest)!, at);

    static MigrationRun IJournalledRun<MigrationRun>.Step(MigrationRun run, JobEvent happened) => MigrationMachine.Step(run, happened);

    bool IJournalledRun<MigrationRun>.IsSameAs(MigrationRun other) => IsSameAs(other);

    /// <summary>The same, as far as the journal is concerned.</summary>
    internal bool IsSameAs(MigrationRun other) => Lasting == other.Lasting;

    /// <summary>Without what changes with every look.</summary>
    private MigrationRun Lasting => this with
    {
        Polls = 0,
        NotBefore = null,
        Score = null,
        Coverage = null,
        LostPoints = null,
        Losses = [],
        EvaluatedAt = null,
        Cycle = Cycle is null ? null : Cycle with { LookedAt = null },
        Watched = MigrationWatch.Initial,
        Pending = Pending is ReadHealth ? null : Pending,
    };
}

/// <summary>A wait for the end of a near-real-time job's cycle.</summary>
/// <param name="Since">When it began.</param>
/// <param name="Checkpoint">The newest completed checkpoint at the last look; null before the first.</param>
/// <param name="LookedAt">When that was. Not journalled: a restarted process awaits the next border.</param>
internal sealed record CycleWait(DateTimeOffset Since, long? Checkpoint = null, DateTimeOffset? LookedAt = null);
