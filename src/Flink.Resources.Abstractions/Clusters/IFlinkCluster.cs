using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>
/// The Dispatcher, ResourceManager and JobMasters of one application, through Flink's REST API. Safe for concurrent use. Reads
/// throw <see cref="ResourceBackendException"/> when they fail; a read of something that Flink does not know is Absent.
/// </summary>
public interface IFlinkCluster
{
    /// <summary>The application.</summary>
    ApplicationHandle Application { get; }

    /// <summary>Flink's version and the cluster's slots.</summary>
    Task<FlinkClusterOverview> GetOverviewAsync(CancellationToken cancellationToken = default);

    /// <summary>All jobs that the Dispatcher knows.</summary>
    Task<ImmutableArray<FlinkJobSummary>> GetJobsAsync(CancellationToken cancellationToken = default);

    /// <summary>A job with its vertices.</summary>
    Task<Lookup<FlinkJobDetails>> FindJobAsync(FlinkJobId job, CancellationToken cancellationToken = default);

    /// <summary>The statistics of a job's checkpoints.</summary>
    Task<Lookup<CheckpointStatistics>> FindCheckpointsAsync(FlinkJobId job, CancellationToken cancellationToken = default);

    /// <summary>How a job checkpoints. Absent when checkpointing is off.</summary>
    Task<Lookup<CheckpointSettings>> FindCheckpointSettingsAsync(FlinkJobId job, CancellationToken cancellationToken = default);

    /// <summary>The newest exceptions of a job.</summary>
    Task<Lookup<ImmutableArray<FlinkExceptionEntry>>> FindExceptionsAsync(
        FlinkJobId job, int maximum = 20, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks for a savepoint. The trigger id is the caller's, so that a repeated call with the same id is the same operation.
    /// Poll it with <see cref="FindSavepointAsync"/>.
    /// </summary>
    Task<TriggerOutcome> TriggerSavepointAsync(
        FlinkJobId job, SavepointRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Asks to stop the job with a savepoint, without drain. In application mode the JobManager may leave seconds after the result
    /// was read once: journal what <see cref="FindSavepointAsync"/> answers at once.
    /// </summary>
    Task<TriggerOutcome> StopWithSavepointAsync(
        FlinkJobId job, SavepointRequest request, CancellationToken cancellationToken = default);

    /// <summary>The state of a savepoint, or of a stop with savepoint. Absent when Flink does not know the trigger id.</summary>
    Task<Lookup<SavepointStatus>> FindSavepointAsync(
        FlinkJobId job, TriggerId trigger, CancellationToken cancellationToken = default);

    /// <summary>Asks for a checkpoint.</summary>
    Task<TriggerOutcome> TriggerCheckpointAsync(FlinkJobId job, TriggerId trigger, CancellationToken cancellationToken = default);

    /// <summary>Cancels a job. Its unretained checkpoints are deleted by Flink.</summary>
    Task<TriggerOutcome> CancelAsync(FlinkJobId job, CancellationToken cancellationToken = default);

    /// <summary>The bounds of each vertex' parallelism. Absent when the job's scheduler does not support it.</summary>
    Task<Lookup<ImmutableSortedDictionary<string, ParallelismBounds>>> FindResourceRequirementsAsync(
        FlinkJobId job, CancellationToken cancellationToken = default);

    /// <summary>Sets the bounds of every vertex' parallelism (adaptive scheduler only).</summary>
    Task<TriggerOutcome> RescaleAsync(
        FlinkJobId job,
        ImmutableSortedDictionary<string, ParallelismBounds> requirements,
        CancellationToken cancellationToken = default);

    /// <summary>Metrics of a scope; what has no value is left out.</summary>
    Task<ImmutableSortedDictionary<string, double>> GetMetricsAsync(
        MetricScope scope, ImmutableArray<string> names, CancellationToken cancellationToken = default);

    /// <summary>Aggregated metrics over subtasks or TaskManagers; what has no value is left out.</summary>
    Task<ImmutableSortedDictionary<string, AggregatedMetric>> GetAggregatedMetricsAsync(
        MetricScope scope, ImmutableArray<string> names, CancellationToken cancellationToken = default);

    /// <summary>The names of the metrics of a scope. Flink fetches them when asked, so the first answer may be empty: ask again.</summary>
    Task<ImmutableArray<string>> ListMetricsAsync(MetricScope scope, CancellationToken cancellationToken = default);

    /// <summary>The TaskManagers.</summary>
    Task<ImmutableArray<TaskManagerReport>> GetTaskManagersAsync(CancellationToken cancellationToken = default);

    /// <summary>The JobManager's effective configuration; secrets come masked by Flink.</summary>
    Task<ImmutableSortedDictionary<string, string>> GetConfigurationAsync(CancellationToken cancellationToken = default);

    /// <summary>The JobManager's Java and time zone.</summary>
    Task<FlinkEnvironment> GetEnvironmentAsync(CancellationToken cancellationToken = default);

    /// <summary>Ends the cluster (session clusters).</summary>
    Task<TriggerOutcome> ShutDownAsync(CancellationToken cancellationToken = default);
}

/// <summary>How a write to Flink ended. More endings may come: treat an unfamiliar one as <see cref="Indeterminate"/>.</summary>
public abstract record TriggerOutcome
{
    private protected TriggerOutcome()
    {
    }

    /// <summary>Flink took it.</summary>
    public sealed record Accepted : TriggerOutcome;

    /// <summary>Flink refused it; nothing was changed.</summary>
    public sealed record Refused(string Cause) : TriggerOutcome;

    /// <summary>It may have taken effect.</summary>
    public sealed record Indeterminate(Evidence Evidence) : TriggerOutcome;
}
