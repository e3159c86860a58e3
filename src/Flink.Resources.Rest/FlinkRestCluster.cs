using System.Collections.Immutable;
using System.Text.Json;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>One application's Flink over its REST API.</summary>
internal sealed partial class FlinkRestCluster(ApplicationHandle application, RestClient client) : IFlinkCluster
{
    public ApplicationHandle Application { get; } = application;

    public Task<FlinkClusterOverview> GetOverviewAsync(CancellationToken cancellationToken = default) =>
        client.GetAsync("overview", RestJson.Default.OverviewWire, JobMapping.Overview, cancellationToken);

    public Task<ImmutableArray<FlinkJobSummary>> GetJobsAsync(CancellationToken cancellationToken = default) =>
        client.GetAsync("jobs/overview", RestJson.Default.JobsWire, JobMapping.Summaries, cancellationToken);

    public Task<Lookup<FlinkJobDetails>> FindJobAsync(FlinkJobId job, CancellationToken cancellationToken = default) =>
        client.FindAsync(JobPath(job), RestJson.Default.JobWire, JobMapping.Details, cancellationToken);

    public Task<Lookup<CheckpointStatistics>> FindCheckpointsAsync(FlinkJobId job, CancellationToken cancellationToken = default) =>
        client.FindAsync(
            $"{JobPath(job)}/checkpoints", RestJson.Default.CheckpointsWire, CheckpointMapping.Statistics, cancellationToken);

    public Task<Lookup<CheckpointSettings>> FindCheckpointSettingsAsync(
        FlinkJobId job, CancellationToken cancellationToken = default) => client.FindAsync(
            $"{JobPath(job)}/checkpoints/config",
            RestJson.Default.CheckpointConfigWire,
            CheckpointMapping.Settings,
            cancellationToken);

    public Task<Lookup<ImmutableArray<FlinkExceptionEntry>>> FindExceptionsAsync(
        FlinkJobId job, int maximum = 20, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        return client.FindAsync(
            FormattableString.Invariant($"{JobPath(job)}/exceptions?maxExceptions={maximum}"),
            RestJson.Default.ExceptionsWire,
            JobMapping.Exceptions,
            cancellationToken);
    }

    public Task<TriggerOutcome> TriggerSavepointAsync(
        FlinkJobId job, SavepointRequest request, CancellationToken cancellationToken = default)
    {
        Check(request);
        var body = new SavepointBody(request.TargetDirectory, CancelJob: false, FormatOf(request.Format), request.Trigger.Value);
        return client.WriteAsync(
            HttpMethod.Post,
            $"{JobPath(job)}/savepoints",
            JsonSerializer.SerializeToUtf8Bytes(body, RestJson.Default.SavepointBody),
            request.Trigger,
            cancellationToken);
    }

    public Task<TriggerOutcome> StopWithSavepointAsync(
        FlinkJobId job, SavepointRequest request, CancellationToken cancellationToken = default)
    {
        Check(request);
        var body = new StopBody(request.TargetDirectory, Drain: false, FormatOf(request.Format), request.Trigger.Value);
        return client.WriteAsync(
            HttpMethod.Post,
            $"{JobPath(job)}/stop",
            JsonSerializer.SerializeToUtf8Bytes(body, RestJson.Default.StopBody),
            request.Trigger,
            cancellationToken);
    }

    public Task<Lookup<SavepointStatus>> FindSavepointAsync(
        FlinkJobId job, TriggerId trigger, CancellationToken cancellationToken = default) => client.FindAsync(
            $"{JobPath(job)}/savepoints/{Name(trigger)}", RestJson.Default.OperationWire, SavepointMapping.Status, cancellationToken);

    public Task<TriggerOutcome> TriggerCheckpointAsync(
        FlinkJobId job, TriggerId trigger, CancellationToken cancellationToken = default) => client.WriteAsync(
            HttpMethod.Post,
            $"{JobPath(job)}/checkpoints",
            JsonSerializer.SerializeToUtf8Bytes(new CheckpointBody(Name(trigger)), RestJson.Default.CheckpointBody),
            trigger,
            cancellationToken);

    public Task<TriggerOutcome> CancelAsync(FlinkJobId job, CancellationToken cancellationToken = default) =>
        client.WriteAsync(HttpMethod.Patch, $"{JobPath(job)}?mode=cancel", body: null, trigger: null, cancellationToken);

    public async Task<Lookup<ImmutableSortedDictionary<string, ParallelismBounds>>> FindResourceRequirementsAsync(
        FlinkJobId job, CancellationToken cancellationToken = default)
    {
        try
        {
            return await client.FindAsync(
                $"{JobPath(job)}/resource-requirements",
                RestJson.Default.DictionaryStringRequirementWire,
                JobMapping.Requirements,
                cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception) when (exception.Fault == BackendFault.NotSupported)
        {
            return Lookup.Absent<ImmutableSortedDictionary<string, ParallelismBounds>>(client.Seen(NoRescale));
        }
    }

    public async Task<TriggerOutcome> RescaleAsync(
        FlinkJobId job,
        ImmutableSortedDictionary<string, ParallelismBounds> requirements,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        var body = requirements.ToDictionary(
            static p => p.Key, static p => new RequirementWire(new BoundsWire(p.Value.Lower, p.Value.Upper)), StringComparer.Ordinal);
        var outcome = await client.WriteAsync(
            HttpMethod.Put,
            $"{JobPath(job)}/resource-requirements",
            JsonSerializer.SerializeToUtf8Bytes(body, RestJson.Default.DictionaryStringRequirementWire),
            trigger: null,
            cancellationToken).ConfigureAwait(false);
        return outcome is TriggerOutcome.Refused { Cause: var cause } && cause.Contains("does not support changing the parallelism", StringComparison.Ordinal)
            ? new TriggerOutcome.Refused(NoRescale)
            : outcome;
    }

    public Task<ImmutableArray<TaskManagerReport>> GetTaskManagersAsync(CancellationToken cancellationToken = default) =>
        client.GetAsync("taskmanagers", RestJson.Default.TaskManagersWire, JobMapping.TaskManagers, cancellationToken);

    public Task<ImmutableSortedDictionary<string, string>> GetConfigurationAsync(CancellationToken cancellationToken = default) =>
        client.GetAsync("jobmanager/config", RestJson.Default.ListConfigEntryWire, JobMapping.Configuration, cancellationToken);

    public async Task<FlinkEnvironment> GetEnvironmentAsync(CancellationToken cancellationToken = default)
    {
        var jvm = await client.GetAsync(
            "jobmanager/environment", RestJson.Default.EnvironmentWire, static w => w.Jvm, cancellationToken).ConfigureAwait(false);
        var config = await client.GetAsync("config", RestJson.Default.ClusterConfigWire, static w => w, cancellationToken)
            .ConfigureAwait(false);
        return new FlinkEnvironment(
            jvm.Version,
            [.. jvm.Options ?? []],
            config.TimezoneName,
            config.TimezoneOffset is { } offset ? TimeSpan.FromMilliseconds(offset) : null);
    }

    public Task<TriggerOutcome> ShutDownAsync(CancellationToken cancellationToken = default) =>
        client.WriteAsync(HttpMethod.Delete, "cluster", body: null, trigger: null, cancellationToken);

    private const string NoRescale =
        "The job's scheduler cannot change the parallelism of a running job: set jobmanager.scheduler to adaptive.";

    private static string JobPath(FlinkJobId job) => job.Value.Length == 32
        ? $"jobs/{job.Value}"
        : throw new ArgumentException("The Flink job id is empty.", nameof(job));

    private static string Name(TriggerId trigger) => trigger.Value.Length == 32
        ? trigger.Value
        : throw new ArgumentException("The trigger id is empty.", nameof(trigger));

    private static void Check(SavepointRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrWhiteSpace(request.TargetDirectory, nameof(request));
        _ = Name(request.Trigger);
    }

    private static string? FormatOf(SavepointFormat format) => format switch
    {
        SavepointFormat.Canonical => "CANONICAL",
        SavepointFormat.Native => "NATIVE",
        _ => null,
    };
}
