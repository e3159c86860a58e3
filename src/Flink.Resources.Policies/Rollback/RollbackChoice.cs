namespace Flink.Resources.Rollback;

/// <summary>From which state the source goes on.</summary>
public enum RollbackChoice
{
    /// <summary>From none: nothing is allowed without a person.</summary>
    Parked = 0,

    /// <summary>From a savepoint with which the target is stopped.</summary>
    CarryForward,

    /// <summary>From the target's newest completed checkpoint that is retained, like a failover.</summary>
    TargetCheckpoint,

    /// <summary>From the snapshot with which the source was stopped.</summary>
    ReturnToOrigin,

    /// <summary>Without state.</summary>
    Fresh,
}

/// <summary>Who says which state is taken.</summary>
public enum RollbackOrder
{
    /// <summary>Nobody: the policy chooses what loses and repeats least, and nothing that is not allowed.</summary>
    Automatic = 0,

    /// <summary>A person: the target's savepoint.</summary>
    CarryForward,

    /// <summary>A person: the target's newest checkpoint.</summary>
    TargetCheckpoint,

    /// <summary>A person: the snapshot of the stop. For a target that damaged its state.</summary>
    ToOrigin,

    /// <summary>The owner: no state at all.</summary>
    Fresh,
}
