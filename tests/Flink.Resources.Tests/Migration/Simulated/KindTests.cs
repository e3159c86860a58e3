using Flink.Resources.Simulation;

namespace Flink.Resources.Migration;

/// <summary>Kinds of jobs, and the try of the directory, on simulated clusters.</summary>
public sealed class KindTests
{
    private static readonly JobKey _job = JobKey.Parse("ads/report");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Batch_WithoutCheckpoints_FinishesWhereItWasAndRunsOnce()
    {
        var (fleet, run) = await PlayAsync(JobKind.Batch, "0s", new SimulatedJob { BatchRecords = 4_000_000 });

        Assert.True(run.State == MigrationState.Committed, $"{run.State}: {run.Reason}");
        Assert.Equal(LiveCopy.None, run.Live);
        Assert.Contains(run.Timeline, static t => t.State == MigrationState.Draining);
        Assert.Empty(fleet.LiveCopies(_job));
        Assert.True(fleet.Account(_job) is { Committed: 4_000_000, Lost: 0, Duplicated: 0 }, fleet.Account(_job).ToString());
    }

    [Fact]
    public async Task T29_NearRealTime_IsStoppedJustAfterACheckpoint()
    {
        var (fleet, run) = await PlayAsync(JobKind.NearRealTime, "60s");

        Assert.True(run.State == MigrationState.Committed, $"{run.State}: {run.Reason}");
        var prepared = run.Timeline.Single(static t => t.State == MigrationState.PreparingTarget).At;
        var stopping = run.Timeline.Single(static t => t.State == MigrationState.Stopping).At;
        Assert.True(stopping - prepared > TimeSpan.FromSeconds(2), $"It waited {stopping - prepared}.");
        Assert.InRange(stopping - run.SourceFacts!.LatestCheckpointAt!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(66));
        Assert.True(fleet.Account(_job) is { Lost: 0, Duplicated: 0 }, fleet.Account(_job).ToString());
    }

    [Theory]
    [InlineData(DirectoryProbeStep.Write)]
    [InlineData(DirectoryProbeStep.Read)]
    public async Task TheTargetCanNotUseTheDirectory_NothingIsTouched(DirectoryProbeStep step)
    {
        var (fleet, run) = await PlayAsync(JobKind.Streaming, "5s", before: f => f.FailDirectoryProbe("hdfs://sim/savepoints", "k8s-east", step));

        Assert.Equal(MigrationState.Ineligible, run.State);
        Assert.Contains(step.ToString(), run.Reason, StringComparison.Ordinal);
        Assert.Equal("yarn-east", Assert.Single(fleet.LiveCopies(_job)).Copy.Application.Backend);
    }

    [Fact]
    public async Task TheTryGetsNoAnswerAtFirst_IsRepeated()
    {
        var (_, run) = await PlayAsync(JobKind.Streaming, "5s", before: static f =>
        {
            f.Next(SimulatedCall.ProbeDirectory, SimulatedFault.LostAnswer);
            f.Next(SimulatedCall.ProbeDirectory, SimulatedFault.Unavailable);
        });

        Assert.Equal(MigrationState.Committed, run.State);
    }

    private static async Task<(SimulatedFleet Fleet, MigrationRun Run)> PlayAsync(JobKind kind, string interval, SimulatedJob? behaviour = null, Action<SimulatedFleet>? before = null)
    {
        var fleet = SimulatedFleet.Create(7, "yarn-east", "k8s-east");
        fleet.Describe(_job, behaviour ?? new SimulatedJob());
        var spec = MigrationCases.Spec with { Job = _job, Kind = kind, Configuration = MigrationCases.Spec.Configuration.Add("execution.checkpointing.interval", interval) };
        MigrationRun? run = null;
        await fleet.RunAsync(
            async ct =>
            {
                var yarn = fleet.Backend("yarn-east");
                var prepared = Assert.IsType<PrepareOutcome.Prepared>(await yarn.PrepareAsync(new Fence(_job, 1), spec, ct)).Application;
                await yarn.StartAsync(prepared, RestorePoint.None, ct);
                await fleet.RunAsync(TimeSpan.FromSeconds(120), ct);
                before?.Invoke(fleet);
                var migrations = new Migrations(new MemoryJournal(fleet.TimeProvider), new Catalog(fleet), fleet.TimeProvider);
                var id = await migrations.CreateAsync(
                    new MoveRequest
                    {
                        Job = _job,
                        Source = new CopyRef(prepared.Application),
                        SourceSpec = spec,
                        TargetBackend = "k8s-east",
                        TargetSpec = spec,
                        SnapshotDirectory = "hdfs://sim/savepoints",
                        Options = new MoveOptions { Soak = TimeSpan.FromSeconds(10) },
                    },
                    ct);
                run = await migrations.RunAsync(id, null, ct);
                await fleet.RunAsync(TimeSpan.FromSeconds(30), ct);
            },
            Cancellation);
        return (fleet, run!);
    }
}
