namespace Flink.Resources.Hosting;

/// <summary>How the resident controller runs.</summary>
public sealed class FleetControllerOptions
{
    /// <summary>How long it waits before it begins anew after the journal was away.</summary>
    /// <value>Default 10 seconds; above zero.</value>
    public TimeSpan RestartDelay { get; set; } = TimeSpan.FromSeconds(10);
}
