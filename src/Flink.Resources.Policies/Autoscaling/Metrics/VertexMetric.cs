namespace Flink.Resources.Autoscaling;

/// <summary>What is kept per vertex and sample.</summary>
public enum VertexMetric
{
    /// <summary>Records waiting in front of a source.</summary>
    Lag = 0,

    /// <summary>Share of time the vertex was busy, by the aggregator.</summary>
    Load,

    /// <summary>Busy milliseconds of all subtasks together since the start.</summary>
    AccumulatedBusyTime,

    /// <summary>Records received since the start.</summary>
    RecordsIn,

    /// <summary>Records sent since the start.</summary>
    RecordsOut,

    /// <summary>Records received per second; not for sources.</summary>
    RecordsInPerSecond,

    /// <summary>True processing rate measured directly; sources only.</summary>
    ObservedTrueProcessingRate,
}

/// <summary>What is kept per job and sample.</summary>
public enum JobMetric
{
    /// <summary>Heap used, in bytes.</summary>
    HeapUsed = 0,

    /// <summary>Heap used over the largest heap.</summary>
    HeapUsageRatio,

    /// <summary>Managed memory used, in bytes.</summary>
    ManagedMemoryUsed,

    /// <summary>Metaspace used, in bytes.</summary>
    MetaspaceUsed,

    /// <summary>Share of time in garbage collection.</summary>
    GcPressure,

    /// <summary>Slots in use.</summary>
    TaskSlotsUsed,
}
