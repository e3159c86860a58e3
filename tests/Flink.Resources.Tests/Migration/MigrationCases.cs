using System.Collections.Immutable;

namespace Flink.Resources.Migration;

/// <summary>A move of one job, and the events that a world without trouble answers with.</summary>
internal static class MigrationCases
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly ApplicationHandle Source = new() { Backend = "yarn-east", Identity = new BackendIdentity("yarn:1"), Id = "application_1_0001" };

    public static readonly ApplicationHandle Target = new() { Backend = "k8s-east", Identity = new BackendIdentity("uid-1"), Id = "ads-clicks-e4", Namespace = "ads" };

    public static readonly ApplicationHandle Return = new() { Backend = "yarn-east", Identity = new BackendIdentity("yarn:1"), Id = "application_1_0002" };

    public static readonly FlinkJobId Job = new("0123456789abcdef0123456789abcdef");

    public const string Savepoint = "hdfs://ns1/savepoints/r-1/source/savepoint-012345-1";

    public const string ReturnSavepoint = "hdfs://ns1/savepoints/r-1/target/savepoint-012345-2";

    public const string Checkpoints = "hdfs://ns1/checkpoints/0123456789abcdef0123456789abcdef";

    public static ApplicationSpec Spec { get; } = new()
    {
        Job = JobKey.Parse("ads/clicks"),
        Kind = JobKind.Streaming,
        Queue = "root.ads",
        FlinkVersion = "1.20",
        Jar = new ArtifactRef("hdfs://ns1/jobs/clicks.jar"),
        Parallelism = 2,
        JobManager = new ContainerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1024) },
        TaskManager = new TaskManagerResources { CpuMillicores = 1000, Memory = MemorySize.FromMebibytes(1728), Slots = 2 },
    };

    public static MoveRequest Request(MoveOptions? options = null) => new()
    {
        Job = Spec.Job,
        Source = new CopyRef(Source),
        SourceSpec = Spec,
        TargetBackend = "k8s-east",
        TargetSpec = Spec,
        SnapshotDirectory = "hdfs://ns1/savepoints",
        Options = options ?? new MoveOptions { Soak = TimeSpan.FromMinutes(1) },
    };

    public static MigrationRun New(MoveOptions? options = null) => MigrationMachine.Create("r-1", Request(options), Noon);

    public static CopyObservation Healthy { get; } = new()
    {
        Application = LookupStatus.Found,
        ApplicationState = ApplicationState.Running,
        FlinkAnswers = true,
        LiveJobs = 1,
        Job = Job,
        JobState = FlinkJobState.Running,
        AllTasksRun = true,
        HasCheckpoints = true,
        CompletedCheckpoints = 7,
        LatestCheckpointId = 7,
        LatestCheckpoint = $"{Checkpoints}/chk-7",
        CheckpointInterval = TimeSpan.FromSeconds(10),
        CheckpointDuration = TimeSpan.FromSeconds(2),
        RetainsCheckpoints = true,
        Environment = new RuntimeEnvironment(17, "UTC", TimeSpan.Zero, "UTF-8"),
    };

    public static CopyObservation RestoredFrom(string snapshot, bool isSavepoint = true) => Healthy with
    {
        RestoredFrom = snapshot, RestoredFromSavepoint = isSavepoint, CompletedCheckpoints = 1, LatestCheckpoint = "hdfs://ns1/checkpoints/t/chk-8",
    };

    /// <summary>What a world without trouble answers to an effect.</summary>
    public static JobEvent Answer(MigrationRun run, JobEffect effect, DateTimeOffset at) => effect switch
    {
        LookAtCopy { Copy.Application: var a } when a == Source && run.State == MigrationState.Validating => new CopySeen(Healthy) { At = at },
        LookAtCopy { Copy.Application: var a } when a == Source && run.Stop == StopMethod.LastCheckpoint =>
            new CopySeen(Healthy with { LatestCheckpointId = 8, LatestCheckpoint = $"{Checkpoints}/chk-8" }) { At = at },
        LookAtCopy { Copy.Application: var a } when a == Source =>
            new CopySeen(Healthy with { JobState = FlinkJobState.Finished, AllTasksRun = false, Savepoint = SavepointLook.Completed, SavepointLocation = Savepoint }) { At = at },
        LookAtCopy { Copy.Application: var a } when a == Target && run.State == MigrationState.TargetStopping =>
            new CopySeen(Healthy with { JobState = FlinkJobState.Finished, Savepoint = SavepointLook.Completed, SavepointLocation = ReturnSavepoint }) { At = at },
        LookAtCopy { Copy.Application: var a } when a == Target => new CopySeen(RestoredFrom(run.Origin!.Uri, run.Origin.IsSavepoint)) { At = at },
        LookAtCopy => new CopySeen(RestoredFrom(run.Return!.Uri, run.Return.IsSavepoint)) { At = at },
        LookForFences => new FencesSeen([new FenceObservation(new Fence(Spec.Job, 3), "us", Source, ApplicationState.Running)], [], 3) { At = at },
        PrepareApplication { Backend: "k8s-east" } prepare => new PrepareEnded(WriteResult.Done, Prepared(prepare.Fence, Target), null, null) { At = at },
        PrepareApplication prepare => new PrepareEnded(WriteResult.Done, Prepared(prepare.Fence, Return), null, null) { At = at },
        StartApplication => new StartEnded(WriteResult.Done, null) { At = at },
        StopWithSavepoint or TriggerCheckpoint => new TriggerEnded(WriteResult.Done, null) { At = at },
        RemoveApplication => new RemoveEnded(WriteResult.Done, null) { At = at },
        ForgetFence => new FenceForgotten(WriteResult.Done, null) { At = at },
        KeepDefinition => new DefinitionKept(WriteResult.Done, new KeptDefinition(new ArtifactRef("hdfs://ns1/kept/clicks.jar"), [], null, [], ImmutableSortedDictionary<string, string>.Empty), null) { At = at },
        ProbeDeath => new DeathSeen(DeathVerdict.Dead, false, new Evidence("test", at, "gone")) { At = at },
        FindSnapshot => new SnapshotSeen(LookupStatus.Found, $"{Checkpoints}/chk-9", null) { At = at },
        CollectEvidence => new EvidenceSeen(RestoredFrom(Savepoint) with { LatestCheckpointAt = at - TimeSpan.FromSeconds(3) }, "an exception") { At = at },
        _ => throw new InvalidOperationException(effect.ToString()),
    };

    /// <summary>Carries a run on until it waits or ends; the world answers as told, else without trouble.</summary>
    public static (MigrationRun Run, ImmutableArray<JobEffect> Performed) Carry(
        MigrationRun run, Func<MigrationRun, JobEffect, DateTimeOffset, JobEvent?>? world = null, int limit = 500)
    {
        var performed = ImmutableArray.CreateBuilder<JobEffect>();
        var now = run.EnteredAt;
        for (var i = 0; i < limit && run is { IsFinal: false, WaitsForPerson: false }; i++)
        {
            now = (run.NotBefore > now ? run.NotBefore.Value : now) + TimeSpan.FromMilliseconds(10);
            var effect = run.Pending ?? throw new InvalidOperationException($"Nothing to do in {run.State}.");
            performed.Add(effect);
            run = MigrationMachine.Step(run, world?.Invoke(run, effect, now) ?? Answer(run, effect, now));
        }
        return (run, performed.ToImmutable());
    }

    private static PreparedApplication Prepared(Fence fence, ApplicationHandle application) => new() { Fence = fence, Application = application, Payload = "payload" };
}
