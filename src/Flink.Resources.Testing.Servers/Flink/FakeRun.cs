namespace Flink.Resources.Testing.Servers;

/// <summary>One run of a job by one JobManager: what a test needs to see that no two copies ran and no state was lost.</summary>
/// <param name="Application">The application: a YARN application id, a cluster-id of Kubernetes.</param>
/// <param name="Job">The job's name (<c>pipeline.name</c>).</param>
/// <param name="FlinkJob">The 32 digits of the job's id.</param>
/// <param name="RestoredFrom">The snapshot it started from; null when it started without state.</param>
/// <param name="StartedAt">When its JobManager came up.</param>
/// <param name="EndedAt">When it ended or was killed; null while it runs.</param>
/// <param name="StoppedInto">The savepoint of its stop; null when it was not stopped with one.</param>
public sealed record FakeRun(
    string Application, string Job, string FlinkJob, string? RestoredFrom, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? StoppedInto);
