using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Limits of what servers, storage and brokers take per second.</summary>
internal sealed class LoadLimits(StartLimits limits, CampaignLoad load)
{
    public void Check(List<string> against, FleetJob job)
    {
        Pods(against, job);
        Savepoints(against, job);
        CatchUp(against, job);
        foreach (var backend in (string[])[job.Source.Backend, job.Target.Backend])
        {
            Calls(against, LoadKind.ResourceManagerCalls, backend, limits.ResourceManagerCallsPerSecond, "calls per second go to the ResourceManager of");
            Calls(against, LoadKind.ApiServerCalls, backend, limits.ApiServerCallsPerSecond, "calls per second go to the API server of");
        }
    }

    // A job's pods are asked for all at once. One whose pods alone are more than the limit starts when no others are created: the
    // client's own limit spreads them.
    private void Pods(List<string> against, FleetJob job)
    {
        if (Find(LoadKind.PodCreations, job.Target.Backend) is { PerSecond: > 0 } pods)
        {
            Compare(against, pods.PerSecond, job.Need.TaskManagers + 1, limits.PodsPerSecond, $"pods per second are created on {job.Target.Backend}");
        }
    }

    private void Savepoints(List<string> against, FleetJob job)
    {
        if (job.SnapshotStorage is not { } storage || job.IsStateless)
        {
            return;
        }
        var expected = 0d;
        foreach (var other in load.InFlight)
        {
            expected += !other.IsStateless && string.Equals(other.SnapshotStorage, storage, StringComparison.Ordinal)
                ? other.SavepointBytesPerSecond ?? limits.SavepointBytesPerSecond : 0;
        }
        var present = Math.Max(expected, Find(LoadKind.SavepointBytes, storage)?.PerSecond ?? 0);
        if (present > 0)
        {
            Compare(against, present, job.SavepointBytesPerSecond ?? limits.SavepointBytesPerSecond, limits.SavepointBytesPerSecond,
                $"bytes per second are written to {storage} by savepoints");
        }
    }

    private void CatchUp(List<string> against, FleetJob job)
    {
        foreach (var cluster in job.KafkaClusters)
        {
            var measured = Find(LoadKind.CatchUpReads, cluster);
            if (measured?.Headroom is not { } headroom)
            {
                against.Add($"how much more {cluster} can be read is not known, and {job.Job} reads it faster while it catches up.");
                continue;
            }
            var allowed = headroom * limits.CatchUpShare;
            var expected = 0d;
            foreach (var other in load.InFlight)
            {
                expected += other.KafkaClusters.Contains(cluster, StringComparer.Ordinal) ? Extra(other, allowed) : 0;
            }
            Compare(against, Math.Max(expected, measured.PerSecond), Extra(job, allowed), allowed, $"records per second are read from {cluster} by jobs that catch up");
        }
    }

    // What is not known may be all that is allowed.
    private static double Extra(FleetJob job, double allowed) => job is { MaximumRate: { } most, InputRate: { } usual } ? Math.Max(0, most - usual) : allowed;

    private void Calls(List<string> against, LoadKind kind, string backend, double limit, string what)
    {
        if (Find(kind, backend) is { } calls && !(calls.PerSecond < limit))
        {
            against.Add(string.Create(CultureInfo.InvariantCulture, $"{calls.PerSecond:0.#} {what} {backend}, {limit:0.#} is the limit."));
        }
    }

    private static void Compare(List<string> against, double present, double more, double limit, string what)
    {
        if (!(present + more <= limit))
        {
            against.Add(string.Create(CultureInfo.InvariantCulture, $"{present:0.#} {what}, the job adds {more:0.#}, {limit:0.#} is the limit."));
        }
    }

    private MeasuredLoad? Find(LoadKind kind, string system)
    {
        MeasuredLoad? found = null;
        foreach (var measured in load.Measured)
        {
            // Measured twice, the larger counts.
            if (measured.Kind == kind && string.Equals(measured.System, system, StringComparison.Ordinal) && !(measured.PerSecond <= found?.PerSecond))
            {
                found = measured;
            }
        }
        return found;
    }
}
