namespace Flink.Resources.Simulation;

/// <summary>A savepoint, or a stop with savepoint, under its caller's name.</summary>
internal sealed class SavepointOperation(TriggerId trigger, bool isStop, string directory)
{
    public TriggerId Trigger { get; } = trigger;

    public bool IsStop { get; } = isStop;

    public string Directory { get; } = directory;

    public SavepointStatus Status { get; set; } = new SavepointStatus.InProgress();

    public bool WasRead { get; set; }
}
