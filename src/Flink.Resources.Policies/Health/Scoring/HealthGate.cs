namespace Flink.Resources.Health;

/// <summary>What no good number elsewhere makes up for. The number of each is its value.</summary>
public enum HealthGate
{
    /// <summary>The job has not run for too long.</summary>
    G1NotRunning = 1,

    /// <summary>No checkpoint has completed for too long.</summary>
    G2NoCheckpoint = 2,

    /// <summary>It restarts again and again.</summary>
    G3RestartLoop = 3,

    /// <summary>It restored another snapshot than the one meant.</summary>
    G4WrongSnapshot = 4,

    /// <summary>It is far behind and falls further behind.</summary>
    G5FallingBehind = 5,

    /// <summary>A second copy of the job is alive.</summary>
    G6SecondCopy = 6,

    /// <summary>Its environment differs from the source's, or it fails for a reason that waiting does not heal.</summary>
    G7RootCause = 7,

    /// <summary>Records are being lost.</summary>
    G8DataLoss = 8,

    /// <summary>The owner's own check failed.</summary>
    G9OwnerCheck = 9,

    /// <summary>Its JobManager is lost again and again.</summary>
    G10JobManagerLoss = 10,
}

/// <summary>A gate that is open, and why.</summary>
/// <param name="Gate">Which.</param>
/// <param name="Evidence">What was seen, for a person.</param>
public sealed record GateFinding(HealthGate Gate, string Evidence);
