using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>One look at whether anything of an application can still process records.</summary>
internal sealed class Death(Site site)
{
    public async Task<DeathProbe> ProbeAsync(CopyRef copy, CancellationToken cancellationToken)
    {
        try
        {
            var (verdict, seen) = await LookAsync(copy.Application, cancellationToken).ConfigureAwait(false);
            return new DeathProbe(copy, verdict, site.Saw(seen));
        }
        catch (ResourceBackendException exception)
        {
            return new DeathProbe(copy, DeathVerdict.Unknown, site.Saw(exception.Message));
        }
    }

    private async Task<(DeathVerdict Verdict, string Seen)> LookAsync(ApplicationHandle handle, CancellationToken cancellationToken)
    {
        await site.RequireAsync(handle, cancellationToken).ConfigureAwait(false);
        var record = await site.Fences.FindAsync(handle.Id, cancellationToken).ConfigureAwait(false);
        var left = await Leftovers.FindAsync(site.Calls, handle.Namespace!, handle.Id, cancellationToken).ConfigureAwait(false);
        if (left.Deployment is { } deployment && !IsScaledToNothing(deployment))
        {
            return deployment.At("metadata", "deletionTimestamp") is not null
                ? (DeathVerdict.Dying, $"Deployment {handle.Id} is being deleted; {left.Pods.Count} pod(s) are left.")
                : (DeathVerdict.Alive, $"Deployment {handle.Id} stands and keeps a JobManager.");
        }
        if (record is { State: FenceState.Submitted })
        {
            return (DeathVerdict.Unknown, $"A start of {record.Fence} was begun and may still arrive: remove it first.");
        }
        var living = left.Pods.Where(static p => !PodReading.HasEnded(p)).ToList();
        var lost = await LostNodesAsync(record, cancellationToken).ConfigureAwait(false);
        var unseen = living.Find(p => lost.Contains(p.Text("spec", "nodeName") ?? string.Empty, StringComparer.Ordinal));
        if (unseen is not null)
        {
            return (DeathVerdict.Unknown, $"Pod {unseen.Name()} is on node {unseen.Text("spec", "nodeName")}, which does not report: its containers may live on.");
        }
        if (living.Count > 0)
        {
            return (DeathVerdict.Dying, $"No Deployment restarts {handle.Id}, but {living.Count} pod(s) are left: {living[0].Name()} …");
        }
        if (lost.Count > 0)
        {
            return (DeathVerdict.Unknown, $"Node {lost[0]} stopped to report after {handle.Id} began: a pod deleted by force may live on there.");
        }
        return (DeathVerdict.Dead, $"No Deployment {handle.Id}, no pod of it, and all nodes that it can have used report.");
    }

    /// <summary>Nodes that don't report and did when the application began: a pod deleted by force leaves its containers running there.</summary>
    private async Task<List<string>> LostNodesAsync(FenceRecord? record, CancellationToken cancellationToken)
    {
        if (record is { State: FenceState.Prepared })
        {
            return [];
        }
        var (nodes, _) = await site.Calls.ListAsync(
            Paths.Nodes, string.Empty, n => IsLost(n, record?.CreatedAt) ? n.Name() : null, cancellationToken).ConfigureAwait(false);
        return [.. nodes.OfType<string>()];
    }

    private static bool IsLost(JsonObject node, DateTimeOffset? begun)
    {
        var ready = node.Condition("Ready");
        return ready.Text("status") != "True" && (begun is null || ready.Time("lastTransitionTime") is not { } since || since >= begun);
    }

    private static bool IsScaledToNothing(JsonObject deployment) =>
        deployment.At("spec", "replicas")?.ToJsonString() == "0"
        && deployment.Number("status", "replicas") == 0
        && deployment.Number("status", "observedGeneration") >= deployment.Number("metadata", "generation");
}
