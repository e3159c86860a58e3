using System.Collections.Immutable;
using System.Text.Json;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>One application's Flink over its REST API.</summary>
internal sealed class FlinkRestCluster(ApplicationHandle application, RestClient client) : IFlinkCluster
{
    public ApplicationHandle Application { get; } = application;

    public async Task<FlinkClusterOverview> GetOverviewAsync(CancellationToken cancellationToken = default)
    {
        var wire = await client.GetAsync("overview", RestJson.Default.OverviewWire, cancellationToken).ConfigureAwait(false);
        return new FlinkClusterOverview(wire.FlinkVersion ?? string.Empty, wire.Taskmanagers, wire.SlotsTotal, wire.SlotsAvailable);
    }

    public async Task<ImmutableArray<FlinkJobSummary>> GetJobsAsync(CancellationToken cancellationToken = default)
    {
        var wire = await client.GetAsync("jobs/overview", RestJson.Default.JobsWire, cancellationToken).ConfigureAwait(false);
        return [.. (wire.Jobs ?? []).Where(static j => j.Jid is not null).Select(JobMapping.Summary)];
    }

    public async Task<Lookup<FlinkJobDetails>> FindJobAsync(FlinkJobId job, CancellationToken cancellationToken = default) =>
        (await client.FindAsync(JobPath(job), RestJson.Default.JobWire, cancellationToken).ConfigureAwait(false))
            .Select(JobMapping.Details);

    public async Task<Lookup<CheckpointStatistics>> FindCheckpointsAsync(
        FlinkJobId job, CancellationToken cancellationToken = default) =>
        (await client.FindAsync($"{JobPath(job)}/checkpoints", RestJson.Default.CheckpointsWire, cancellationToken)
            .ConfigureAwait(false)).Select(CheckpointMapping.Statistics);

    public async Task<Lookup<CheckpointSettings>> FindCheckpointSettingsAsync(
        FlinkJobId job, CancellationToken cancellationToken = default) =>
        (await client.FindAsync($"{JobPath(job)}/checkpoints/config", RestJson.Default.CheckpointConfigWire, cancellationToken)
            .ConfigureAwait(false)).Select(CheckpointMapping.Settings);

    public async Task<Lookup<ImmutableArray<FlinkExceptionEntry>>> FindExceptionsAsync(
        FlinkJobId job, int maximum = 20, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maximum, 1);
        var path = FormattableString.Invariant($"{JobPath(job)}/exceptions?maxExceptions={maximum}");
        var found = await client.FindAsync(path, RestJson.Default.ExceptionsWire, cancellationToken).ConfigureAwait(false);
        return found.Select(JobMapping.Exceptions);
    }

    public Task<TriggerOutcome> TriggerSavepointAsync(
        FlinkJobId job, SavepointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = new SavepointBody(request.TargetDirectory, CancelJob: false, FormatOf(request.Format), request.Trigger.Value);
        return client.WriteAsync(
            HttpMethod.Post,
            $"{JobPath(job)}/savepoints",
            JsonSerializer.SerializeToUtf8Bytes(body, RestJson.Default.SavepointBody),
            cancellationToken);
    }

    public Task<TriggerOutcome> StopWithSavepointAsync(
        FlinkJobId job, SavepointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var body = new StopBody(request.TargetDirectory, Drain: false, FormatOf(request.Format), request.Trigger.Value);
        return client.WriteAsync(
            HttpMethod.Post,
            $"{JobPath(job)}/stop",
            JsonSerializer.SerializeToUtf8Bytes(body, RestJson.Default.StopBody),
            cancellationToken);
    }

    public async Task<Lookup<SavepointStatus>> FindSavepointAsync(
        FlinkJobId job, TriggerId trigger, CancellationToken cancellationToken = default) =>
        (await client.FindAsync($"{JobPath(job)}/savepoints/{trigger}", RestJson.Default.OperationWire, cancellationToken)
            .ConfigureAwait(false)).Select(SavepointMapping.Status);

    public Task<TriggerOutcome> TriggerCheckpointAsync(
        FlinkJobId job, TriggerId trigger, CancellationToken cancellationToken = default) => client.WriteAsync(
            HttpMethod.Post,
            $"{JobPath(job)}/checkpoints",
            JsonSerializer.SerializeToUtf8Bytes(new CheckpointBody(trigger.Value), RestJson.Default.CheckpointBody),
            cancellationToken);

    public Task<TriggerOutcome> CancelAsync(FlinkJobId job, CancellationToken cancellationToken = default) =>
        client.WriteAsync(HttpMethod.Patch, $"{JobPath(job)}?mode=cancel", body: null, cancellationToken);

    public async Task<Lookup<ImmutableSortedDictionary<string, ParallelismBounds>>> FindResourceRequirementsAsync(
        FlinkJobId job, CancellationToken cancellationToken = default)
    {
        try
        {
            var found = await client.FindAsync(
                $"{JobPath(job)}/resource-requirements", RestJson.Default.DictionaryStringRequirementWire, cancellationToken)
                .ConfigureAwait(false);
            return found.Select(static wire => wire.ToImmutableSortedDictionary(
                static p => p.Key,
                static p => new ParallelismBounds(p.Value.Parallelism?.LowerBound ?? 1, p.Value.Parallelism?.UpperBound ?? 1),
                StringComparer.Ordinal));
        }
        catch (ResourceBackendException exception)
            when (exception.StatusCode == 500 && exception.Message.Contains("scheduler", StringComparison.OrdinalIgnoreCase))
        {
            return Lookup.Absent<ImmutableSortedDictionary<string, ParallelismBounds>>(client.Seen(
                "The job's scheduler has no resource requirements: set jobmanager.scheduler to adaptive."));
        }
    }

    public Task<TriggerOutcome> RescaleAsync(
        FlinkJobId job,
        ImmutableSortedDictionary<string, ParallelismBounds> requirements,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        var body = requirements.ToDictionary(
            static p => p.Key, static p => new RequirementWire(new BoundsWire(p.Value.Lower, p.Value.Upper)), StringComparer.Ordinal);
        return client.WriteAsync(
            HttpMethod.Put,
            $"{JobPath(job)}/resource-requirements",
            JsonSerializer.SerializeToUtf8Bytes(body, RestJson.Default.DictionaryStringRequirementWire),
            cancellationToken);
    }

    public async Task<ImmutableSortedDictionary<string, double>> GetMetricsAsync(
        MetricScope scope, ImmutableArray<string> names, CancellationToken cancellationToken = default)
    {
        if (names.IsDefaultOrEmpty)
        {
            return ImmutableSortedDictionary<string, double>.Empty;
        }
        var wire = await client.GetAsync(
            $"{MetricMapping.Path(scope)}?get={MetricMapping.Join(names)}", RestJson.Default.ListMetricWire, cancellationToken)
            .ConfigureAwait(false);
        return MetricMapping.Values(wire);
    }

    public async Task<ImmutableSortedDictionary<string, AggregatedMetric>> GetAggregatedMetricsAsync(
        MetricScope scope, ImmutableArray<string> names, CancellationToken cancellationToken = default)
    {
        // One name without a value empties the whole answer: ask only for names that are there.
        var known = await ListAsync(MetricMapping.AggregatePath(scope), cancellationToken).ConfigureAwait(false);
        ImmutableArray<string> wanted = names.IsDefault ? [] : [.. names.Intersect(known, StringComparer.Ordinal)];
        if (wanted.IsEmpty)
        {
            return ImmutableSortedDictionary<string, AggregatedMetric>.Empty;
        }
        var values = await AggregatesAsync(scope, wanted, cancellationToken).ConfigureAwait(false);
        if (values.IsEmpty && wanted.Length > 1)
        {
            foreach (var name in wanted)
            {
                values = values.AddRange(await AggregatesAsync(scope, [name], cancellationToken).ConfigureAwait(false));
            }
        }
        return values;
    }

    public Task<ImmutableArray<string>> ListMetricsAsync(MetricScope scope, CancellationToken cancellationToken = default) =>
        ListAsync(MetricMapping.Path(scope), cancellationToken);

    public async Task<ImmutableArray<TaskManagerReport>> GetTaskManagersAsync(CancellationToken cancellationToken = default)
    {
        var wire = await client.GetAsync("taskmanagers", RestJson.Default.TaskManagersWire, cancellationToken).ConfigureAwait(false);
        return [.. (wire.Taskmanagers ?? []).Select(JobMapping.TaskManager)];
    }

    public async Task<ImmutableSortedDictionary<string, string>> GetConfigurationAsync(CancellationToken cancellationToken = default)
    {
        var wire = await client.GetAsync("jobmanager/config", RestJson.Default.ListConfigEntryWire, cancellationToken).ConfigureAwait(false);
        var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in wire.Where(static e => e.Key is not null))
        {
            values[entry.Key!] = entry.Value ?? string.Empty;
        }
        return values.ToImmutable();
    }

    public async Task<FlinkEnvironment> GetEnvironmentAsync(CancellationToken cancellationToken = default)
    {
        var environment = await client.GetAsync("jobmanager/environment", RestJson.Default.EnvironmentWire, cancellationToken)
            .ConfigureAwait(false);
        var config = await client.GetAsync("config", RestJson.Default.ClusterConfigWire, cancellationToken).ConfigureAwait(false);
        return new FlinkEnvironment(
            environment.Jvm?.Version,
            [.. environment.Jvm?.Options ?? []],
            config.TimezoneName,
            config.TimezoneOffset is { } offset ? TimeSpan.FromMilliseconds(offset) : null);
    }

    public Task<TriggerOutcome> ShutDownAsync(CancellationToken cancellationToken = default) =>
        client.WriteAsync(HttpMethod.Delete, "cluster", body: null, cancellationToken);

    private async Task<ImmutableArray<string>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var wire = await client.GetAsync(path, RestJson.Default.ListMetricWire, cancellationToken).ConfigureAwait(false);
        return [.. wire.Where(static m => m.Id is not null).Select(static m => m.Id!)];
    }

    private async Task<ImmutableSortedDictionary<string, AggregatedMetric>> AggregatesAsync(
        MetricScope scope, ImmutableArray<string> names, CancellationToken cancellationToken) =>
        MetricMapping.Aggregates(await client.GetAsync(
            $"{MetricMapping.AggregatePath(scope)}?get={MetricMapping.Join(names)}&agg=min,max,avg,sum",
            RestJson.Default.ListMetricWire,
            cancellationToken).ConfigureAwait(false));

    private static string JobPath(FlinkJobId job) => job.Value.Length == 32
        ? $"jobs/{job.Value}"
        : throw new ArgumentException("The Flink job id is empty.", nameof(job));

    private static string? FormatOf(SavepointFormat format) => format switch
    {
        SavepointFormat.Canonical => "CANONICAL",
        SavepointFormat.Native => "NATIVE",
        _ => null,
    };
}
