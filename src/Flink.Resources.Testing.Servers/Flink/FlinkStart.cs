namespace Flink.Resources.Testing.Servers.Flink;

/// <summary>What a JobManager was started with.</summary>
internal sealed record FlinkStart(string Application, IReadOnlyDictionary<string, string> Configuration)
{
    public string? EntryClass => Configuration.GetValueOrDefault("$internal.application.main");

    public string Name => Configuration.GetValueOrDefault("pipeline.name") ?? EntryClass ?? "Flink job";

    public string? RestoredFrom => Configuration.GetValueOrDefault("execution.state-recovery.path")
        ?? Configuration.GetValueOrDefault("execution.savepoint.path");

    /// <summary>Whether the cluster ends with its job; Flink's default.</summary>
    public bool EndsWithItsJob => Configuration.GetValueOrDefault("execution.shutdown-on-application-finish") != "false";
}
