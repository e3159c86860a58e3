using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Flink.Resources;

/// <summary>Where a start or a stop stands.</summary>
public enum DeploymentState
{
    /// <summary>A state that this version does not know.</summary>
    Unknown = 0,

    /// <summary>Fences, or the copy, are looked at. Nothing is touched.</summary>
    Checking,

    /// <summary>Everything is brought there, and the fence is taken.</summary>
    Preparing,

    /// <summary>It is being started.</summary>
    Starting,

    /// <summary>It restores; what it restored is verified.</summary>
    Verifying,

    /// <summary>It runs. Final.</summary>
    Running,

    /// <summary>It ran to its own end. Final.</summary>
    Finished,

    /// <summary>It is being stopped.</summary>
    Stopping,

    /// <summary>The copy is being proved dead.</summary>
    Fencing,

    /// <summary>It was stopped, or removed, and is proved dead. Final.</summary>
    Stopped,

    /// <summary>The start failed, and what was started is proved dead. Final.</summary>
    Failed,

    /// <summary>Nothing was changed. Final.</summary>
    Held,

    /// <summary>Somebody called it off before anything was started or stopped. Final.</summary>
    Cancelled,

    /// <summary>Needs a person.</summary>
    Parked,
}

/// <summary>A change of state, and when.</summary>
/// <param name="State">The new state.</param>
/// <param name="At">When it was entered.</param>
public readonly record struct DeploymentChange(DeploymentState State, DateTimeOffset At);

/// <summary>One start or stop of one job: all that is known of it. Immutable; each record of the journal makes the next one.</summary>
public sealed record DeploymentRun : IJournalledRun<DeploymentRun>
{
    /// <summary>The run.</summary>
    public required string Id { get; init; }

    /// <summary>What is to be done.</summary>
    public required DeploymentRequest Request { get; init; }

    /// <summary>Where it stands.</summary>
    public required DeploymentState State { get; init; }

    /// <summary>When it came to be there.</summary>
    public required DateTimeOffset EnteredAt { get; init; }

    /// <summary>All states so far.</summary>
    public ImmutableArray<DeploymentChange> Timeline { get; init; } = [];

    /// <summary>Whether the copy lives; null when that is not known.</summary>
    public bool? IsLive { get; init; }

    /// <summary>Why it is held, parked or failed; null while all goes well.</summary>
    public string? Reason { get; init; }

    /// <summary>The epoch of a start.</summary>
    public long Epoch { get; init; }

    /// <summary>What was prepared for a start.</summary>
    public PreparedApplication? Application { get; init; }

    /// <summary>Of a stop: the savepoint. Of a start that failed: the newest checkpoint it left, if it left one.</summary>
    public MigrationSnapshot? Snapshot { get; init; }

    /// <summary>Nothing follows.</summary>
    [JsonIgnore]
    public bool IsFinal => State is DeploymentState.Running or DeploymentState.Finished or DeploymentState.Stopped
        or DeploymentState.Failed or DeploymentState.Held or DeploymentState.Cancelled;

    /// <summary>Waits for a person.</summary>
    [JsonIgnore]
    public bool WaitsForPerson => State == DeploymentState.Parked;

    /// <summary>The copy that the run is about: of a start what was prepared, else what was named.</summary>
    [JsonIgnore]
    public CopyRef? Copy => Request.Copy ?? (Application is { } application ? new CopyRef(application.Application) : null);

    [JsonIgnore]
    JobKey IJournalledRun<DeploymentRun>.Job => Request.Job;

    [JsonIgnore]
    string IJournalledRun<DeploymentRun>.StateName => State.ToString();

    [JsonIgnore]
    JobEffect? IJournalledRun<DeploymentRun>.Pending => Pending;

    [JsonIgnore]
    DateTimeOffset? IJournalledRun<DeploymentRun>.NotBefore => NotBefore;

    [JsonIgnore]
    DateTimeOffset? IJournalledRun<DeploymentRun>.EvaluatedAt => null;

    static string IJournalledRun<DeploymentRun>.Machine => Deployments.Machine;

    internal JobEffect? Pending { get; init; }

    internal DateTimeOffset? NotBefore { get; init; }

    internal TriggerId? Trigger { get; init; }

    internal int StopAttempt { get; init; }

    /// <summary>The Flink job of the copy that is stopped.</summary>
    internal FlinkJobId? Job { get; init; }

    /// <summary>It was asked to start: it may run.</summary>
    internal bool MayRun { get; init; }

    /// <summary>Flink said that the job finished with its savepoint.</summary>
    internal bool EndedByStop { get; init; }

    /// <summary>The final state that follows when what was prepared is gone again, or what was started is dead.</summary>
    internal DeploymentState Ending { get; init; }

    /// <summary>How often the pending effect brought nothing new. Not journalled: a restarted process counts anew.</summary>
    internal int Polls { get; init; }

    static DeploymentRun IJournalledRun<DeploymentRun>.Create(string id, string payload, DateTimeOffset at) =>
        DeploymentMachine.Create(id, JsonSerializer.Deserialize(payload, DeploymentJson.Default.DeploymentRequest)!, at);

    static DeploymentRun IJournalledRun<DeploymentRun>.Step(DeploymentRun run, JobEvent happened) => DeploymentMachine.Step(run, happened);

    bool IJournalledRun<DeploymentRun>.IsSameAs(DeploymentRun other) => this with { Polls = 0, NotBefore = null } == other with { Polls = 0, NotBefore = null };
}
