using System.Collections.Concurrent;
using System.Collections.Immutable;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>
/// Reads a copy through its backend and Flink's REST API, the same on every backend. Each part is read by itself: what one part can't
/// say is missing, the others count.
/// </summary>
internal sealed class FlinkHealthCollector(IBackendCatalog backends, TimeProvider timeProvider) : IHealthCollector
{
    private const int ExceptionsRead = 5;
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(1);
    private readonly ConcurrentDictionary<string, FlinkHealthMemory> _memories = new(StringComparer.Ordinal);

    public string Name => "flink";

    public async Task<HealthReadings> CollectAsync(HealthTarget target, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(target);
        var builder = new HealthReadingsBuilder();
        if (!backends.TryGet(target.Copy.Application.Backend, out var backend))
        {
            return HealthReadings.None with { Troubles = [$"No backend is called '{target.Copy.Application.Backend}'."] };
        }
        await builder.TryAsync("backend", () => ReadBackendAsync(builder, backend, target, cancellationToken)).ConfigureAwait(false);
        IFlinkCluster? cluster = null;
        await builder.TryAsync("connect", async () =>
        {
            var connected = await backend.ConnectAsync(target.Copy.Application, cancellationToken).ConfigureAwait(false);
            cluster = connected.Match(static c => c, e => builder.Nothing(e), e => builder.Nothing(e));
        }).ConfigureAwait(false);
        if (cluster is { } flink)
        {
            await ReadFlinkAsync(builder, flink, target, cancellationToken).ConfigureAwait(false);
        }
        return builder.ToReadings();
    }

    private static async Task ReadBackendAsync(HealthReadingsBuilder builder, IResourceBackend backend, HealthTarget target, CancellationToken cancellationToken)
    {
        var found = await backend.FindAsync(target.Copy.Application, cancellationToken).ConfigureAwait(false);
        if (found.Match(static r => r, static _ => null!, static _ => null!) is not { } report)
        {
            builder.Trouble(found.Evidence.Seen);
            return;
        }
        if (report.Containers > 0)
        {
            builder.Workers = report.Containers;
        }
        if (report.AllocatedMemory.Bytes > 0)
        {
            builder.Gauge(Metrics.MemoryHeld, report.AllocatedMemory.Bytes);
        }
        if (report.AllocatedCpuMillicores > 0)
        {
            builder.Gauge(Metrics.CpuHeld, report.AllocatedCpuMillicores / 1000.0);
        }
    }

    private async Task ReadFlinkAsync(HealthReadingsBuilder builder, IFlinkCluster cluster, HealthTarget target, CancellationToken cancellationToken)
    {
        var memory = Remember(target.Copy.Application.ToString());
        FlinkJobId? job = null;
        var runs = false;
        await builder.TryAsync("jobs", async () =>
        {
            var jobs = await cluster.GetJobsAsync(cancellationToken).ConfigureAwait(false);
            var one = jobs.Where(j => target.Copy.Job is null || j.Id == target.Copy.Job)
                .OrderByDescending(static j => !j.State.IsTerminal).ThenByDescending(static j => j.StartedAt).FirstOrDefault();
            (job, runs) = (one?.Id, one?.AllTasksRun ?? false);
            builder.Gauge(Metrics.Running, runs ? 1 : 0);
        }).ConfigureAwait(false);
        if (job is { } id)
        {
            await builder.TryAsync("checkpoints", () => CheckpointHealth.ReadAsync(builder, cluster, id, memory, cancellationToken)).ConfigureAwait(false);
            await builder.TryAsync("job metrics", () => ReadJobAsync(builder, cluster, id, cancellationToken)).ConfigureAwait(false);
            await builder.TryAsync("exceptions", () => ReadExceptionsAsync(builder, cluster, id, target.Since, cancellationToken)).ConfigureAwait(false);
            if (runs)
            {
                await builder.TryAsync("vertices", () => VertexHealth.ReadAsync(builder, cluster, id, memory, timeProvider.GetUtcNow(), cancellationToken)).ConfigureAwait(false);
            }
        }
        await builder.TryAsync("task managers", () => ProcessHealth.ReadTaskManagersAsync(builder, cluster, memory, cancellationToken)).ConfigureAwait(false);
        await builder.TryAsync("processes", () => ProcessHealth.ReadAsync(builder, cluster, memory, timeProvider.GetUtcNow(), cancellationToken)).ConfigureAwait(false);
    }

    private static async Task ReadJobAsync(HealthReadingsBuilder builder, IFlinkCluster cluster, FlinkJobId job, CancellationToken cancellationToken)
    {
        // Flink before 1.13 has the older name only.
        var values = await cluster.GetMetricsAsync(new MetricScope.Job(job), ["numRestarts", "fullRestarts"], cancellationToken).ConfigureAwait(false);
        if (values.TryGetValue("numRestarts", out var restarts) || values.TryGetValue("fullRestarts", out restarts))
        {
            builder.Counter(Metrics.Restart, restarts, HealthCounterUse.Events);
        }
    }

    private static async Task ReadExceptionsAsync(
        HealthReadingsBuilder builder, IFlinkCluster cluster, FlinkJobId job, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var found = await cluster.FindExceptionsAsync(job, ExceptionsRead, cancellationToken).ConfigureAwait(false);
        foreach (var entry in found.Match(static e => e, static _ => [], static _ => []))
        {
            if (entry.At is { } at && at >= since && RootCause.Classify(entry.StackTrace) is not RootCauseKind.Other and var kind)
            {
                builder.Cause(new RootCause(kind, at, Words(kind, entry)));
            }
        }
    }

    /// <summary>Names only: the text of an exception may hold what nobody should read.</summary>
    private static string Words(RootCauseKind kind, FlinkExceptionEntry entry)
    {
        var where = $"{entry.Name} in {entry.Task ?? "the JobManager"}";
        return kind == RootCauseKind.Login
            ? $"the login fails ({where}): look at security.kerberos.login.keytab and security.kerberos.login.principal, and at how long its tokens live"
            : $"{kind}: {where}";
    }

    private FlinkHealthMemory Remember(string application)
    {
        var now = timeProvider.GetUtcNow();
        if (!_memories.TryGetValue(application, out var memory))
        {
            foreach (var (name, old) in _memories)
            {
                if (now - old.UsedAt > Forgotten)
                {
                    _memories.TryRemove(name, out _);
                }
            }
            memory = _memories.GetOrAdd(application, static _ => new FlinkHealthMemory());
        }
        (memory.UsedAt, memory.Looks) = (now, memory.Looks + 1);
        return memory;
    }
}
