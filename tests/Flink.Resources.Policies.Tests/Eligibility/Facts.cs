using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>A job against which nothing speaks, and how to change one fact of it.</summary>
internal static class Facts
{
    public const string Directory = "hdfs://ns1/flink/savepoints";

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly Evidence Seen = new("test", Noon, "It was seen.");

    public static ApplicationSpec Spec { get; } = new()
    {
        Job = JobKey.Parse("ads/clicks"),
        Kind = JobKind.Streaming,
        Queue = "root.ads",
        FlinkVersion = "1.20",
        Jar = new ArtifactRef("hdfs://ns1/jobs/clicks.jar"),
        EntryClass = "com.ads.Clicks",
        Parallelism = 4,
        JobManager = new ContainerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 2000, Memory = MemorySize.FromMebibytes(2048), Slots = 2 },
    };

    public static EligibilityFacts Good { get; } = new()
    {
        Job = Spec.Job,
        Kind = JobKind.Streaming,
        Now = Noon,
        Source = new EligibilityPlace("yarn-east", BackendKind.Yarn, "root.ads"),
        Target = new EligibilityPlace("k8s-east", BackendKind.Kubernetes, "root.ads"),
        SourceSpec = Spec,
        TargetSpec = Spec,
        Sinks = [SinkClass.Transactional],
        Declared = new EligibilityDeclarations { Owner = "ads", SourceRetention = TimeSpan.FromDays(7) },
        JobManager = Lookup.Found(new FlinkClusterOverview("1.20.5", 2, 4, 0), Seen),
        Jobs = Lookup.Found<ImmutableArray<FlinkJobSummary>>([Job("clicks")], Seen),
        CheckpointSettings = Lookup.Found(new CheckpointSettings { Mode = "exactly_once", Interval = TimeSpan.FromMinutes(1), StateBackend = "HashMapStateBackend", Storage = "FileSystemCheckpointStorage" }, Seen),
        Checkpoints = Lookup.Found(new CheckpointStatistics
        {
            Completed = 2,
            LatestCompleted = Entry(2, "COMPLETED") with { Duration = TimeSpan.FromSeconds(3) },
            History = [Entry(2, "COMPLETED"), Entry(1, "COMPLETED")],
        }, Seen),
        Configuration = Settings(("execution.target", "yarn-application"), ("execution.checkpointing.dir", "hdfs://ns1/chk")),
        Score = Lookup.Found(9.0, Seen),
        Queues = Lookup.Found<ImmutableArray<QueueReport>>([Queue("root", isLeaf: false), Queue("root.ads")], Seen),
        Nodes = Lookup.Found<ImmutableArray<NodeReport>>([Node("n1")], Seen),
        Leftovers = Lookup.Absent<ImmutableArray<EligibilityLeftover>>(Seen),
        Directories = [new DirectoryFact("yarn-east", Directory, Lookup.Found(DirectoryProbeStep.Unknown, Seen)), new DirectoryFact("k8s-east", Directory, Lookup.Found(DirectoryProbeStep.Unknown, Seen))],
    };

    public static FlinkJobSummary Job(string name, FlinkJobState state = FlinkJobState.Running) => new()
    {
        Id = new FlinkJobId("0123456789abcdef0123456789abcdef"), Name = name, State = state, TasksTotal = 4, TasksRunning = state == FlinkJobState.Running ? 4 : 0,
    };

    public static CheckpointEntry Entry(long id, string status, bool isSavepoint = false) => new() { Id = id, Status = status, IsSavepoint = isSavepoint, FailureMessage = status == "FAILED" ? "no space left" : null };

    public static QueueReport Queue(string path, bool isLeaf = true, bool isOpen = true, ResourceAmount? maximum = null) =>
        new() { Path = path, IsLeaf = isLeaf, IsOpen = isOpen, Maximum = maximum, Used = default, Applications = 0 };

    public static NodeReport Node(string name, int memory = 65_536, long cpu = 16_000) => new()
    {
        Name = name, IsSchedulable = true, NativeState = "Ready", Memory = MemorySize.FromMebibytes(memory), UsedMemory = default, CpuMillicores = cpu, UsedCpuMillicores = 0,
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add("zone", "ssd"),
    };

    public static Lookup<ImmutableSortedDictionary<string, string>> Settings(params (string Key, string Value)[] entries) => Lookup.Found(Map(entries), Seen);

    public static ImmutableSortedDictionary<string, string> Map(params (string Key, string Value)[] entries) =>
        entries.ToImmutableSortedDictionary(static e => e.Key, static e => e.Value, StringComparer.Ordinal);

    public static Lookup<T> Unknown<T>() => Lookup.Unknown<T>(new Evidence("test", Noon, "connection refused"));

    public static EligibilityFacts With(this EligibilityFacts facts, params (string Key, string Value)[] source) => facts with
    {
        Configuration = facts.Configuration.Select(c => c.SetItems(source.Select(static e => KeyValuePair.Create(e.Key, e.Value)))),
    };

    public static EligibilityFacts Targeting(this EligibilityFacts facts, params (string Key, string Value)[] target) => facts with { TargetSpec = facts.TargetSpec with { Configuration = Map(target) } };
}
