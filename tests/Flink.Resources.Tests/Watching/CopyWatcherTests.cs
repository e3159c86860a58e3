using Flink.Resources.Migration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flink.Resources.Watching;

/// <summary>A second copy of a job, planted beside the first.</summary>
public sealed class CopyWatcherTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T24_DoubleCopyPlantedByHand_IsFoundWithinAMinuteAndTheSupersededOneStopped()
    {
        var move = new SimulatedMove(1);
        var deployments = new Deployments(move.Journal, move.Catalog, move.Fleet.TimeProvider);
        var marks = new JobMarks(move.Journal, move.Fleet.TimeProvider);
        var watcher = new CopyWatcher(move.Journal, move.Catalog, deployments, marks, move.Fleet.TimeProvider, NullLogger<CopyWatcher>.Instance);
        await move.Fleet.RunAsync(
            async ct =>
            {
                var old = await StartAsync(deployments, ct);
                await move.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                var snapshot = await SavepointOfAsync(move, old, ct);
                // What another controller, or a person with one, starts beside it: a later epoch, from a snapshot of the running job.
                var rival = move.Fleet.Backend("k8s-east", "rival");
                var prepared = Assert.IsType<PrepareOutcome.Prepared>(await rival.PrepareAsync(new Fence(SimulatedMove.Job, 2), SimulatedMove.Spec, ct)).Application;
                Assert.IsType<StartOutcome.Accepted>(await rival.StartAsync(prepared, new RestorePoint.Snapshot(snapshot), ct));
                await move.Fleet.RunAsync(TimeSpan.FromSeconds(75), ct);
                Assert.Equal(2, move.Fleet.LiveCopies(SimulatedMove.Job).Length);

                using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
                var watching = watcher.RunAsync(stop.Token);
                await move.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                await stop.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);

                var left = Assert.Single(move.Fleet.LiveCopies(SimulatedMove.Job));
                Assert.Equal(prepared.Application, left.Copy.Application);
                var mark = Assert.Single(await marks.ListAsync(SimulatedMove.Job, ct));
                Assert.Equal(JobMarkKind.TwoCopies, mark.Kind);
                Assert.Contains("superseded", mark.Reason, StringComparison.Ordinal);
            },
            Cancellation);
    }

    [Fact]
    public async Task Scan_APersonStartedTheSecondCopy_FreezesAndStopsNone()
    {
        var move = new SimulatedMove(1);
        var deployments = new Deployments(move.Journal, move.Catalog, move.Fleet.TimeProvider);
        var marks = new JobMarks(move.Journal, move.Fleet.TimeProvider);
        var watcher = new CopyWatcher(move.Journal, move.Catalog, deployments, marks, move.Fleet.TimeProvider, NullLogger<CopyWatcher>.Instance);
        await move.Fleet.RunAsync(
            async ct =>
            {
                await StartAsync(deployments, ct);
                move.Fleet.StartByHand("k8s-east", SimulatedMove.Spec);
                await move.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);

                var found = Assert.Single((await watcher.ScanAsync(ct)).Doubles);
                await watcher.ScanAsync(ct);

                Assert.Null(found.Stopped);
                Assert.Equal(2, move.Fleet.LiveCopies(SimulatedMove.Job).Length);
                Assert.Single(await marks.ListAsync(SimulatedMove.Job, ct));
            },
            Cancellation);
    }

    [Fact]
    public async Task Scan_AMoveUnderWay_IsNoDoubleCopy()
    {
        var move = new SimulatedMove(1);
        var watcher = new CopyWatcher(
            move.Journal, move.Catalog, new Deployments(move.Journal, move.Catalog, move.Fleet.TimeProvider), new JobMarks(move.Journal, move.Fleet.TimeProvider), move.Fleet.TimeProvider, NullLogger<CopyWatcher>.Instance);
        var found = 0;
        Assert.Null(await move.RunAsync(
            async (m, ct) =>
            {
                var moved = m.MoveAsync(ct);
                while (!moved.IsCompleted)
                {
                    found += (await watcher.ScanAsync(ct)).Doubles.Length;
                    await Task.Delay(TimeSpan.FromSeconds(1), m.Fleet.TimeProvider, ct);
                }
                Assert.Equal(MigrationState.Committed, (await moved).State);
            },
            Cancellation));
        Assert.Equal(0, found);
    }

    private static async Task<DeploymentRun> StartAsync(Deployments deployments, CancellationToken ct)
    {
        var run = await deployments.CreateAsync(
            new DeploymentRequest { Job = SimulatedMove.Job, Kind = DeploymentKind.Start, Backend = "yarn-east", Spec = SimulatedMove.Spec, Restore = RestorePoint.None }, ct);
        var started = await deployments.RunAsync(run, null, ct);
        Assert.Equal(DeploymentState.Running, started.State);
        return started;
    }

    /// <summary>A savepoint of the running job: no later checkpoint subsumes it.</summary>
    private static async Task<string> SavepointOfAsync(SimulatedMove move, DeploymentRun started, CancellationToken ct)
    {
        var seen = await new CopyObserver(move.Catalog, move.Fleet.TimeProvider).LookAsync(started.Copy!, null, thorough: false, ct);
        var connected = await move.Catalog.GetRequired("yarn-east").ConnectAsync(started.Copy!.Application, ct);
        var cluster = connected.Match(static c => c, static e => throw new InvalidOperationException(e.Seen), static e => throw new InvalidOperationException(e.Seen));
        var trigger = new TriggerId("00000000000000000000000000000001");
        Assert.IsType<TriggerOutcome.Accepted>(await cluster.TriggerSavepointAsync(seen.Job!.Value, new SavepointRequest(trigger, "hdfs://sim/by-hand"), ct));
        await move.Fleet.RunAsync(TimeSpan.FromSeconds(10), ct);
        var found = await cluster.FindSavepointAsync(seen.Job!.Value, trigger, ct);
        return Assert.IsType<SavepointStatus.Completed>(found.Match(static f => f, static _ => null!, static _ => null!)).Location;
    }
}
