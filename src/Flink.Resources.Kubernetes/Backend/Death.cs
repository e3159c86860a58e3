using System.Globalization;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>One look at whether anything of an application can still process records.</summary>
internal sealed class Death(Site site)
{
    /// <summary>The grace period of Flink's pods, and a kubelet's round.</summary>
    private static readonly TimeSpan _podsMayTake = TimeSpan.FromSeconds(35);

    public async Task<DeathProbe> ProbeAsync(CopyRef copy, CancellationToken cancellationToken)
    {
        try
        {
            var (verdict, canComeBack, seen) = await LookAsync(copy.Application, cancellationToken).ConfigureAwait(false);
            return new DeathProbe(copy, verdict, site.Saw(seen)) { CanComeBack = canComeBack };
        }
        catch (ResourceBackendException exception)
        {
            return new DeathProbe(copy, DeathVerdict.Unknown, site.Saw(exception.Message));
        }
    }

    private async Task<(DeathVerdict Verdict, bool CanComeBack, string Seen)> LookAsync(ApplicationHandle handle, CancellationToken cancellationToken)
    {
        await site.RequireAsync(handle, cancellationToken).ConfigureAwait(false);
        var record = await site.Fences.FindAsync(handle.Id, cancellationToken).ConfigureAwait(false);
        var left = await Leftovers.FindAsync(site.Calls, handle.Namespace!, handle.Id, cancellationToken).ConfigureAwait(false);
        if (left.Deployment is { } deployment && !IsScaledToNothing(deployment))
        {
            return deployment.At("metadata", "deletionTimestamp") is not null
                ? (DeathVerdict.Dying, true, $"Deployment {handle.Id} is being deleted; {left.Pods.Count} pod(s) are left.")
                : (DeathVerdict.Alive, true, $"Deployment {handle.Id} stands and keeps a JobManager.");
        }
        if (record is { State: FenceState.Submitted })
        {
            return (DeathVerdict.Unknown, true, $"A start of {record.Fence} was begun and may still arrive: remove it first.");
        }
        var living = left.Pods.Where(static p => !PodReading.HasEnded(p) && !Placeholders.Is(p)).ToList();
        var lost = await LostNodesAsync(record, cancellationToken).ConfigureAwait(false);
        var unseen = living.Find(p => lost.Contains(p.Text("spec", "nodeName") ?? string.Empty, StringComparer.Ordinal));
        if (unseen is not null)
        {
            return (DeathVerdict.Unknown, true, $"Pod {unseen.Name()} is on node {unseen.Text("spec", "nodeName")}, which does not report: its containers may live on.");
        }
        if (living.Count > 0)
        {
            return (DeathVerdict.Dying, false, $"No Deployment restarts {handle.Id}, but {living.Count} pod(s) are left: {living[0].Name()} …");
        }
        if (lost.Count > 0)
        {
            return (DeathVerdict.Unknown, true, $"Node {lost[0]} stopped to report after {handle.Id} began: a pod deleted by force may live on there.");
        }
        if (record is { HasBegun: false })
        {
            return (DeathVerdict.Dead, false, $"{handle.Id} was prepared and never started; it has no Deployment and no pod.");
        }
        return site.Endings.Of(handle).IsProven
            ? (DeathVerdict.Dead, false, $"No Deployment {handle.Id}, and each of its pods was ended by its kubelet's own word.")
            : await UnprovenAsync(handle, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Nobody saw the pods end. A pod deleted by force is gone at once, and its containers live as long as its kubelet does not hear of
    /// it, then as long as a pod may take to end. So each kubelet must have reported for that long since the pods were found gone; their
    /// own clocks are compared, not ours.
    /// </summary>
    private async Task<(DeathVerdict Verdict, bool CanComeBack, string Seen)> UnprovenAsync(ApplicationHandle handle, CancellationToken cancellationToken)
    {
        var (leases, _) = await site.Calls.ListAsync(
            Paths.NodeLeases, string.Empty, static l => (Node: l.Name(), Renewed: l.Time("spec", "renewTime") ?? default), cancellationToken).ConfigureAwait(false);
        var now = leases.ToDictionary(static l => l.Node, static l => l.Renewed, StringComparer.Ordinal);
        var story = site.Endings.Of(handle);
        var then = story.ReportsWhenGone ??= now;
        if (then.Keys.FirstOrDefault(n => !now.ContainsKey(n)) is { } left)
        {
            return (DeathVerdict.Unknown, true, $"Node {left} left the cluster after {handle.Id} was deleted: nobody saw its containers end.");
        }
        var silent = now.FirstOrDefault(n => n.Value - then.GetValueOrDefault(n.Key, DateTimeOffset.MinValue) < _podsMayTake);
        return silent.Key is null
            ? (DeathVerdict.Dead, false, $"No Deployment {handle.Id}, no pod of it, and all kubelets reported for {_podsMayTake.TotalSeconds:0} s since.")
            : (DeathVerdict.Unknown, true,
                string.Create(CultureInfo.InvariantCulture, $"No pod of {handle.Id} is left, but nobody saw their containers end: they may live on until the kubelet of {silent.Key} has reported for {_podsMayTake.TotalSeconds:0} s more (last at {silent.Value:HH:mm:ss})."));
    }

    /// <summary>Nodes that don't report and did when the application began: a pod deleted by force leaves its containers running there.</summary>
    private async Task<List<string>> LostNodesAsync(FenceRecord? record, CancellationToken cancellationToken)
    {
        if (record is { HasBegun: false })
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
