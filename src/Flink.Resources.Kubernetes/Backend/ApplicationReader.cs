using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Reads what became of an application: its fence, its Deployment, its pods, and Flink's own word.</summary>
internal sealed class ApplicationReader(Site site, FlinkWord flink)
{
    private static readonly TimeSpan _mainMayTake = TimeSpan.FromSeconds(20);

    public async Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken)
    {
        var clusterId = KubernetesNames.ClusterId(fence);
        var record = await site.Fences.FindAsync(clusterId, cancellationToken).ConfigureAwait(false);
        var identity = await site.IdentityAsync(cancellationToken).ConfigureAwait(false);
        if (record is null)
        {
            return Lookup.Absent<ApplicationReport>(site.Saw(
                $"Cluster {identity} has no ConfigMap {KubernetesNames.Fence(clusterId)} in namespace {site.Options.Namespace}."));
        }
        var report = await ReportAsync(site.Handle(record.Namespace, clusterId, identity), record, cancellationToken).ConfigureAwait(false);
        return Lookup.Found(report, Seen(report));
    }

    public async Task<Lookup<ApplicationReport>> FindAsync(ApplicationHandle handle, CancellationToken cancellationToken)
    {
        await site.RequireAsync(handle, cancellationToken).ConfigureAwait(false);
        var record = await site.Fences.FindAsync(handle.Id, cancellationToken).ConfigureAwait(false);
        if (record is not null && record.Namespace == handle.Namespace)
        {
            var ours = await ReportAsync(handle, record, cancellationToken).ConfigureAwait(false);
            return Lookup.Found(ours, Seen(ours));
        }
        var deployment = await site.Calls.FindAsync(Paths.Deployments(handle.Namespace!), handle.Id, cancellationToken).ConfigureAwait(false);
        if (deployment is null)
        {
            return Lookup.Absent<ApplicationReport>(site.Saw(
                $"Cluster {handle.Identity} has neither a fence nor a Deployment {handle.Id} in namespace {handle.Namespace}."));
        }
        var report = await LiveAsync(handle, null, deployment, cancellationToken).ConfigureAwait(false);
        return Lookup.Found(report, Seen(report));
    }

    /// <summary>The report of an application whose fence stands.</summary>
    public async Task<ApplicationReport> ReportAsync(ApplicationHandle handle, FenceRecord record, CancellationToken cancellationToken)
    {
        var deployment = await site.Calls.FindAsync(Paths.Deployments(record.Namespace), handle.Id, cancellationToken).ConfigureAwait(false);
        if (record.State == FenceState.Prepared && SessionStart.IsSession(deployment))
        {
            return Base(handle, record, deployment) with { State = ApplicationState.Prepared, NativeState = "Standby", Diagnostics = "Its cluster is up and has no job." };
        }
        if (deployment is not null && !record.HasEnded)
        {
            return await LiveAsync(handle, record, deployment, cancellationToken).ConfigureAwait(false);
        }
        var report = Base(handle, record, deployment);
        return record.State switch
        {
            FenceState.Finished or FenceState.Removed => report with
            {
                State = ApplicationState.Finished,
                Result = record.Result,
                FinishedAt = record.EndedAt,
                NativeState = record.State.ToString(),
                Diagnostics = deployment is null ? null : "The job has ended; its JobManager is kept until RemoveAsync.",
            },
            FenceState.Started => report with
            {
                State = ApplicationState.Finished,
                Result = ApplicationResult.Killed,
                NativeState = "Deleted",
                Diagnostics = "It was started, and its Deployment is gone without RemoveAsync: somebody deleted it.",
            },
            FenceState.Submitted => report with
            {
                State = ApplicationState.Prepared,
                NativeState = nameof(FenceState.Submitted),
                Diagnostics = "A start was begun and its Deployment is not there: repeat the start.",
            },
            _ => report with { State = ApplicationState.Prepared, NativeState = nameof(FenceState.Prepared) },
        };
    }

    private async Task<ApplicationReport> LiveAsync(
        ApplicationHandle handle, FenceRecord? record, JsonObject deployment, CancellationToken cancellationToken)
    {
        var (pods, _) = await site.Calls.ListAsync(
            Paths.Pods(handle.Namespace!), $"&labelSelector={Uri.EscapeDataString($"app={handle.Id},type=flink-native-kubernetes")}",
            static p => (JsonObject)p.DeepClone(), cancellationToken).ConfigureAwait(false);
        var report = PodReading.WithPods(Base(handle, record, deployment), pods);
        var manager = pods.Find(static p => p.Label("component") == "jobmanager" && PodReading.IsRunning(p));
        if (manager is not null && await flink.AskAsync(handle, cancellationToken).ConfigureAwait(false) is { } jobs)
        {
            report = report with { State = ApplicationState.Running, NativeState = jobs.States, RestAddress = site.RestAddress(handle) };
            if (jobs.IsEmpty)
            {
                return WithoutJob(report, manager);
            }
            if (jobs.Ended is not { } ended)
            {
                return report with { Diagnostics = PodReading.WhyTaskManagersWait(pods) };
            }
            if (!await IsResultStoredAsync(handle, cancellationToken).ConfigureAwait(false))
            {
                return report with { Diagnostics = "The job has ended and Flink is still storing its result: a JobManager that restarted now would run it again." };
            }
            if (record is not null)
            {
                await site.Fences.MarkAsync(record, FenceState.Finished, ended.Result, ended.At, cancellationToken).ConfigureAwait(false);
            }
            return report with
            {
                State = ApplicationState.Finished,
                Result = ended.Result,
                FinishedAt = ended.At,
                Diagnostics = ended.Cause,
            };
        }
        var (why, stuck) = await Diagnosis.WhyAsync(site.Calls, handle, deployment, pods, cancellationToken).ConfigureAwait(false);
        return report with
        {
            State = ApplicationState.Starting,
            NativeState = manager is null ? PodReading.NativeState(pods) : "Running",
            Diagnostics = why ?? (manager is null ? null : "The JobManager's container runs; Flink's REST API does not answer yet."),
            IsStuck = stuck,
        };
    }

    /// <summary>
    /// A JobManager has no job while its main method runs. One that was restarted after its job's end stays so: Flink finds the result
    /// in its store, does not run the job again and does not show it either.
    /// </summary>
    private ApplicationReport WithoutJob(ApplicationReport report, JsonObject manager)
    {
        report = report with { State = ApplicationState.Starting, NativeState = "no job yet" };
        var container = PodReading.Main(manager);
        if (container.Number("restartCount") == 0 || container.Time("state", "running", "startedAt") is not { } since
            || site.TimeProvider.GetUtcNow() - since < _mainMayTake)
        {
            return report with { Diagnostics = "The JobManager is up; it has no job yet." };
        }
        var why = PodReading.Why(manager).Why;
        return report with
        {
            NativeState = "no job after a restart",
            IsStuck = true,
            Diagnostics = $"The JobManager was restarted and runs no job: the job had ended before, or it can't be started. Before the restart: {why ?? "nothing is known"}",
        };
    }

    /// <summary>
    /// Flink shows a job as ended before it has stored the result. It stores it first and then takes the job's graph (2.x: plan) out of its
    /// high-availability map, so a map without one proves that the job will not run again.
    /// </summary>
    private async Task<bool> IsResultStoredAsync(ApplicationHandle handle, CancellationToken cancellationToken)
    {
        var map = await site.Calls.FindAsync(
            Paths.ConfigMaps(handle.Namespace!), $"{handle.Id}-cluster-config-map", cancellationToken).ConfigureAwait(false);
        return map.At("data") is not JsonObject data
            || !data.Any(static d => d.Key.StartsWith("jobGraph-", StringComparison.Ordinal) || d.Key.StartsWith("executionPlan-", StringComparison.Ordinal));
    }

    private static ApplicationReport Base(ApplicationHandle handle, FenceRecord? record, JsonObject? deployment) => new()
    {
        Application = handle,
        Fence = record?.Fence,
        Name = record?.Fence.Job.Value ?? handle.Id,
        State = ApplicationState.Unknown,
        Queue = record?.Queue ?? handle.Namespace,
        StartedAt = deployment.Time("metadata", "creationTimestamp"),
    };

    private Evidence Seen(ApplicationReport report) => site.Saw(
        $"{report.Application.Namespace}/{report.Application.Id} is {report.State} ({report.NativeState}).");
}
