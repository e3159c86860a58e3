namespace Flink.Resources;

/// <summary>How a job lives.</summary>
public enum JobKind
{
    /// <summary>Not stated.</summary>
    Unknown = 0,

    /// <summary>Runs without end; seconds of delay matter.</summary>
    Streaming,

    /// <summary>Runs without end or in short rounds; minutes of delay are fine.</summary>
    NearRealTime,

    /// <summary>Ends by itself; has no state to carry on from unless it checkpoints.</summary>
    Batch,
}
