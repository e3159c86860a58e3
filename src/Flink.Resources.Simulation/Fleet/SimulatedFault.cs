namespace Flink.Resources.Simulation;

/// <summary>A call that can fail.</summary>
public enum SimulatedCall
{
    /// <summary>Any call.</summary>
    Any = 0,

    /// <summary>PrepareAsync.</summary>
    Prepare,

    /// <summary>StartAsync.</summary>
    Start,

    /// <summary>Both forms of FindAsync.</summary>
    Find,

    /// <summary>ProbeDeathAsync.</summary>
    ProbeDeath,

    /// <summary>RemoveAsync.</summary>
    Remove,

    /// <summary>ForgetAsync.</summary>
    Forget,

    /// <summary>ConnectAsync.</summary>
    Connect,

    /// <summary>GetSnapshotAsync.</summary>
    Snapshot,

    /// <summary>The next snapshot of WatchAsync.</summary>
    Watch,

    /// <summary>FindFencesAsync.</summary>
    FindFences,

    /// <summary>FindNewestAsync of the storage of snapshots.</summary>
    FindSnapshot,

    /// <summary>KeepAsync.</summary>
    Keep,

    /// <summary>Moves between queues and changes of priority.</summary>
    Move,

    /// <summary>ProbeAsync of a directory of snapshots.</summary>
    ProbeDirectory,

    /// <summary>Every read of Flink but that of a savepoint.</summary>
    FlinkRead,

    /// <summary>FindSavepointAsync.</summary>
    FindSavepoint,

    /// <summary>TriggerSavepointAsync.</summary>
    TriggerSavepoint,

    /// <summary>StopWithSavepointAsync.</summary>
    StopWithSavepoint,

    /// <summary>Every other write to Flink.</summary>
    FlinkWrite,
}

/// <summary>How a call fails.</summary>
public enum SimulatedFault
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>The request never arrives; the caller hears nothing until its time is out.</summary>
    LostRequest,

    /// <summary>The request takes effect; the caller hears nothing until its time is out.</summary>
    LostAnswer,

    /// <summary>401: no valid credentials.</summary>
    Unauthenticated,

    /// <summary>403: not allowed.</summary>
    Forbidden,

    /// <summary>A true 404. Flink does not know what is meant; a backend says it only of what is not there, so there it changes nothing.</summary>
    NotFound,

    /// <summary>A 404 by somebody who does not know: a standby, a proxy. Nothing takes effect.</summary>
    LyingNotFound,

    /// <summary>409: somebody else was first. Nothing takes effect.</summary>
    Conflict,

    /// <summary>429: slow down. Nothing takes effect.</summary>
    Throttled,

    /// <summary>500: the seed decides whether it took effect.</summary>
    ServerError,

    /// <summary>503. Nothing takes effect.</summary>
    Unavailable,

    /// <summary>The answer breaks off; the request took effect.</summary>
    Truncated,

    /// <summary>A page in HTML by a proxy. Nothing takes effect.</summary>
    Html,

    /// <summary>A snapshot shows what was there before and takes it for fresh. Other calls are answered as things are.</summary>
    StaleList,

    /// <summary>A watch is silent for a minute and then goes on with the newest state. Other calls are answered as things are.</summary>
    WatchGap,
}
