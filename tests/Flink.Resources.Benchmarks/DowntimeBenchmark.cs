using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Benchmarks;

/// <summary>
/// How long a job with 50 MB of RocksDB state writes nothing while it goes to the other cluster and back: from the last record that the
/// source wrote to the first that the target wrote, as the file system dated them. Beside the stock client by hand (stop with a native
/// savepoint, then <c>run-application -s</c>), taking turns.
/// </summary>
internal sealed partial class DowntimeBenchmark : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly ServiceProvider _services;
    private readonly IBackendCatalog _backends;
    private readonly IMigrations _migrations;
    private readonly HttpClient _http = new();
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}");

    private DowntimeBenchmark()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IJournal>(new MemoryJournal(TimeProvider.System));
        RealClusters.AddYarn(services);
        RealClusters.AddKubernetes(services);
        _services = services.BuildServiceProvider();
        _backends = _services.GetRequiredService<IBackendCatalog>();
        _migrations = _services.GetRequiredService<IMigrations>();
    }

    public static async Task<int> RunAsync(string[] arguments, StandbyLevel standby)
    {
        var rounds = arguments is [var text, ..] ? int.Parse(text, CultureInfo.InvariantCulture) : 3;
        using var benchmark = new DowntimeBenchmark();
        return await benchmark.RunAsync(standby, rounds).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _http.Dispose();
        _services.Dispose();
    }

    private async Task<int> RunAsync(StandbyLevel standby, int rounds)
    {
        var measures = new Dictionary<(bool Ours, bool There), List<double>>();
        for (var round = 0; round < rounds; round++)
        {
            // One job at a time: a second one would take the processors that the first needs to start.
            var mine = await StartOursAsync(round).ConfigureAwait(false);
            foreach (var there in (bool[])[true, false])
            {
                (mine, var gap) = await MoveOursAsync(mine, there, standby, round).ConfigureAwait(false);
                Note(measures, (true, there), gap);
            }
            await RemoveAsync(mine).ConfigureAwait(false);
            var theirs = await StartPeerAsync(BackendKind.Yarn, null, round, "0").ConfigureAwait(false);
            foreach (var there in (bool[])[true, false])
            {
                (theirs, var gap) = await MovePeerAsync(theirs, there, round).ConfigureAwait(false);
                Note(measures, (false, there), gap);
            }
            await RemoveAsync(theirs).ConfigureAwait(false);
        }
        JsonObject Direction(bool there) => new()
        {
            ["ours"] = Numbers(measures[(true, there)]), ["peer"] = Numbers(measures[(false, there)]), ["ratio"] = Ratio(measures[(false, there)], measures[(true, there)]),
        };
        double[] ours = [.. measures[(true, true)], .. measures[(true, false)]];
        double[] peers = [.. measures[(false, true)], .. measures[(false, false)]];
        var peer = Numbers(peers);
        peer["name"] = "flink stop + run-application -s";
        Console.WriteLine(new JsonObject
        {
            ["benchmark"] = standby == StandbyLevel.Cluster ? "downtime-warm" : "downtime",
            ["unit"] = "s",
            ["measures"] = "last record on the source to first record on the target, both directions",
            ["ours"] = Numbers(ours),
            ["peer"] = peer,
            ["ratio"] = Ratio(peers, ours),
            ["yarnToKubernetes"] = Direction(there: true),
            ["kubernetesToYarn"] = Direction(there: false),
        }.ToJsonString());
        return 0;
    }

    private static void Note(Dictionary<(bool Ours, bool There), List<double>> measures, (bool Ours, bool There) key, double gap)
    {
        if (!measures.TryGetValue(key, out var list))
        {
            measures[key] = list = [];
        }
        list.Add(gap);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(key.Ours ? "ours" : "peer")} {(key.There ? "YARN -> Kubernetes" : "Kubernetes -> YARN")}: {gap:0.0} s"));
    }

    private async Task<ApplicationHandle> StartOursAsync(int round)
    {
        var spec = Spec(BackendKind.Yarn, Ours(round));
        var backend = Backend(BackendKind.Yarn);
        if (await backend.PrepareAsync(new Fence(spec.Job, 1), spec).ConfigureAwait(false) is not PrepareOutcome.Prepared { Application: var prepared }
            || await backend.StartAsync(prepared, RestorePoint.None).ConfigureAwait(false) is not StartOutcome.Accepted)
        {
            throw new InvalidOperationException("The job was not started.");
        }
        await FullAsync(prepared.Application).ConfigureAwait(false);
        return prepared.Application;
    }

    private async Task<(ApplicationHandle Application, double Gap)> MoveOursAsync(ApplicationHandle source, bool there, StandbyLevel standby, int round)
    {
        var run = await _migrations.CreateAsync(new MoveRequest
        {
            Job = Spec(BackendKind.Yarn, Ours(round)).Job,
            Source = new CopyRef(source),
            SourceSpec = Spec(there ? BackendKind.Yarn : BackendKind.Kubernetes, Ours(round)),
            TargetBackend = there ? "k8s" : "yarn",
            TargetSpec = Spec(there ? BackendKind.Kubernetes : BackendKind.Yarn, Ours(round)),
            SnapshotDirectory = Savepoints,
            Options = new MoveOptions { Standby = standby, Soak = TimeSpan.Zero, Stop = StopMethod.Savepoint },
        }).ConfigureAwait(false);
        var end = await _migrations.RunAsync(run).ConfigureAwait(false);
        if (end.State != MigrationState.Committed)
        {
            throw new InvalidOperationException($"The move ended as {end.State}: {end.Reason}");
        }
        await FullAsync(end.Target!.Application).ConfigureAwait(false);
        return (end.Target.Application, await GapAsync(Ours(round), end.Timeline.First(static t => t.State == MigrationState.Stopping).At).ConfigureAwait(false));
    }

    private async Task<ApplicationHandle> StartPeerAsync(BackendKind cluster, string? savepoint, int round, string number)
    {
        var name = $"downtime-{Peer(round)}-{_name}-{number}";
        var spec = Spec(cluster, Peer(round));
        IEnumerable<string> restore = savepoint is null ? [] : ["-s", savepoint];
        using var client = RealClusters.StartClient(
        [
            .. RealClusters.ClientArguments(cluster, name),
            $"-Djobmanager.memory.process.size={spec.JobManager.Memory.Mebibytes}m", $"-Dtaskmanager.memory.process.size={spec.TaskManager.Memory.Mebibytes}m",
            "-Dparallelism.default=1", "-Dtaskmanager.numberOfTaskSlots=1", .. spec.Configuration.Select(static p => $"-D{p.Key}={p.Value}"),
            .. restore, "-c", spec.EntryClass!, spec.Jar.Uri, .. spec.Arguments,
        ]);
        await OutputAsync(client).ConfigureAwait(false);
        var application = await AppearedAsync(Backend(cluster), name).ConfigureAwait(false);
        await FullAsync(application).ConfigureAwait(false);
        return application;
    }

    private async Task<(ApplicationHandle Application, double Gap)> MovePeerAsync(ApplicationHandle source, bool there, int round)
    {
        var began = TimeProvider.System.GetUtcNow();
        var jobs = await (await ConnectAsync(source).ConfigureAwait(false))!.GetJobsAsync().ConfigureAwait(false);
        IEnumerable<string> place = there
            ? ["-t", "yarn-application", $"-Dyarn.application.id={source.Id}"]
            : ["-t", "kubernetes-application", $"-Dkubernetes.cluster-id={source.Id}"];
        using var client = RealClusters.StartClient(["stop", "--type", "native", "-p", Savepoints, .. place, jobs[0].Id.Value]);
        var said = await OutputAsync(client).ConfigureAwait(false);
        var savepoint = SavepointPath().Match(said) is { Success: true } match
            ? match.Groups["path"].Value
            : throw new InvalidOperationException($"The stock client did not stop the job: {said}");
        var target = await StartPeerAsync(there ? BackendKind.Kubernetes : BackendKind.Yarn, savepoint, round, there ? "1" : "2").ConfigureAwait(false);
        var gap = await GapAsync(Peer(round), began).ConfigureAwait(false);
        await RemoveAsync(source).ConfigureAwait(false);
        return (target, gap);
    }

    /// <summary>
    /// The longest time without a record after a moment. A file of the output is created with its first record and dated by its last; a
    /// commit renames it, which changes neither.
    /// </summary>
    private async Task<double> GapAsync(string who, DateTimeOffset since)
    {
        var address = new Uri($"{new Uri(RealClusters.Variable("TESTBED_WEBHDFS")).GetLeftPart(UriPartial.Authority)}/webhdfs/v1{new Uri(Output(who)).AbsolutePath}?op=LISTSTATUS&user.name=root");
        using var listing = JsonDocument.Parse(await _http.GetStringAsync(address).ConfigureAwait(false));
        var from = (since - TimeSpan.FromSeconds(10)).ToUnixTimeMilliseconds();
        var files = listing.RootElement.GetProperty("FileStatuses").GetProperty("FileStatus").EnumerateArray()
            .Select(static f => (First: f.GetProperty("accessTime").GetInt64(), Last: f.GetProperty("modificationTime").GetInt64()))
            .Where(f => f.Last >= from).OrderBy(static f => f.First).ToList();
        return files.Zip(files.Skip(1), static (one, next) => (next.First - one.Last) / 1000.0).Max();
    }

    /// <summary>All tasks run, and the state is there: after a completed checkpoint of that size, and one more.</summary>
    private async Task FullAsync(ApplicationHandle application)
    {
        long? first = null;
        await UntilAsync(async () =>
        {
            if (await ConnectAsync(application).ConfigureAwait(false) is not { } cluster || await cluster.GetJobsAsync().ConfigureAwait(false) is not [{ AllTasksRun: true } job])
            {
                return false;
            }
            var checkpoints = await cluster.FindCheckpointsAsync(job.Id).ConfigureAwait(false);
            var latest = checkpoints.Match(static c => c.LatestCompleted, static _ => null, static _ => null);
            if (latest is not { StateBytes: >= 40_000_000 })
            {
                return false;
            }
            first ??= latest.Id;
            return latest.Id > first;
        }).ConfigureAwait(false);
    }

    private async Task<IFlinkCluster?> ConnectAsync(ApplicationHandle application) =>
        (await _backends.GetRequired(application.Backend).ConnectAsync(application).ConfigureAwait(false)).Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);

    private static async Task<ApplicationHandle> AppearedAsync(IResourceBackend backend, string name)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        await foreach (var snapshot in backend.WatchAsync(patience.Token).ConfigureAwait(false))
        {
            if (snapshot.Applications.Items.FirstOrDefault(a => a.Name == name || a.Application.Id == name)?.Application is { } application)
            {
                return application;
            }
        }
        throw new TimeoutException($"{name} did not appear within {Patience}.");
    }

    private async Task RemoveAsync(ApplicationHandle application) => await UntilAsync(async () =>
        await _backends.GetRequired(application.Backend).RemoveAsync(application, HaMetadata.Purge).ConfigureAwait(false) is RemoveOutcome.Removed or RemoveOutcome.AlreadyGone)
        .ConfigureAwait(false);

    private static async Task UntilAsync(Func<Task<bool>> done)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            try
            {
                if (await done().ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (ResourceBackendException)
            {
                // A JobManager that comes up; the next round asks again.
            }
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System).ConfigureAwait(false);
        }
        throw new TimeoutException($"Nothing came of it within {Patience}.");
    }

    private static async Task<string> OutputAsync(System.Diagnostics.Process client)
    {
        var (output, errors) = (client.StandardOutput.ReadToEndAsync(), client.StandardError.ReadToEndAsync());
        await client.WaitForExitAsync().ConfigureAwait(false);
        return await output.ConfigureAwait(false) + await errors.ConfigureAwait(false);
    }

    private static JsonObject Numbers(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return new()
        {
            ["min"] = Math.Round(sorted[0], 1), ["median"] = Math.Round(sorted[sorted.Count / 2], 1), ["max"] = Math.Round(sorted[^1], 1),
        };
    }

    private static double Ratio(IEnumerable<double> peers, IEnumerable<double> ours)
    {
        var (theirs, mine) = (peers.Order().ToList(), ours.Order().ToList());
        return Math.Round(theirs[theirs.Count / 2] / mine[mine.Count / 2], 2);
    }

    private IResourceBackend Backend(BackendKind cluster) => _backends.GetRequired(cluster == BackendKind.Yarn ? "yarn" : "k8s");

    private static string Ours(int round) => FormattableString.Invariant($"ours-{round}");

    private static string Peer(int round) => FormattableString.Invariant($"peer-{round}");

    private static string Savepoints => $"{RealClusters.Hdfs}/tmp/flink-resources-benchmarks/savepoints";

    private string Output(string who) => $"{RealClusters.Hdfs}/tmp/flink-resources-benchmarks/out/{who}-{_name}";

    private ApplicationSpec Spec(BackendKind cluster, string who)
    {
        var millicores = cluster == BackendKind.Yarn ? 1000 : 100;
        return new()
        {
            Job = JobKey.Parse($"bench/{who}-{_name}"),
            Kind = JobKind.Streaming,
            Queue = "root.nearline",
            FlinkVersion = "1.20",
            Jar = new ArtifactRef(cluster == BackendKind.Yarn ? RealClusters.Variable("TESTBED_FLINK_HDFS_JOBS_JAR") : "local:///opt/flink/usrlib/testbed-jobs.jar"),
            EntryClass = "testbed.jobs.KeyedCounter",
            Arguments = ["--rate", "2000", "--keys", "1000", "--splits", "2", "--stateBytes", "50000", "--verify", Output(who)],
            Parallelism = 1,
            Configuration = ImmutableSortedDictionary<string, string>.Empty
                .Add("execution.checkpointing.interval", "2s")
                .Add("execution.checkpointing.dir", $"{RealClusters.Hdfs}/tmp/flink-resources-benchmarks/checkpoints")
                .Add("state.backend.type", "rocksdb"),
            JobManager = new ContainerResources { CpuMillicores = millicores, Memory = MemorySize.FromMebibytes(1024) },
            TaskManager = new TaskManagerResources { CpuMillicores = millicores, Memory = MemorySize.FromMebibytes(1280), Slots = 1 },
        };
    }

    [GeneratedRegex(@"Savepoint completed\. Path: (?<path>\S+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex SavepointPath();
}
