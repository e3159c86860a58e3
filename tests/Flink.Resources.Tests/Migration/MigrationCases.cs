using System.Collections.Immutable;
using Flink.Resources.Health;
using Flink.Resources.Translation;

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
        Environment = new JobEnvironment { JavaMajor = 17, TimeZone = "UTC", TimeZoneOffset = TimeSpan.Zero, Charset = "UTF-8" },
    };

    public static CopyObservation RestoredFrom(string snapshot, bool isSavepoint = true) => Healthy with
    {
        RestoredFrom = snapshot, RestoredFromSavepoint = isSavepoint, CompletedCheckpoints = 1, LatestCheckpoint = "hdfs://ns1/checkpoints/t/chk-8",
    };

    /// <summary>What a world without trouble answers to an effect.</summary>
    public static JobEvent Answer(MigrationRun run, JobEffect effect, DateTimeOffset at) => effect switch
    {
        LookAtCopy { Copy.Application: var a } when a == Source && run.State is (MigrationState.Validating or MigrationState.Baselining) => new CopySeen(Healthy) { At = at },
        LookAtCopy { Copy.Application: var a } when a == Source && run.State is (MigrationState.PreparingTarget or MigrationState.Draining) => new CopySeen(Healthy) { At = at },
        LookAtCopy { Copy.Application: var a } when a == Source && run.Stop == StopMethod.LastCheckpoint =>
            new CopySeen(Healthy with { LatestCheckpointId = 8, LatestCheckpoint = $"{Checkpoints}/chk-8" }) { At = at },
        LookAtCopy { Copy.Application: var a } when a == Source =>
            new CopySeen(Healthy with { JobState = FlinkJobState.Finished, AllTasksRun = false, Savepoint = SavepointLook.Completed, SavepointLocation = Savepoint }) { At = at },
        LookAtCopy { Copy.Application: var a } when a == Target && run.State == MigrationState.TargetStopping =>
            new CopySeen(Healthy with { JobState = FlinkJobState.Finished, Savepoint = SavepointLook.Completed, SavepointLocation = ReturnSavepoint }) { At = at },
        LookAtCopy { Copy.Application: var a } when a == Target => new CopySeen(RestoredFrom(run.Origin!.Uri, run.Origin.IsSavepoint)) { At = at },
        LookAtCopy => new CopySeen(RestoredFrom(run.Return!.Uri, run.Return.IsSavepoint)) { At = at },
        ReadHealth { Copy.Application: var a } read when a == Source => Scored(read, Healthy, at),
        ReadHealth read => Scored(read, RestoredFrom(run.Origin!.Uri, run.Origin.IsSavepoint) with { CompletedCheckpoints = 5 }, at),
        LookForFences => new FencesSeen([new FenceObservation(new Fence(Spec.Job, 3), "us", Source, ApplicationState.Running)], [], 3) { At = at },
        PrepareApplication { Backend: "k8s-east" } prepare => new PrepareEnded(WriteResult.Done, Prepared(prepare.Fence, Target), null, null) { At = at },
        PrepareApplication prepare => new PrepareEnded(WriteResult.Done, Prepared(prepare.Fence, Return), null, null) { At = at },
        BringUpStandby => new StandbyBegun(WriteResult.Done, false, null) { At = at },
        LookAtStandby => new StandbySeen(LookupStatus.Found, true, "3 of 3 placeholders stand.") { At = at },
        StartApplication => new StartEnded(WriteResult.Done, null) { At = at },
        StopWithSavepoint or TriggerCheckpoint => new TriggerEnded(WriteResult.Done, null) { At = at },
        RemoveApplication => new RemoveEnded(WriteResult.Done, null) { At = at },
        ForgetFence => new FenceForgotten(WriteResult.Done, null) { At = at },
        KeepDefinition => new DefinitionKept(WriteResult.Done, new KeptDefinition(new ArtifactRef("hdfs://ns1/kept/clicks.jar"), [], null, [], ImmutableSortedDictionary<string, string>.Empty), null) { At = at },
        ProbeDirectory => new DirectoryTried(DirectoryVerdict.Usable, null) { At = at },
        ProbeDeath => new DeathSeen(DeathVerdict.Dead, false, new Evidence("test", at, "gone")) { At = at },
        FindSnapshot => new SnapshotSeen(LookupStatus.Found, $"{Checkpoints}/chk-9", null) { At = at },
        CollectEvidence => new EvidenceSeen(RestoredFrom(Savepoint) with { LatestCheckpointAt = at - TimeSpan.FromSeconds(3) }, "an exception") { At = at },
        _ => throw new InvalidOperationException(effect.ToString()),
    };

    /// <summary>A look with a score: 9.5 with everything known, unless said otherwise.</summary>
    public static HealthSeen Scored(
        ReadHealth read, CopyObservation copy, DateTimeOffset at, double? score = 9.5, double coverage = 1, bool? caughtUp = true, params ReadOnlySpan<HealthGate> gates)
    {
        var evaluation = new HealthEvaluation
        {
            At = at,
            Score = score,
            Coverage = coverage,
            Band = HealthBand.Watch,
            Gates = [.. gates.ToArray().Select(static g => new GateFinding(g, $"{g} was seen"))],
            Items = score is { } points ? [new HealthItemScore(HealthItemKeys.Lag, 2.5, points / 10, 1, 10 - points)] : [],
        };
        var answer = new HealthAnswer
        {
            At = at,
            Evaluation = evaluation,
            HasCaughtUp = caughtUp,
            LagIsAllowed = caughtUp,
            HasLag = caughtUp is not null,
            ObservedSince = read.Watched.ObservedSince ?? at,
            Restarts = 0,
            Usual = read.Question.WantsUsual ? Usual(at) : null,
        };
        return new HealthSeen(copy, answer, read.Watched, read.Situation) { At = at };
    }

    public static HealthBaseline Usual(DateTimeOffset at) => HealthBaseline.From(
        new Dictionary<string, IReadOnlyList<HealthSample>>(StringComparer.Ordinal)
        {
            [HealthMetrics.Lag] = [new HealthSample(at - TimeSpan.FromMinutes(1), 4), new HealthSample(at, 6)],
            [HealthMetrics.Consumed] = [new HealthSample(at, 2_000)],
            [HealthMetrics.Busy] = [new HealthSample(at, 0.25)],
        },
        at);

    /// <summary>Carries a run on until it waits or ends; the world answers as told, else without trouble.</summary>
    public static (MigrationRun Run, ImmutableArray<JobEffect> Performed) Carry(
        MigrationRun run, Func<MigrationRun, JobEffect, DateTimeOffset, JobEvent?>? world = null, int limit = 500)
    {
        var performed = ImmutableArray.CreateBuilder<JobEffect>();
        var now = run.EvaluatedAt > run.EnteredAt ? run.EvaluatedAt.Value : run.EnteredAt;
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
