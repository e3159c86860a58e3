using System.Collections.Immutable;
using Flink.Resources.Rollback;
using Flink.Resources.Simulation;

namespace Flink.Resources.Migration;

/// <summary>What is known to go wrong with moves, one test each. Exactness and single copies are checked in all of them.</summary>
public sealed class CatalogueTests
{
    private const string Yarn = "yarn-east";
    private const string Kubernetes = "k8s-east";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task T01_CleanMoveOfAStatefulJob_KeepsTheSavepoint()
    {
        var (move, run, wrong) = await PlayAsync();

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
        Assert.True(move.Fleet.DeleteSavepoint(run.Origin!.Uri), "The savepoint is gone.");
    }

    [Fact]
    public async Task T02_SavepointFailsAndTheJobRunsOn_IsHeldUntouched()
    {
        var (_, run, wrong) = await PlayAsync(behaviour: new SimulatedJob { SavepointFailures = 3 });

        Assert.Null(wrong);
        Assert.Equal((MigrationState.Held, LiveCopy.Source), (run.State, run.Live));
    }

    [Fact]
    public async Task T02_SavepointFailsOnce_IsTriedAgain()
    {
        var (_, run, wrong) = await PlayAsync(behaviour: new SimulatedJob { SavepointFailures = 1 });

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public async Task T03_StopAnswerLost_TheSavepointIsAdopted()
    {
        var (_, run, wrong) = await PlayAsync(before: static m => m.Fleet.Next(SimulatedCall.StopWithSavepoint, SimulatedFault.LostAnswer));

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Equal(1, run.StopAttempt);
    }

    [Fact]
    public async Task T04_ResourceManagerAwayAfterTheStop_NothingIsSubmittedUntilItAnswers()
    {
        var (_, run, wrong) = await PlayAsync(at: (MigrationState.SourceFenced, static m => m.Fleet.GoAway(Yarn, TimeSpan.FromMinutes(2))));

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
        Assert.True(run.Timeline.Single(static t => t.State == MigrationState.Submitting).At - run.Timeline.Single(static t => t.State == MigrationState.SourceFenced).At > TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task T04_ResourceManagerAwayForGood_ParksAndAPersonGoesOn()
    {
        MigrationRun? parked = null;
        var (_, run, wrong) = await PlayAsync(
            at: (MigrationState.SourceFenced, static m => m.Fleet.GoAway(Yarn, TimeSpan.FromMinutes(20))),
            after: async (m, r, ct) =>
            {
                parked = r;
                await m.Fleet.RunAsync(TimeSpan.FromMinutes(20), ct);
                Assert.Null(await m.New().RequestAsync(m.RunId!, MigrationRequest.NoneLives, "kim", "looked at it", ct));
                return await m.MoveAsync(ct);
            });

        Assert.Null(wrong);
        Assert.Equal((MigrationState.Parked, LiveCopy.Unknown), (parked!.State, parked.Live));
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public async Task T05_ApplicationMasterRestartsDuringTheStop_TheTargetWaitsForTheSourcesFinalState()
    {
        var liveAtSubmit = -1;
        var (move, run, wrong) = await PlayAsync(
            highAvailability: true,
            at: (MigrationState.Stopping, m =>
            {
                m.Fleet.KillJobManager(m.Source!.Application);
                _ = LaterAsync(m, MigrationState.Submitting, n => liveAtSubmit = n.Fleet.LiveCopies(SimulatedMove.Job).Count(static c => c.Copy.Application.Backend == Yarn));
            }));

        Assert.Null(wrong);
        Assert.Equal((MigrationState.Committed, 0), (run.State, liveAtSubmit));
        Assert.Equal(2, move.Fleet.Events.Count(e => e.Subject == move.Source!.Application.Id && e.What == "JobManager up"));
    }

    [Fact]
    public async Task T06_StartAnswerLost_ExactlyOneIsAdopted()
    {
        var (move, run, wrong) = await PlayAsync(before: static m => m.Fleet.Next(Kubernetes, SimulatedCall.Start, SimulatedFault.LostAnswer));

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Equal(Kubernetes, Assert.Single(move.Fleet.LiveCopies(SimulatedMove.Job)).Copy.Application.Backend);
    }

    [Fact]
    public async Task T07_MetadataLeftUnderTheTargetsName_IsHeldAndTheSourceUntouched()
    {
        var (_, run, wrong) = await PlayAsync(highAvailability: true, before: static m => m.Fleet.LeaveMetadata(m.Source!.Application, Kubernetes, new Fence(SimulatedMove.Job, 2)));

        Assert.Null(wrong);
        Assert.Equal((MigrationState.Held, LiveCopy.Source), (run.State, run.Live));
        Assert.Contains("-e2-cluster-config-map", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T08_TargetRestoresFromNothing_GoesBackToTheSavepoint()
    {
        var (move, run, wrong) = await PlayAsync(before: static m => m.Fleet.Describe(SimulatedMove.Job, Kubernetes, new SimulatedJob { IgnoresRestorePath = true }), looksAtAccount: false);

        Assert.Equal((MigrationState.RolledBack, RollbackChoice.ReturnToOrigin), (run.State, run.Rollback!.Choice));
        Assert.Equal(run.Origin, run.Return);
        Assert.Equal(Yarn, Assert.Single(move.Fleet.LiveCopies(SimulatedMove.Job)).Copy.Application.Backend);
        Assert.DoesNotContain("Two live copies", wrong ?? string.Empty, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T09_TargetImageMissing_ReturnsToOriginForFree()
    {
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Seed = 5,
            Backends =
            [
                new() { Name = Yarn, Kind = BackendKind.Yarn },
                new() { Name = Kubernetes, Kind = BackendKind.Kubernetes, MissingImages = ["1.20"] },
            ],
        });
        var (_, run, wrong) = await PlayAsync(fleet: fleet);

        Assert.Null(wrong);
        Assert.Equal((MigrationState.RolledBack, RollbackChoice.ReturnToOrigin), (run.State, run.Rollback!.Choice));
        Assert.Contains("nothing is lost or repeated", run.Rollback.Effect, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T11_TargetFailsAfterOutput_TransactionalSink_GoesOnFromItsCheckpointExact()
    {
        var (_, run, wrong) = await PlayAsync(before: static m => m.Fleet.Describe(SimulatedMove.Job, Kubernetes, new SimulatedJob { FailsAfter = TimeSpan.FromSeconds(18) }));

        Assert.Null(wrong);
        Assert.Equal((MigrationState.RolledBack, RollbackChoice.TargetCheckpoint), (run.State, run.Rollback!.Choice));
    }

    [Fact]
    public async Task T12_TargetFailsAfterOutput_AppendSink_GoesOnFromItsCheckpointAndSaysWhatIsRepeated()
    {
        var append = new SimulatedJob { Sink = SinkClass.Append };
        var (move, run, _) = await PlayAsync(
            behaviour: append,
            options: static o => o with { Sinks = ImmutableSortedDictionary<string, SinkClass>.Empty.Add("orders", SinkClass.Append) },
            before: m => m.Fleet.Describe(SimulatedMove.Job, Kubernetes, append with { FailsAfter = TimeSpan.FromSeconds(18) }),
            looksAtAccount: false);

        var account = move.Fleet.Account(SimulatedMove.Job);
        Assert.Equal((MigrationState.RolledBack, RollbackChoice.TargetCheckpoint), (run.State, run.Rollback!.Choice));
        Assert.True(account is { Lost: 0, MissingInState: 0, StartsFromNothing: 0, Duplicated: > 0 }, account.ToString());
        Assert.Contains("orders", run.Rollback.Effect, StringComparison.Ordinal);
        Assert.Contains("duplicate", run.Rollback.Effect, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task T13_OneWayJobHasToGoBack_IsParkedWithTheChoices()
    {
        var (move, run, _) = await PlayAsync(
            targetVersion: "2.0.1",
            options: static o => o with { Sinks = ImmutableSortedDictionary<string, SinkClass>.Empty.Add("mails", SinkClass.ExternalEffects) },
            before: static m => m.Fleet.Describe(SimulatedMove.Job, Kubernetes, new SimulatedJob { FailsAfter = TimeSpan.FromSeconds(18) }),
            looksAtAccount: false);

        Assert.Equal(MigrationState.Parked, run.State);
        Assert.True(move.Fleet.LiveCopies(SimulatedMove.Job).IsEmpty, "Something was started.");
        Assert.Contains("a person has to choose: ReturnToOrigin (mails:", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T19_TwoProcessesOneRun_TheLoserHasNoSideEffect()
    {
        Task<MigrationRun>? second = null;
        var (_, run, wrong) = await PlayAsync(at: (MigrationState.PreparingTarget, m => second = m.New(owner: "two").RunAsync(m.RunId!)));

        Assert.Null(wrong);
        Assert.Contains("Another process", (await Assert.ThrowsAsync<LeaseHeldException>(() => second!)).Message, StringComparison.Ordinal);
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Theory]
    [InlineData(Yarn, Kubernetes)]
    [InlineData(Kubernetes, Yarn)]
    public async Task T25_BothDirections(string from, string to)
    {
        var (_, run, wrong) = await PlayAsync(from, to);

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public async Task T31_JobManagerKilledBetweenFinishedAndRemoval_TheJobNeverRunsAgain()
    {
        var (_, run, wrong) = await PlayAsync(Kubernetes, Yarn, at: (MigrationState.SourceFenced, static m => m.Fleet.KillJobManager(m.Source!.Application)));

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public async Task T33_SinkThrowsInItsCommitDuringTheStop_GoesOnFromTheNamedSavepoint()
    {
        var (_, run, wrong) = await PlayAsync(behaviour: new SimulatedJob { StopFault = StopFault.FailsAfterSavepoint });

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public async Task T33_TheJobRunsOnAfterTheNamedSavepoint_IsParkedWithTheSourceLive()
    {
        var (_, run, wrong) = await PlayAsync(behaviour: new SimulatedJob { StopFault = StopFault.RunsOnAfterSavepoint });

        Assert.Null(wrong);
        Assert.Equal((MigrationState.Parked, LiveCopy.Source), (run.State, run.Live));
    }

    [Fact]
    public async Task T34_TwoControllersWithTwoJournals_OneCopyAndTheLoserSaysWhoWon()
    {
        var runs = new List<MigrationRun>();
        var move = new SimulatedMove(5, Yarn, Kubernetes);
        var wrong = await move.RunAsync(
            async (m, ct) => runs.AddRange(await Task.WhenAll(ControlAsync(m, "one", ct), ControlAsync(m, "two", ct))),
            Cancellation);

        Assert.Null(wrong);
        Assert.Equal(Kubernetes, Assert.Single(move.Fleet.LiveCopies(SimulatedMove.Job)).Copy.Application.Backend);
        Assert.Single(runs, static r => r.State == MigrationState.Committed);
        var loser = Assert.Single(runs, static r => r.State != MigrationState.Committed);
        Assert.Contains(runs.IndexOf(loser) == 0 ? "two" : "one", loser.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T35_PodsDeletedByForceWhileTheirContainersLive_TheTargetIsNotStarted()
    {
        var (_, run, _) = await PlayAsync(
            Kubernetes, Yarn, options: static o => o with { Stop = StopMethod.LastCheckpoint },
            at: (MigrationState.Stopping, static m =>
            {
                foreach (var node in m.Fleet.NodesOf(m.Source!.Application))
                {
                    m.Fleet.LoseNode(Kubernetes, node, containersLiveOn: true);
                }
                m.Fleet.ForceDeletePods(m.Source.Application);
            }));

        Assert.False(run.TargetMayRun, run.State.ToString());
        Assert.True(run.State is MigrationState.Parked or MigrationState.Held, run.State.ToString());
    }

    [Fact]
    public async Task T36_ResourceManagerForgetsTheApplicationWhileItRuns_NothingIsStarted()
    {
        var (_, run, wrong) = await PlayAsync(at: (MigrationState.PreparingTarget, static m => m.Fleet.RestartResourceManager(Yarn, keepsStore: false)));

        Assert.Null(wrong);
        Assert.NotEqual(MigrationState.Committed, run.State);
    }

    [Fact]
    public async Task T37_TargetKilledAfterCommittedOutput_TransactionalSink_GoesOnFromItsCheckpointExact()
    {
        var (_, run, wrong) = await PlayAsync(at: (MigrationState.Soaking, static m => _ = KillAfterACheckpointAsync(m)));

        Assert.Null(wrong);
        Assert.Equal((MigrationState.RolledBack, RollbackChoice.TargetCheckpoint), (run.State, run.Rollback!.Choice));

        static async Task KillAfterACheckpointAsync(SimulatedMove move)
        {
            await Task.Delay(TimeSpan.FromSeconds(12), move.Fleet.TimeProvider);
            move.Fleet.KillByHand(Assert.Single(move.Fleet.LiveCopies(SimulatedMove.Job)).Copy.Application);
        }
    }

    [Fact]
    public async Task T40_FirstFullCheckpointTakesLong_IsNoReasonToGoBack()
    {
        var (_, run, wrong) = await PlayAsync(behaviour: new SimulatedJob { State = MemorySize.FromMebibytes(1024), StateBandwidth = MemorySize.FromMebibytes(4) });

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public async Task T41_TimeZoneDiffersOnTheTarget_GoesBackBeforeTheFirstCommit()
    {
        var (_, run, wrong) = await PlayAsync(before: static m => m.Fleet.Describe(SimulatedMove.Job, Kubernetes, new SimulatedJob { TimeZone = "Asia/Shanghai" }));

        Assert.Null(wrong);
        Assert.Equal(MigrationState.RolledBack, run.State);
        Assert.Contains("time zone", run.Rollback!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rollback_OfAHealthyTarget_CarriesItsStateBackExact()
    {
        var (_, run, wrong) = await PlayAsync(at: (MigrationState.Soaking, static m => _ = m.New(owner: "kim").RequestAsync(m.RunId!, MigrationRequest.RollBack, "kim")));

        Assert.Null(wrong);
        Assert.Equal((MigrationState.RolledBack, RollbackChoice.CarryForward), (run.State, run.Rollback!.Choice));
    }

    private static async Task<(SimulatedMove Move, MigrationRun Run, string? Wrong)> PlayAsync(
        string from = Yarn,
        string to = Kubernetes,
        SimulatedJob? behaviour = null,
        SimulatedFleet? fleet = null,
        Func<MoveOptions, MoveOptions>? options = null,
        Action<SimulatedMove>? before = null,
        (MigrationState State, Action<SimulatedMove> Accident)? at = null,
        Func<SimulatedMove, MigrationRun, CancellationToken, Task<MigrationRun>>? after = null,
        bool looksAtAccount = true,
        bool highAvailability = false,
        string? targetVersion = null)
    {
        var move = new SimulatedMove(5, from, to, behaviour, fleet) { HasHighAvailability = highAvailability, TargetVersion = targetVersion };
        move.Options = options?.Invoke(move.Options) ?? move.Options;
        MigrationRun? run = null;
        var wrong = await move.RunAsync(
            async (m, ct) =>
            {
                before?.Invoke(m);
                if (at is var (state, accident))
                {
                    _ = LaterAsync(m, state, accident);
                }
                run = await m.MoveAsync(ct);
                run = after is null ? run : await after(m, run, ct);
            },
            Cancellation);
        return (move, run!, looksAtAccount || wrong?.StartsWith("Not exact", StringComparison.Ordinal) != true ? wrong : null);
    }

    /// <summary>A controller with a journal and a name of its own.</summary>
    private static async Task<MigrationRun> ControlAsync(SimulatedMove move, string name, CancellationToken ct)
    {
        var migrations = new Migrations(new MemoryJournal(move.Fleet.TimeProvider), move.CatalogOf(name), move.Fleet.TimeProvider) { Owner = name };
        return await migrations.RunAsync(await migrations.CreateAsync(move.Request(), ct), null, ct);
    }

    private static async Task LaterAsync(SimulatedMove move, MigrationState state, Action<SimulatedMove> accident)
    {
        while (move.RunId is null || await move.FindAsync(CancellationToken.None) is not { } run || run.Timeline.All(t => t.State != state))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), move.Fleet.TimeProvider);
        }
        accident(move);
    }
}
