namespace Flink.Resources.Planning;

/// <summary>How much may be under way at once. All limits count at every start. The defaults are this project's own.</summary>
public sealed record StartLimits
{
    /// <summary>Jobs between the stop of their source and the moment when they caught up. 1 to 10,000.</summary>
    /// <value>10.</value>
    public int InFlight { get; init; } = 10;

    /// <summary>Of them from one source queue. 1 to 10,000.</summary>
    /// <value>3.</value>
    public int InFlightPerQueue { get; init; } = 3;

    /// <summary>Of them of one team. 1 to 10,000.</summary>
    /// <value>2.</value>
    public int InFlightPerTeam { get; init; } = 2;

    /// <summary>Of them from one backend. 1 to 10,000.</summary>
    /// <value>5.</value>
    public int InFlightPerSource { get; init; } = 5;

    /// <summary>Of them to one backend. 1 to 10,000.</summary>
    /// <value>5.</value>
    public int InFlightPerTarget { get; init; } = 5;

    /// <summary>Of them of tier P0 or P1. 1 to 10,000.</summary>
    /// <value>1.</value>
    public int ImportantInFlight { get; init; } = 1;

    /// <summary>Jobs that are watched on the target. 1 to 100,000.</summary>
    /// <value>50.</value>
    public int Soaking { get; init; } = 50;

    /// <summary>Pods that are created per second through one API server; a job that needs more starts when nothing else does. 1 to 10,000.</summary>
    /// <value>20.</value>
    public double PodsPerSecond { get; init; } = 20;

    /// <summary>Bytes per second that savepoints write to one storage system. 1 to 10^15.</summary>
    /// <value>2,000,000,000.</value>
    public double SavepointBytesPerSecond { get; init; } = 2e9;

    /// <summary>The share of a Kafka cluster's free read rate that jobs which catch up may take. More than 0, at most 1.</summary>
    /// <value>0.20.</value>
    public double CatchUpShare { get; init; } = 0.20;

    /// <summary>Calls per second to one ResourceManager. 1 to 10,000.</summary>
    /// <value>10.</value>
    public double ResourceManagerCallsPerSecond { get; init; } = 10;

    /// <summary>Calls per second to one API server. 1 to 10,000.</summary>
    /// <value>20.</value>
    public double ApiServerCallsPerSecond { get; init; } = 20;
}
