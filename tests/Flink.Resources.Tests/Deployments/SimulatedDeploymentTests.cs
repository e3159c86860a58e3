using System.Collections.Immutable;
using Flink.Resources.Migration;
using Flink.Resources.Simulation;

namespace Flink.Resources.Deployment;

/// <summary>Starts and stops on simulated clusters, also when the process dies at any record.</summary>
public sealed class SimulatedDeploymentTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Clusters => new("yarn-east", "k8s-east");

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task StartStopStart_GoesOnExactly(string cluster)
    {
        var move = new SimulatedMove(1);
        await move.Fleet.RunAsync(
            async ct =>
            {
                var first = await RunAsync(move, move.Journal, Start(cluster, RestorePoint.None), ct);
                Assert.Equal((DeploymentState.Running, 1L), (first.State, first.Epoch));
                await move.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);

                var stopped = await RunAsync(move, move.Journal, Stop(first), ct);
                Assert.Equal(DeploymentState.Stopped, stopped.State);
                Assert.Empty(move.Fleet.LiveCopies(SimulatedMove.Job));

                var second = await RunAsync(move, move.Journal, Start(cluster, new RestorePoint.Snapshot(stopped.Snapshot!.Uri)), ct);
                Assert.Equal((DeploymentState.Running, 2L), (second.State, second.Epoch));
                await move.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
            },
            Cancellation);

        var account = move.Fleet.Account(SimulatedMove.Job);
        Assert.True(account is { Lost: 0, Duplicated: 0, StartsFromNothing: 0 }, account.ToString());
        Assert.Single(move.Fleet.LiveCopies(SimulatedMove.Job));
    }

    [Fact]
    public async Task Start_ACopyLives_IsHeldAndNothingChanges()
    {
        var move = new SimulatedMove(1);
        await move.Fleet.RunAsync(
            async ct =>
            {
                await RunAsync(move, move.Journal, Start("yarn-east", RestorePoint.None), ct);

                var second = await RunAsync(move, move.Journal, Start("k8s-east", RestorePoint.None), ct);

                Assert.Equal(DeploymentState.Held, second.State);
                Assert.Contains("may be another copy", second.Reason, StringComparison.Ordinal);
            },
            Cancellation);
        Assert.Single(move.Fleet.LiveCopies(SimulatedMove.Job));
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task StartOfABatchJob_ItEndsBeforeItIsSeenRunning_GivesItsRoomBackAndIsNotStartedAgain(string cluster)
    {
        var move = new SimulatedMove(1, behaviour: new SimulatedJob { BatchRecords = 1 });
        await move.Fleet.RunAsync(
            async ct =>
            {
                var run = await RunAsync(move, move.Journal, Batch(cluster), ct);
                var backend = move.Fleet.Backend(cluster);

                Assert.Equal((DeploymentState.Finished, null), (run.State, run.Reason));
                Assert.Equal(DeathVerdict.Dead, (await backend.ProbeDeathAsync(run.Copy!, ct)).Verdict);
                var found = (await backend.FindAsync(run.Application!.Fence, ct)).Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
                Assert.Equal((ApplicationState.Finished, ApplicationResult.Succeeded), (found!.State, found.Result));
                Assert.IsType<StartOutcome.AlreadyStarted>(await backend.StartAsync(run.Application, RestorePoint.None, ct));
            },
            Cancellation);
    }

    [Theory]
    [MemberData(nameof(Clusters))]
    public async Task StartAndStop_TheProcessDiesAtEachRecord_EndsWhereItWouldHave(string cluster)
    {
        var played = 0;
        for (var record = 1; record < 60; record++)
        {
            foreach (var after in new[] { false, true })
            {
                var (died, wrong) = await PlayAsync(cluster, record, after);
                Assert.True(wrong is null, $"{cluster}, record {record}, {(after ? "after" : "before")}: {wrong}");
                if (!died)
                {
                    Assert.True(played >= 20, $"Only {played} deaths.");
                    return;
                }
                played++;
            }
        }
    }

    private static async Task<(bool Died, string? Wrong)> PlayAsync(string cluster, int record, bool after)
    {
        var move = new SimulatedMove(1);
        var dying = new DyingJournal(move.Journal, record, after);
        var died = false;
        string? wrong = null;
        await move.Fleet.RunAsync(
            async ct =>
            {
                var started = await LivesAsync(Start(cluster, RestorePoint.None));
                await move.Fleet.RunAsync(TimeSpan.FromSeconds(30), ct);
                var stopped = started.State == DeploymentState.Running ? await LivesAsync(Stop(started)) : started;
                await move.Fleet.RunAsync(TimeSpan.FromSeconds(30), ct);
                wrong = started.State != DeploymentState.Running ? $"{started.State}: {started.Reason}"
                    : stopped.State != DeploymentState.Stopped || stopped.Snapshot is null ? $"{stopped.State}: {stopped.Reason}"
                    : move.Fleet.LiveCopies(SimulatedMove.Job).Length > 0 ? "A copy lives."
                    : move.Fleet.Account(SimulatedMove.Job) is { Lost: 0, Duplicated: 0, StartsFromNothing: 0 } ? null : move.Fleet.Account(SimulatedMove.Job).ToString();

                async Task<DeploymentRun> LivesAsync(DeploymentRequest request)
                {
                    for (var life = 0; ; life++)
                    {
                        try
                        {
                            return await RunAsync(move, died ? move.Journal : dying, request, ct, $"process {life}");
                        }
                        catch (ProcessDiedException)
                        {
                            died = true;
                            await move.Fleet.RunAsync(TimeSpan.FromSeconds(16), ct);
                        }
                    }
                }
            },
            Cancellation);
        return (died, wrong);
    }

    /// <summary>Takes up what is not over, else begins.</summary>
    private static async Task<DeploymentRun> RunAsync(SimulatedMove move, IJournal journal, DeploymentRequest request, CancellationToken ct, string owner = "one")
    {
        var deployments = new Deployments(journal, move.Catalog, move.Fleet.TimeProvider, owner);
        var heads = await move.Journal.ListAsync(new RunQuery(SimulatedMove.Job), ct);
        var open = heads.FirstOrDefault(static h => !h.IsFinal)?.Run;
        if (open is null && heads.LastOrDefault() is { } last && await deployments.FindAsync(last.Run, ct) is { } done && done.Request.Kind == request.Kind && done.Request.Restore == request.Restore && done.State is DeploymentState.Running or DeploymentState.Stopped && owner != "one")
        {
            // It died after the last record: there is nothing left to do.
            return (await deployments.FindAsync(last.Run, ct))!;
        }
        return await deployments.RunAsync(open ?? await deployments.CreateAsync(request, ct), null, ct);
    }

    private static DeploymentRequest Start(string cluster, RestorePoint restore) =>
        new() { Job = SimulatedMove.Job, Kind = DeploymentKind.Start, Backend = cluster, Spec = SimulatedMove.Spec, Restore = restore };

    private static DeploymentRequest Batch(string cluster) =>
        Start(cluster, RestorePoint.None) with { Spec = SimulatedMove.Spec with { Kind = JobKind.Batch, Configuration = ImmutableSortedDictionary<string, string>.Empty } };

    private static DeploymentRequest Stop(DeploymentRun started) =>
        new() { Job = SimulatedMove.Job, Kind = DeploymentKind.Stop, Copy = started.Copy, SnapshotDirectory = "hdfs://sim/savepoints" };
}
