using System.Collections.Immutable;
using Flink.Resources.Migration;
using Flink.Resources.Preemption.Fleet;
using Flink.Resources.Simulation;
using PreemptedJob = Flink.Resources.Preemption.Fleet.FleetJob;

namespace Flink.Resources.Campaigns;

public sealed class MigratingJobsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task T30_PreemptionAimedAtAMigratingJob_IsRefused()
    {
        var move = new SimulatedMove(4);
        var seen = new List<(MigrationState State, PreemptionOutcome Outcome)>();

        await move.RunAsync(
            async (m, ct) =>
            {
                var migrations = m.New();
                var id = await migrations.CreateAsync(m.Request(), ct);
                await migrations.RunAsync(id, new Watch(r => seen.Add((r.State, Aim(r)))), ct);
            },
            TestContext.Current.CancellationToken);

        Assert.Contains((MigrationState.PreparingTarget, PreemptionOutcome.Displaces), seen);
        Assert.Contains((MigrationState.Stopping, PreemptionOutcome.Refused), seen);
        Assert.Contains((MigrationState.Soaking, PreemptionOutcome.Refused), seen);
        Assert.Contains((MigrationState.Committed, PreemptionOutcome.Displaces), seen);
        Assert.All(seen, static s => Assert.Equal(
            s.State is MigrationState.Validating or MigrationState.Baselining or MigrationState.PreparingTarget or MigrationState.Committed ? PreemptionOutcome.Displaces : PreemptionOutcome.Refused, s.Outcome));
    }

    [Fact]
    public void Of_ParkedAfterTheStop_IsProtected()
    {
        var run = MigrationCases.New();
        var parked = run with { State = MigrationState.Parked, Timeline = run.Timeline.Add(new StateChange(MigrationState.Stopping, Now)) };

        Assert.Empty(MigratingJobs.Of([run]));
        Assert.Equal([run.Request.Job], MigratingJobs.Of([parked]));
    }

    /// <summary>An important job wants the room of the job that the run moves, the only one that could give it.</summary>
    private static PreemptionOutcome Aim(MigrationRun run)
    {
        var size = new ResourceAmount(MemorySize.FromMebibytes(8192), 8000);
        PreemptedJob victim = new()
        {
            Job = run.Request.Job,
            Backend = "yarn",
            Queue = "root.ads",
            Tier = WorkloadTier.Batch,
            Priority = new(1),
            JobManager = default,
            TaskManager = size,
            TaskManagers = 1,
            LoadRatio = 0.5,
            StateBytes = 1 << 20,
            LastCheckpointAt = Now.AddMinutes(-1),
            CheckpointDuration = TimeSpan.FromSeconds(5),
            CanSavepoint = true,
            StableSince = Now.AddHours(-10),
            ObservedAt = Now,
        };
        var node = new NodeReport { Name = "all", IsSchedulable = true, NativeState = "RUNNING", Memory = size.Memory, UsedMemory = size.Memory, CpuMillicores = size.CpuMillicores, UsedCpuMillicores = size.CpuMillicores };
        var queue = new QueueReport { Path = "root.ads", IsOpen = true, IsLeaf = true, Used = size, Applications = 1 };
        var snapshot = FleetSnapshot.Empty
            .Apply(new("yarn", 1, new([node], Now, null), new([queue], Now, null), new([], Now, null)), BackendKind.Yarn)
            .SetJobs(MigratingJobs.Mark([victim], MigratingJobs.Of([run])));
        var request = new PreemptionRequest
        {
            Job = JobKey.Parse("ads/urgent"),
            Placements = [new("yarn", "root.ads")],
            Tier = WorkloadTier.RealTime,
            Priority = new(9),
            JobManager = default,
            TaskManager = size,
            MinimumTaskManagers = 1,
            WaitingSince = Now.AddMinutes(-10),
        };
        return new FleetPreemptionPolicy(new FleetPreemptionOptions { MaximumBeingFreed = 1 }).Plan(snapshot, [request], PreemptionLedger.Empty, Now).Decisions[0].Outcome;
    }

    private sealed class Watch(Action<MigrationRun> told) : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value) => told(value);
    }
}
