using System.Globalization;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Why an application does not start, in one plain sentence.</summary>
internal static class Diagnosis
{
    public static async Task<(string? Why, bool Stuck)> WhyAsync(
        KubernetesCalls calls, ApplicationHandle handle, JsonObject deployment, List<JsonObject> pods, CancellationToken cancellationToken)
    {
        var managers = pods.FindAll(static p => p.Label("component") == "jobmanager");
        if (managers.Count == 0)
        {
            return Refused(deployment, handle.Namespace!);
        }
        var (why, stuck) = managers.Select(PodReading.Why).FirstOrDefault(static w => w.Why is not null);
        var unscheduled = managers.Find(static p => p.Condition("PodScheduled").Text("status") == "False");
        return unscheduled is null ? (why, stuck) : await ShortageAsync(calls, unscheduled, why, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why the Deployment gets no pod: its quota, an admission rule, a missing PriorityClass.</summary>
    public static (string? Why, bool Stuck) Refused(JsonObject deployment, string scope)
    {
        var failure = deployment.Condition("ReplicaFailure");
        if (failure.Text("status") != "True")
        {
            return ("No pod was created yet.", false);
        }
        var message = failure.Text("message") ?? failure.Text("reason") ?? string.Empty;
        return message.Contains("exceeded quota", StringComparison.Ordinal)
            ? ($"The quota of namespace {scope} does not allow its pod: {message}", true)
            : ($"The API server refuses its pod: {message}", true);
    }

    private static async Task<(string? Why, bool Stuck)> ShortageAsync(
        KubernetesCalls calls, JsonObject pod, string? why, CancellationToken cancellationToken)
    {
        try
        {
            var (nodes, _) = await calls.ListAsync(
                Paths.Nodes, string.Empty, static n => Quantity.Amount(n.At("status", "allocatable")), cancellationToken).ConfigureAwait(false);
            var asks = PodReading.Requested(pod);
            if (nodes.Count > 0 && !nodes.Exists(n => n.Memory >= asks.Memory && n.CpuMillicores >= asks.CpuMillicores))
            {
                return (string.Create(
                    CultureInfo.InvariantCulture,
                    $"No node is large enough: pod {pod.Name()} asks {asks.CpuMillicores}m CPU and {asks.Memory.Mebibytes} MiB; the largest of {nodes.Count} offers {nodes.Max(static n => n.CpuMillicores)}m and {nodes.Max(static n => n.Memory.Mebibytes)} MiB."), true);
            }
        }
        catch (ResourceBackendException exception) when (exception.Fault == BackendFault.Forbidden)
        {
            // Without the right to list nodes the scheduler's own words must do.
        }
        return (why, false);
    }
}
