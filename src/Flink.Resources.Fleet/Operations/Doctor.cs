using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Fleet;

/// <summary>Whether journal, clusters, queues and storage are in reach, have the rights that are needed, and have room.</summary>
internal sealed class Doctor(FleetDocument document, IBackendCatalog backends, IJournal journal, TimeProvider timeProvider)
{
    private static readonly TimeSpan LongSkew = TimeSpan.FromSeconds(30);

    /// <summary>All checks; each cluster by itself.</summary>
    public async Task<FleetDiagnosis> ExamineAsync(CancellationToken cancellationToken)
    {
        var checks = ImmutableArray.CreateBuilder<DoctorCheck>();
        checks.Add(await JournalAsync(cancellationToken).ConfigureAwait(false));
        foreach (var found in await Task.WhenAll(document.Clusters.Values.Select(c => ClusterAsync(c, cancellationToken))).ConfigureAwait(false))
        {
            checks.AddRange(found);
        }
        return new FleetDiagnosis
        {
            Checks = checks.ToImmutable(),
            Exit = checks.Any(static c => c.Finding == DoctorFinding.Bad) ? FleetExit.Failure
                : checks.Any(static c => c.Finding is DoctorFinding.Unknown or DoctorFinding.Warning) ? FleetExit.LeftAlone
                : FleetExit.Ok,
        };
    }

    private async Task<DoctorCheck> JournalAsync(CancellationToken cancellationToken)
    {
        try
        {
            var open = await journal.ListAsync(new RunQuery(UnfinishedOnly: true), cancellationToken).ConfigureAwait(false);
            var ahead = open.Select(static h => h.UpdatedAt).DefaultIfEmpty().Max() - timeProvider.GetUtcNow();
            return ahead > LongSkew
                ? new DoctorCheck("journal", "clock", DoctorFinding.Warning, FormattableString.Invariant($"Its newest record is {ahead.TotalSeconds:0} s ahead of this machine's clock: let both follow one time server."))
                : new DoctorCheck("journal", "reach", DoctorFinding.Good, FormattableString.Invariant($"It answers; {open.Length} runs are not over."));
        }
        catch (JournalException exception)
        {
            return new DoctorCheck("journal", "reach", DoctorFinding.Bad, exception.Message);
        }
    }

    private async Task<List<DoctorCheck>> ClusterAsync(FleetCluster cluster, CancellationToken cancellationToken)
    {
        var checks = new List<DoctorCheck>();
        if (!backends.TryGet(cluster.Name, out var backend))
        {
            checks.Add(new DoctorCheck(cluster.Name, "reach", DoctorFinding.Bad, "No backend has that name."));
            return checks;
        }
        var jobs = document.Jobs.Values.Where(j => j.Cluster == cluster.Name).ToList();
        try
        {
            var snapshot = await backend.GetSnapshotAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            checks.Add(Reach(cluster, snapshot));
            checks.AddRange(QueuesOf(cluster, snapshot, jobs));
            checks.AddRange(RoomOf(cluster, snapshot, jobs));
            checks.AddRange(await RightsAsync(cluster, backend, cancellationToken).ConfigureAwait(false));
        }
        catch (ResourceBackendException exception)
        {
            checks.Add(new DoctorCheck(cluster.Name, "reach", exception.IsTransient ? DoctorFinding.Unknown : DoctorFinding.Bad, exception.Message));
        }
        checks.AddRange(VersionsOf(cluster, jobs));
        return checks;
    }

    private static DoctorCheck Reach(FleetCluster cluster, BackendSnapshot snapshot) =>
        (snapshot.Applications.StaleBecause ?? snapshot.Queues.StaleBecause ?? snapshot.Nodes.StaleBecause) is { } stale
            ? new DoctorCheck(cluster.Name, "reach", DoctorFinding.Unknown, stale)
            : new DoctorCheck(cluster.Name, "reach", DoctorFinding.Good, FormattableString.Invariant(
                $"It answers: {snapshot.Nodes.Items.Length} nodes, {snapshot.Queues.Items.Count(static q => q.IsLeaf)} queues, {snapshot.Applications.Items.Length} applications."));

    private IEnumerable<DoctorCheck> QueuesOf(FleetCluster cluster, BackendSnapshot snapshot, List<JobEntry> jobs)
    {
        foreach (var queue in jobs.Select(static j => j.Queue).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var there = document.Queues.GetValueOrDefault(queue)?.Clusters.GetValueOrDefault(cluster.Name)?.Queue ?? queue;
            var seen = snapshot.Queues.Items.FirstOrDefault(q => q.Path == there || q.Path == queue);
            yield return seen switch
            {
                null when cluster.Kind == BackendKind.Yarn && cluster is FleetCluster.Yarn => new DoctorCheck(cluster.Name, $"queue {queue}", DoctorFinding.Bad, $"It has no queue {there}: create it, or map it under queues."),
                null => new DoctorCheck(cluster.Name, $"queue {queue}", DoctorFinding.Good, "It has no limit there."),
                { IsOpen: false } => new DoctorCheck(cluster.Name, $"queue {queue}", DoctorFinding.Bad, "It takes no applications: open it."),
                _ => new DoctorCheck(cluster.Name, $"queue {queue}", DoctorFinding.Good, "It is open."),
            };
        }
    }

    /// <summary>All jobs that the document wants there, against what the nodes and each queue have in all.</summary>
    private static IEnumerable<DoctorCheck> RoomOf(FleetCluster cluster, BackendSnapshot snapshot, List<JobEntry> jobs)
    {
        var wanted = jobs.Where(static j => j.State != DesiredState.Stopped).ToList();
        var (memory, cpu) = Need(wanted);
        var nodes = snapshot.Nodes.Items.Where(static n => n.IsSchedulable).ToList();
        var (hasMemory, hasCpu) = (nodes.Sum(static n => n.Memory.Bytes), nodes.Sum(static n => n.CpuMillicores));
        yield return memory > hasMemory || cpu > hasCpu
            ? new DoctorCheck(cluster.Name, "room", DoctorFinding.Bad, $"Its jobs want {Words(memory, cpu)}, its nodes have {Words(hasMemory, hasCpu)} in all.")
            : new DoctorCheck(cluster.Name, "room", DoctorFinding.Good, $"Its jobs want {Words(memory, cpu)} of {Words(hasMemory, hasCpu)}.");
        foreach (var queue in snapshot.Queues.Items.Where(static q => q.Maximum is not null).OrderBy(static q => q.Path, StringComparer.Ordinal))
        {
            var (ofQueue, cpuOfQueue) = Need([.. wanted.Where(j => j.Queue == queue.Path || j.Queue.StartsWith($"{queue.Path}.", StringComparison.Ordinal))]);
            if (ofQueue > queue.Maximum!.Value.Memory.Bytes || cpuOfQueue > queue.Maximum.Value.CpuMillicores)
            {
                yield return new DoctorCheck(
                    cluster.Name, $"room of {queue.Path}", DoctorFinding.Bad, $"Its jobs want {Words(ofQueue, cpuOfQueue)}, it may use {Words(queue.Maximum.Value.Memory.Bytes, queue.Maximum.Value.CpuMillicores)}.");
            }
        }
    }

    private static (long Memory, long Cpu) Need(List<JobEntry> jobs) => (
        jobs.Sum(static j => j.JobManager.Memory.Bytes + (Workers(j) * j.TaskManager.Memory.Bytes)),
        jobs.Sum(static j => j.JobManager.CpuMillicores + ((long)Workers(j) * j.TaskManager.CpuMillicores)));

    private static int Workers(JobEntry job) => (job.Parallelism + job.TaskManager.Slots - 1) / job.TaskManager.Slots;

    private static string Words(long memory, long cpu) => string.Create(CultureInfo.InvariantCulture, $"{memory / (double)(1L << 30):0.#} GiB and {cpu / 1000d:0.#} cores");

    /// <summary>Fences can be listed, and the jobs' snapshots can be read: what each move begins with.</summary>
    private async Task<List<DoctorCheck>> RightsAsync(FleetCluster cluster, IResourceBackend backend, CancellationToken cancellationToken)
    {
        var checks = new List<DoctorCheck>();
        var sample = document.Jobs.Keys.FirstOrDefault();
        if (sample != default)
        {
            checks.Add(!backend.TryGetFeature<IFenceRegistry>(out var fences)
                ? new DoctorCheck(cluster.Name, "fences", DoctorFinding.Bad, "It can't list fences: no job can be started there safely.")
                : Finding(cluster, "fences", await fences.FindFencesAsync(sample, cancellationToken).ConfigureAwait(false), "Fences can be listed."));
        }
        foreach (var root in document.Jobs.Values.Select(static j => j.SnapshotDirectory).DistinctBy(RootOf, StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(20))
        {
            checks.Add(!backend.TryGetFeature<ISnapshotStorage>(out var storage)
                ? new DoctorCheck(cluster.Name, $"snapshots {RootOf(root)}", DoctorFinding.Warning, "It can't read storage: a stop whose answer is lost needs a person.")
                : Finding(cluster, $"snapshots {RootOf(root)}", await storage.FindNewestAsync(root, cancellationToken).ConfigureAwait(false), "Snapshots can be read."));
        }
        return checks;
    }

    private static DoctorCheck Finding<T>(FleetCluster cluster, string check, Lookup<T> lookup, string good) => lookup.Status == LookupStatus.Unknown
        ? new DoctorCheck(cluster.Name, check, DoctorFinding.Unknown, lookup.Evidence.Seen)
        : new DoctorCheck(cluster.Name, check, DoctorFinding.Good, good);

    private static string RootOf(string directory) => Uri.TryCreate(directory, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.Authority}" : directory;

    private IEnumerable<DoctorCheck> VersionsOf(FleetCluster cluster, List<JobEntry> jobs) => jobs.Select(static j => j.Runtime).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        .Select(name => document.Runtimes[name])
        .Select(runtime => (cluster, runtime) switch
        {
            (FleetCluster.Kubernetes, { Image: null }) => new DoctorCheck(cluster.Name, $"runtime {runtime.Name}", DoctorFinding.Bad, "It has no image: jobs on Kubernetes need one."),
            (FleetCluster.Kubernetes, { Image: { } image }) when !image.Contains('@', StringComparison.Ordinal) =>
                new DoctorCheck(cluster.Name, $"runtime {runtime.Name}", DoctorFinding.Warning, $"{image} has no digest: the same name may be another image tomorrow."),
            (FleetCluster.Yarn, { Libraries.IsEmpty: true }) => new DoctorCheck(cluster.Name, $"runtime {runtime.Name}", DoctorFinding.Bad, "It has no libs: jobs on YARN need Flink's own."),
            _ => new DoctorCheck(cluster.Name, $"runtime {runtime.Name}", DoctorFinding.Good, $"Flink {runtime.Version}."),
        });
}
