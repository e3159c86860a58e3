using System.Collections.Immutable;
using Flink.Resources.Flink;

namespace Flink.Resources.Fleet;

/// <summary>What discover prints goes into the document as it is, and plan takes it.</summary>
public sealed class DiscoveryTests
{
    private static readonly string Document = FleetBench.Text(static _ => "yarn-east", static _ => "    start: fresh\n", [0]);

    /// <summary>Without these no Flink starts with so little, and the document refuses it.</summary>
    private static readonly ImmutableSortedDictionary<string, string> Own = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal,
    [
        KeyValuePair.Create("taskmanager.memory.jvm-metaspace.size", "96m"),
        KeyValuePair.Create("taskmanager.memory.jvm-overhead.min", "64m"),
        KeyValuePair.Create("taskmanager.memory.framework.off-heap.size", "64m"),
        KeyValuePair.Create("jobmanager.memory.jvm-metaspace.size", "96m"),
        KeyValuePair.Create("jobmanager.memory.off-heap.size", "64m"),
        KeyValuePair.Create("jobmanager.memory.enable-jvm-direct-memory-limit", "true"),
    ]);

    [Fact]
    public Task Entry_OfASmallJob_IsTakenAsItIsPrinted() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        var spec = StartByHand(bench, "600m", "500m", Own);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);

        var found = await bench.Open(Document).DiscoverAsync(ct);

        var entry = Assert.Single(found.Jobs);
        Assert.Equal((null, FleetExit.Ok), (entry.Trouble, found.Exit));
        var whole = Document + entry.Yaml;
        var again = Texts.Document(whole).SpecFor(entry.Job, "yarn-east");
        Assert.Equal((spec.TaskManager.Memory, spec.JobManager.Memory), (again.TaskManager.Memory, again.JobManager.Memory));
        Assert.Equal(Own.Select(Exact), again.Configuration.Where(static p => p.Key.Contains(".memory.", StringComparison.Ordinal)).Select(Exact));
        var planned = Assert.Single((await bench.Open(whole).PlanAsync(new ApplyOptions { Job = entry.Job }, ct)).Jobs);
        Assert.Equal(ApplyAction.None, planned.Action);
    });

    /// <summary>What the runtime gives all jobs, the application may not have: then its entry would not start, and says so.</summary>
    [Fact]
    public Task Entry_ThatDoesNotFitItsRuntime_SaysSo() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        StartByHand(bench, "1g", "1600m", ImmutableSortedDictionary<string, string>.Empty);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        var text = Document.Replace("libs: /flink/1.20}", "libs: /flink/1.20, flink: {taskmanager.memory.managed.size: 900m}}", StringComparison.Ordinal)
            .Replace("taskManager: {memory: 2g", "taskManager: {memory: 4g", StringComparison.Ordinal);

        var entry = Assert.Single((await bench.Open(text).DiscoverAsync(ct)).Jobs);

        Assert.StartsWith("with the Flink keys of its runtime and its cluster, TaskManager.Memory is '1g': at least ", entry.Trouble, StringComparison.Ordinal);
        Assert.Contains("    # not all could be read: ", entry.Yaml, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("1600m", "", "")]
    [InlineData("500m", "off-heap.size=64m jvm-metaspace.size=96m", "off-heap.size jvm-metaspace.size")]
    [InlineData("2g", "jvm-overhead.min=300m jvm-overhead.max=300m", "jvm-overhead.min")]
    [InlineData("400m", "jvm-overhead.min=32m jvm-overhead.max=64m jvm-metaspace.size=96m", "jvm-overhead.min jvm-metaspace.size")]
    [InlineData("2g", "jvm-overhead.fraction=0.3", "")]
    public void Memory_KeysThatFollowFromOthers_AreNoOnesOwn(string process, string own, string stay)
    {
        var written = own.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static p => p.Split('=')).ToDictionary(static p => $"jobmanager.memory.{p[0]}", static p => p[1]);
        written["jobmanager.memory.process.size"] = process;
        var shown = AsFlinkShows(written);

        var memory = DiscoveredMemory.Of(shown, "1.20.5");

        Assert.Equal(process, memory.JobManager);
        var rest = shown.Where(p => !memory.Derived.Contains(p.Key)).ToDictionary();
        Assert.Equal(FlinkMemory.ForJobManager(written), FlinkMemory.ForJobManager(rest));
        Assert.Equal(
            stay.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(),
            rest.Keys.Where(static k => !k.EndsWith("process.size", StringComparison.Ordinal) && !k.EndsWith("fraction", StringComparison.Ordinal)).Select(static k => k["jobmanager.memory.".Length..]).Order());
    }

    [Fact]
    public void Memory_WithoutAProcessSize_IsTheSumOfItsParts()
    {
        var memory = DiscoveredMemory.Of(
            new Dictionary<string, string> { ["taskmanager.memory.flink.size"] = "1g", ["jobmanager.memory.flink.size"] = "512m" }, "1.20.5");

        Assert.Equal(("960m", "1472m"), (memory.JobManager, memory.TaskManager));
        Assert.Null(memory.Refusal([KeyValuePair.Create("taskmanager.memory.flink.size", "1g"), KeyValuePair.Create("jobmanager.memory.flink.size", "512m")], "1.20.5"));
        Assert.Equal((null, null), (DiscoveredMemory.Of(new Dictionary<string, string>(), "1.20.5").JobManager, DiscoveredMemory.Of(new Dictionary<string, string>(), "1.20.5").TaskManager));
    }

    /// <summary>Flink shows in bytes what it reckoned itself.</summary>
    private static string Exact(KeyValuePair<string, string> pair) => $"{pair.Key}={(MemorySize.TryParse(pair.Value, out var size) ? size.ToString() : pair.Value)}";

    private static ApplicationSpec StartByHand(FleetBench bench, string taskManager, string jobManager, ImmutableSortedDictionary<string, string> own)
    {
        var more = $"    taskManager: {{memory: {taskManager}}}\n    jobManager: {{memory: {jobManager}}}\n    flink: {{{string.Join(", ", own.Select(static p => $"{p.Key}: \"{p.Value}\""))}}}\n";
        var spec = Texts.Document(FleetBench.Text(static _ => "yarn-east", _ => more, [5])).SpecFor(FleetBench.Jobs[5], "yarn-east");
        var shown = AsFlinkShows(spec.Configuration.Add("jobmanager.memory.process.size", jobManager)).Where(static p => !p.Key.EndsWith("process.size", StringComparison.Ordinal));
        bench.Fleet.StartByHand("yarn-east", spec with { Configuration = spec.Configuration.SetItems(shown).Add("pipeline.jars", spec.Jar.Uri) });
        return spec;
    }

    /// <summary>The division that Flink gives its JobManager as dynamic properties stands in the configuration that it shows.</summary>
    private static Dictionary<string, string> AsFlinkShows(IReadOnlyDictionary<string, string> written)
    {
        var shown = new Dictionary<string, string>(written);
        foreach (var property in FlinkMemory.ForJobManager(written).DynamicProperties.Split("-D ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            shown[property.Split('=')[0]] = property.Split('=')[1];
        }
        return shown;
    }
}
