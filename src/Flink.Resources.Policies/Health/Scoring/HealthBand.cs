namespace Flink.Resources.Health;

/// <summary>What one evaluation says by itself, without those before it.</summary>
public enum HealthBand
{
    /// <summary>Too little is known. Not healthy, not unhealthy.</summary>
    Unknown = 0,

    /// <summary>The score is high and nearly everything is known.</summary>
    Healthy,

    /// <summary>The score is high, but of too much nothing is known to call the job healthy.</summary>
    HealthyPartial,

    /// <summary>Not as it should be.</summary>
    Watch,

    /// <summary>The score is low, or a gate is open.</summary>
    Unhealthy,
}
