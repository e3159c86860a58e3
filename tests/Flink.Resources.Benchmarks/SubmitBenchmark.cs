using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Benchmarks;

/// <summary>
/// From the call to "accepted" and to "all tasks run", beside the stock client on the same cluster, taking turns. Reads the variables
/// of docs/testing.md. "Accepted" is seen from outside for both: the ResourceManager lists the application, the Deployment exists.
/// </summary>
internal sealed class SubmitBenchmark(IResourceBackend backend, ApplicationSpec template, Func<string, ImmutableArray<string>> peerArguments)
{
    private const int Rounds = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private long _peerRss;

    public static Task<int> YarnAsync(string[] arguments)
    {
        _ = arguments;
        var services = new ServiceCollection();
        RealClusters.AddYarn(services);
        var spec = Spec(RealClusters.Variable("TESTBED_FLINK_HDFS_JOBS_JAR"), 1000);
        return new SubmitBenchmark(Backend(services, "yarn"), spec, name =>
        [
            .. RealClusters.ClientArguments(BackendKind.Yarn, name), .. Common(spec), "-c", spec.EntryClass!, spec.Jar.Uri, .. spec.Arguments,
        ]).RunAsync("submit-yarn");
    }

    public static Task<int> KubernetesAsync(string[] arguments)
    {
        _ = arguments;
        var services = new ServiceCollection();
        RealClusters.AddKubernetes(services);
        var spec = Spec("local:///opt/flink/usrlib/testbed-jobs.jar", 100);
        return new SubmitBenchmark(Backend(services, "k8s"), spec, name =>
        [
            .. RealClusters.ClientArguments(BackendKind.Kubernetes, name), .. Common(spec), "-c", spec.EntryClass!, spec.Jar.Uri, .. spec.Arguments,
        ]).RunAsync("submit-k8s");
    }

    private async Task<int> RunAsync(string benchmark)
    {
        await WarmUpAsync().ConfigureAwait(false);
        var (ours, peers) = (new List<(double Accepted, double Running)>(), new List<(double Accepted, double Running)>());
        for (var round = 0; round < Rounds; round++)
        {
            ours.Add(await OursAsync(round).ConfigureAwait(false));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ours {round + 1}: accepted {ours[^1].Accepted:0.00} s, running {ours[^1].Running:0.00} s"));
            peers.Add(await PeerAsync(round).ConfigureAwait(false));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"peer {round + 1}: accepted {peers[^1].Accepted:0.00} s, running {peers[^1].Running:0.00} s"));
        }
        using var process = Process.GetCurrentProcess();
        var isYarn = benchmark == "submit-yarn";
        var (main, other) = (Compare(ours, peers, static t => t.Accepted), Compare(ours, peers, static t => t.Running));
        var (first, second) = isYarn ? (main, other) : (other, main);
        Console.WriteLine(new JsonObject
        {
            ["benchmark"] = benchmark,
            ["unit"] = "s",
            ["measures"] = isYarn ? "accepted" : "running",
            ["ours"] = first.Ours,
            ["peer"] = first.Peer,
            ["ratio"] = first.Ratio,
            [isYarn ? "running" : "accepted"] = new JsonObject { ["ours"] = second.Ours, ["peer"] = second.Peer, ["ratio"] = second.Ratio },
            ["rssMiB"] = process.WorkingSet64 >> 20,
            ["peerRssMiB"] = _peerRss >> 20,
        }.ToJsonString());
        return 0;
    }

    /// <summary>What a process that is up has done before: connections, compiled code. An application is started and removed at once, unmeasured.</summary>
    private async Task WarmUpAsync()
    {
        var spec = template with { Job = JobKey.Parse(string.Create(CultureInfo.InvariantCulture, $"bench/warm-{Environment.ProcessId}")) };
        var fence = new Fence(spec.Job, 1);
        if (await backend.PrepareAsync(fence, spec).ConfigureAwait(false) is not PrepareOutcome.Prepared { Application: var prepared })
        {
            throw new InvalidOperationException("Nothing can be prepared.");
        }
        await backend.StartAsync(prepared, RestorePoint.None).ConfigureAwait(false);
        await RemoveAsync(prepared.Application).ConfigureAwait(false);
        await UntilAsync(async () => (await backend.ProbeDeathAsync(new CopyRef(prepared.Application)).ConfigureAwait(false)).Verdict == DeathVerdict.Dead).ConfigureAwait(false);
        await backend.ForgetAsync(fence).ConfigureAwait(false);
    }

    private async Task<(double Accepted, double Running)> OursAsync(int round)
    {
        var spec = template with { Job = JobKey.Parse(string.Create(CultureInfo.InvariantCulture, $"bench/ours-{Environment.ProcessId}-{round}")) };
        var fence = new Fence(spec.Job, 1);
        var start = TimeProvider.System.GetTimestamp();
        if (await backend.PrepareAsync(fence, spec).ConfigureAwait(false) is not PrepareOutcome.Prepared { Application: var prepared }
            || await backend.StartAsync(prepared, RestorePoint.None).ConfigureAwait(false) is not StartOutcome.Accepted)
        {
            throw new InvalidOperationException("The start was not accepted.");
        }
        var accepted = Seconds(start);
        await RunningAsync(prepared.Application).ConfigureAwait(false);
        var running = Seconds(start);
        await RemoveAsync(prepared.Application).ConfigureAwait(false);
        await UntilAsync(async () => (await backend.ProbeDeathAsync(new CopyRef(prepared.Application)).ConfigureAwait(false)).Verdict == DeathVerdict.Dead).ConfigureAwait(false);
        await backend.ForgetAsync(fence).ConfigureAwait(false);
        return (accepted, running);
    }

    private async Task<(double Accepted, double Running)> PeerAsync(int round)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"bench-peer-{Environment.ProcessId}-{round}");
        var start = TimeProvider.System.GetTimestamp();
        using var process = RealClusters.StartClient(peerArguments(name));
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var application = await AppearedAsync(name).ConfigureAwait(false);
        var accepted = Seconds(start);
        process.Refresh();
        if (!process.HasExited)
        {
            _peerRss = Math.Max(_peerRss, process.PeakWorkingSet64);
        }
        await RunningAsync(application).ConfigureAwait(false);
        var running = Seconds(start);
        await process.WaitForExitAsync().ConfigureAwait(false);
        await RemoveAsync(application).ConfigureAwait(false);
        return (accepted, running);
    }

    /// <summary>Waits for the cluster's own word, by one watch: a client that starts is not slowed down by many questions.</summary>
    private async Task<ApplicationHandle> AppearedAsync(string name)
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

    private async Task RunningAsync(ApplicationHandle application) => await UntilAsync(async () =>
        (await backend.ConnectAsync(application).ConfigureAwait(false)).Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null) is { } cluster
        && await cluster.GetJobsAsync().ConfigureAwait(false) is [{ AllTasksRun: true }]).ConfigureAwait(false);

    private async Task RemoveAsync(ApplicationHandle application) => await UntilAsync(async () =>
        await backend.RemoveAsync(application, HaMetadata.Purge).ConfigureAwait(false) is RemoveOutcome.Removed or RemoveOutcome.AlreadyGone).ConfigureAwait(false);

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

    private static (JsonObject Ours, JsonObject Peer, double Ratio) Compare(
        List<(double Accepted, double Running)> ours, List<(double Accepted, double Running)> peers, Func<(double Accepted, double Running), double> of)
    {
        var (mine, theirs) = (ours.Select(of).Order().ToList(), peers.Select(of).Order().ToList());
        var peer = Numbers(theirs);
        peer["name"] = "flink run-application";
        return (Numbers(mine), peer, Math.Round(theirs[Rounds / 2] / mine[Rounds / 2], 2));
    }

    private static JsonObject Numbers(List<double> sorted) => new()
    {
        ["min"] = Math.Round(sorted[0], 2), ["median"] = Math.Round(sorted[sorted.Count / 2], 2), ["max"] = Math.Round(sorted[^1], 2),
    };

    private static double Seconds(long start) => TimeProvider.System.GetElapsedTime(start).TotalSeconds;

    private static IEnumerable<string> Common(ApplicationSpec spec) =>
    [
        $"-Djobmanager.memory.process.size={spec.JobManager.Memory.Mebibytes}m", $"-Dtaskmanager.memory.process.size={spec.TaskManager.Memory.Mebibytes}m",
        "-Dparallelism.default=1", "-Dtaskmanager.numberOfTaskSlots=1", .. spec.Configuration.Select(static p => $"-D{p.Key}={p.Value}"),
    ];

    private static ApplicationSpec Spec(string jar, int millicores) => new()
    {
        Job = JobKey.Parse("bench/warm"),
        Kind = JobKind.Streaming,
        Queue = "root.nearline",
        FlinkVersion = "1.20",
        Jar = new ArtifactRef(jar),
        EntryClass = "testbed.jobs.KeyedCounter",
        Arguments = ["--rate", "100", "--keys", "10", "--splits", "1"],
        Parallelism = 1,
        Configuration = ImmutableSortedDictionary<string, string>.Empty
            .Add("execution.checkpointing.interval", "5s")
            .Add("execution.checkpointing.dir", RealClusters.Variable("TESTBED_HDFS") + "/tmp/flink-resources-benchmarks/checkpoints"),
        JobManager = new ContainerResources { CpuMillicores = millicores, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = millicores, Memory = MemorySize.FromMebibytes(1280), Slots = 1 },
    };

    private static IResourceBackend Backend(ServiceCollection services, string name) =>
        services.BuildServiceProvider().GetRequiredService<IBackendCatalog>().GetRequired(name);
}
