using System.Collections.Immutable;
using Flink.Resources.Rollback;
using Flink.Resources.Translation;
using static Flink.Resources.Migration.MigrationCases;

namespace Flink.Resources.Migration;

public sealed class MigrationMachineTests
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private static readonly MoveOptions _transactional = new()
    {
        Soak = _second, Sinks = ImmutableSortedDictionary<string, SinkClass>.Empty.Add("orders", SinkClass.Transactional),
    };

    [Fact]
    public void Move_WithoutTrouble_StopsProvesDeadAndStartsOnce()
    {
        var (run, performed) = Carry(New());

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Equal(LiveCopy.Target, run.Live);
        Assert.Equal(4, run.Epoch);
        Assert.Equal(new MigrationSnapshot(Savepoint, true, run.Origin!.At), run.Origin);
        Assert.Equal(
            [
                MigrationState.Validating, MigrationState.PreparingTarget, MigrationState.Stopping, MigrationState.SourceFenced,
                MigrationState.Submitting, MigrationState.Restoring, MigrationState.CatchingUp, MigrationState.Soaking, MigrationState.Committed,
            ],
            run.Timeline.Select(static t => t.State));
        Assert.Single(performed.OfType<StopWithSavepoint>());
        var start = Assert.Single(performed.OfType<StartApplication>());
        Assert.Equal(new RestorePoint.Snapshot(Savepoint, ClaimMode.NoClaim), start.Restore);
        Assert.True(performed.IndexOf(performed.OfType<ProbeDeath>().Last()) < performed.IndexOf(start));
        Assert.NotNull(run.Downtime);
    }

    [Fact]
    public void Move_ByLastCheckpoint_GoesOnFromTheNewestOneInStorage()
    {
        var (run, performed) = Carry(New(new MoveOptions { Stop = StopMethod.LastCheckpoint, Soak = _second }), static (run, effect, at) =>
            effect is LookAtCopy { Copy.Application: var a } && a == Target ? new CopySeen(RestoredFrom($"{Checkpoints}/chk-9", isSavepoint: false)) { At = at } : null);

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Equal($"{Checkpoints}/chk-9", run.Origin!.Uri);
        Assert.Empty(performed.OfType<StopWithSavepoint>());
        // Flink's own pointers are purged only after the newest checkpoint is known without them.
        var removals = performed.OfType<RemoveApplication>().ToList();
        Assert.Equal([HaMetadata.Keep, HaMetadata.Purge], removals.Select(static r => r.Metadata));
        Assert.True(performed.IndexOf(performed.OfType<FindSnapshot>().Single()) < performed.IndexOf(removals[1]));
    }

    [Fact]
    public void Move_TheTargetsRoom_IsThereBeforeTheSourceIsStopped()
    {
        var looks = 0;
        var (run, performed) = Carry(New(), (_, effect, at) => effect is LookAtStandby && ++looks < 5 ? new StandbySeen(LookupStatus.Found, false, "a pod waits") { At = at } : null);

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Equal(5, performed.OfType<LookAtStandby>().Count());
        Assert.Single(performed.OfType<BringUpStandby>());
        Assert.True(performed.IndexOf(performed.OfType<LookAtStandby>().Last()) < performed.IndexOf(performed.OfType<StopWithSavepoint>().Single()));
    }

    [Fact]
    public void Move_TheTargetsRoomDoesNotCome_IsHeldAndTakenBack()
    {
        JobEvent?[] never =
        [
            new StandbySeen(LookupStatus.Found, false, "the quota is used up", IsStuck: true) { At = default },
            new StandbySeen(LookupStatus.Found, false, "the quota is used up") { At = default },
            new StandbyBegun(WriteResult.Refused, false, "the quota is used up") { At = default },
            new StandbyBegun(WriteResult.Unknown, false, "the quota is used up") { At = default },
        ];
        foreach (var answer in never)
        {
            var (run, performed) = Carry(New(), (_, effect, at) =>
                (effect is LookAtStandby && answer is StandbySeen) || (effect is BringUpStandby && answer is StandbyBegun) ? answer! with { At = at } : null, limit: 5000);

            Assert.Equal((MigrationState.Held, LiveCopy.Source), (run.State, run.Live));
            Assert.Contains("the quota is used up", run.Reason, StringComparison.Ordinal);
            Assert.Empty(performed.OfType<StopWithSavepoint>());
            Assert.Single(performed.OfType<RemoveApplication>());
            Assert.Single(performed.OfType<ForgetFence>());
        }
    }

    [Fact]
    public void Move_WithNothingAskedToStandBy_BringsNothingUp() =>
        Assert.Empty(Carry(New(new MoveOptions { Standby = StandbyLevel.None, Soak = _second })).Performed.OfType<BringUpStandby>());

    [Fact]
    public void Validate_WithoutCheckpointing_IsIneligibleAndTouchesNothing()
    {
        var (run, performed) = Carry(New(), static (run, effect, at) => effect is LookAtCopy ? new CopySeen(Healthy with { CheckpointInterval = null }) { At = at } : null);

        Assert.Equal(MigrationState.Ineligible, run.State);
        Assert.Contains("execution.checkpointing.interval", run.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(performed, static e => e.ChangesTheWorld);
    }

    [Fact]
    public void Prepare_AnotherHoldsTheFence_IsHeldAndSaysWho()
    {
        var (run, performed) = Carry(New(), static (run, effect, at) =>
            effect is PrepareApplication ? new PrepareEnded(WriteResult.Refused, null, "other@host", "took epoch 4") { At = at } : null);

        Assert.Equal(MigrationState.Held, run.State);
        Assert.Contains("other@host", run.Reason, StringComparison.Ordinal);
        Assert.Empty(performed.OfType<StopWithSavepoint>());
    }

    [Fact]
    public void Prepare_ARivalPreparedElsewhere_GivesItsOwnFenceBack()
    {
        var rival = new FenceObservation(new Fence(Spec.Job, 5), "other@host", Return with { Id = "application_9" }, ApplicationState.Prepared);
        var (run, performed) = Carry(New(), (run, effect, at) => effect is LookForFences && run.Target is not null ? new FencesSeen([rival], [], 4) { At = at } : null);

        Assert.Equal(MigrationState.Held, run.State);
        Assert.Contains("other@host", run.Reason, StringComparison.Ordinal);
        Assert.Single(performed.OfType<ForgetFence>());
        Assert.Empty(performed.OfType<StopWithSavepoint>());
    }

    [Fact]
    public void Stop_SavepointFailsAndTheJobRunsOn_IsTriedThreeTimesThenHeld()
    {
        var (run, performed) = Carry(New(), static (run, effect, at) => effect is LookAtCopy && run.State == MigrationState.Stopping
            ? new CopySeen(Healthy with { Savepoint = SavepointLook.Failed, SavepointCause = "no space" }) { At = at } : null);

        Assert.Equal(MigrationState.Held, run.State);
        Assert.Equal(LiveCopy.Source, run.Live);
        Assert.Equal(3, performed.OfType<StopWithSavepoint>().Select(static s => s.Request.Trigger).Distinct().Count());
        Assert.Single(performed.OfType<RemoveApplication>(), static r => r.Application == Target);
        Assert.Single(performed.OfType<ForgetFence>());
    }

    [Fact]
    public void Stop_TheAnswerIsLost_AsksUnderTheSameTrigger()
    {
        var looks = 0;
        var (run, performed) = Carry(New(), (run, effect, at) => effect switch
        {
            StopWithSavepoint => new TriggerEnded(WriteResult.Unknown, "timeout") { At = at },
            LookAtCopy when run.State == MigrationState.Stopping && looks++ < 2 => new CopySeen(Healthy with { Savepoint = SavepointLook.Absent }) { At = at },
            _ => null,
        });

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Single(performed.OfType<StopWithSavepoint>().Select(static s => s.Request.Trigger).Distinct());
    }

    [Fact]
    public void Stop_TheFailureNamesASavepoint_GoesOnFromIt()
    {
        var (run, performed) = Carry(New(), static (run, effect, at) => effect is LookAtCopy && run.State == MigrationState.Stopping
            ? new CopySeen(Healthy with { JobState = FlinkJobState.Failed, AllTasksRun = false, Savepoint = SavepointLook.Failed, SavepointNamedByCause = Savepoint }) { At = at } : null);

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Equal(Savepoint, run.Origin!.Uri);
        Assert.Single(performed.OfType<StopWithSavepoint>());
    }

    [Fact]
    public void Stop_TheFailureNamesASavepointButTheJobRunsOn_IsParked()
    {
        var (run, _) = Carry(New(), static (run, effect, at) => effect is LookAtCopy && run.State == MigrationState.Stopping
            ? new CopySeen(Healthy with { Savepoint = SavepointLook.Failed, SavepointNamedByCause = Savepoint }) { At = at } : null);

        Assert.Equal((MigrationState.Parked, LiveCopy.Source), (run.State, run.Live));
    }

    [Theory]
    [InlineData(DeathVerdict.Unknown)]
    [InlineData(DeathVerdict.Alive)]
    [InlineData(DeathVerdict.Dying)]
    public void Fence_TheSourceIsNotProvedDead_NothingIsStarted(DeathVerdict verdict)
    {
        var (run, performed) = Carry(New(), (run, effect, at) => effect is ProbeDeath ? new DeathSeen(verdict, true, Evidence.None) { At = at } : null, 5000);

        Assert.Equal((MigrationState.Parked, LiveCopy.Unknown), (run.State, run.Live));
        Assert.Empty(performed.OfType<StartApplication>());
    }

    [Fact]
    public void Fence_TheJobFinishedAndNothingCanBringItBack_IsEnough()
    {
        var (run, _) = Carry(New(), static (run, effect, at) => effect is ProbeDeath ? new DeathSeen(DeathVerdict.Dying, false, Evidence.None) { At = at } : null);

        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public void Fence_AfterAKill_VanishingProcessesAreAwaited()
    {
        var (run, performed) = Carry(
            New(new MoveOptions { Stop = StopMethod.LastCheckpoint, Baseline = TimeSpan.Zero }),
            static (run, effect, at) => effect is ProbeDeath ? new DeathSeen(DeathVerdict.Dying, false, Evidence.None) { At = at } : null, 5000);

        Assert.Equal(MigrationState.Parked, run.State);
        Assert.Empty(performed.OfType<StartApplication>());
    }

    [Fact]
    public void Submit_TheAnswerIsLost_RepeatsTheSameIdentity()
    {
        var calls = 0;
        var (run, performed) = Carry(New(), (run, effect, at) => effect is StartApplication && calls++ < 3 ? new StartEnded(WriteResult.Unknown, "timeout") { At = at } : null);

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Equal(4, performed.OfType<StartApplication>().Count());
        Assert.Single(performed.OfType<StartApplication>().Distinct());
    }

    [Fact]
    public void Submit_Refused_ReturnsToOriginForFree()
    {
        var (run, performed) = Carry(New(), static (run, effect, at) => effect switch
        {
            StartApplication { Application.Application: var a } when a == Target => new StartEnded(WriteResult.Refused, "no such image") { At = at },
            CollectEvidence => new EvidenceSeen(new CopyObservation { Application = LookupStatus.Found }, "no such image") { At = at },
            _ => null,
        });

        Assert.Equal((MigrationState.RolledBack, LiveCopy.Source), (run.State, run.Live));
        Assert.Equal(RollbackChoice.ReturnToOrigin, run.Rollback!.Choice);
        Assert.Contains("no such image", run.Rollback.Reason, StringComparison.Ordinal);
        Assert.Equal(new RestorePoint.Snapshot(Savepoint), performed.OfType<StartApplication>().Last().Restore);
        Assert.Equal(5, run.Returned!.Fence.Epoch);
    }

    [Fact]
    public void Restore_FromNothing_GoesBackToOrigin()
    {
        var nothing = Healthy with { RestoredFrom = null, CompletedCheckpoints = 0 };
        var (run, _) = Carry(New(_transactional), (run, effect, at) => effect switch
        {
            LookAtCopy { Copy.Application: var a } when a == Target => new CopySeen(nothing) { At = at },
            CollectEvidence => new EvidenceSeen(nothing, "nothing") { At = at },
            _ => null,
        });

        Assert.Equal(MigrationState.RolledBack, run.State);
        Assert.Contains("restored nothing", run.Rollback!.Reason, StringComparison.Ordinal);
        Assert.Equal(Savepoint, run.Return!.Uri);
    }

    [Fact]
    public void Restore_InAnotherTimeZone_GoesBackBeforeTheFirstCheckpoint()
    {
        var elsewhere = RestoredFrom(Savepoint) with { CompletedCheckpoints = 0, Environment = new JobEnvironment { JavaMajor = 17, TimeZone = "Asia/Shanghai", TimeZoneOffset = TimeSpan.FromHours(8), Charset = "UTF-8" } };
        var (run, _) = Carry(New(_transactional), (run, effect, at) => effect switch
        {
            LookAtCopy { Copy.Application: var a } when a == Target => new CopySeen(elsewhere) { At = at },
            CollectEvidence => new EvidenceSeen(elsewhere, "nothing") { At = at },
            _ => null,
        });

        Assert.Equal(MigrationState.RolledBack, run.State);
        Assert.Contains("Asia/Shanghai", run.Rollback!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Soak_SomebodyAsksForRollback_CarriesTheTargetsStateBack()
    {
        var (run, performed) = CarryAsking(MigrationState.Soaking, MigrationRequest.RollBack);

        Assert.Equal(MigrationState.RolledBack, run.State);
        Assert.Equal(RollbackChoice.CarryForward, run.Rollback!.Choice);
        Assert.Equal(ReturnSavepoint, run.Return!.Uri);
        Assert.Equal(2, performed.OfType<StopWithSavepoint>().Count());
    }

    [Theory]
    [InlineData(MigrationState.Stopping)]
    [InlineData(MigrationState.SourceFenced)]
    public void RollBack_WhileTheSourceStops_NeverStartsTheTarget(MigrationState state)
    {
        var (run, performed) = CarryAsking(state, MigrationRequest.RollBack);

        Assert.Equal(MigrationState.RolledBack, run.State);
        Assert.Equal(Savepoint, run.Return!.Uri);
        Assert.DoesNotContain(performed.OfType<StartApplication>(), static s => s.Application.Application == Target);
    }

    [Fact]
    public void Abort_BeforeTheStop_TakesEverythingBack()
    {
        var (run, performed) = CarryAsking(MigrationState.PreparingTarget, MigrationRequest.Abort);

        Assert.Equal(MigrationState.Cancelled, run.State);
        Assert.Empty(performed.OfType<StopWithSavepoint>());
    }

    [Fact]
    public void Pause_BeforeTheStop_WaitsAndGoesOn()
    {
        var (paused, _) = Carry(MigrationMachine.Step(New(), Asked(MigrationRequest.Pause)));
        var (run, _) = Carry(MigrationMachine.Step(paused, Asked(MigrationRequest.Resume)));

        Assert.Equal(MigrationState.PreparingTarget, paused.State);
        Assert.True(paused.WaitsForPerson);
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Theory]
    [InlineData(JobKind.Streaming, StandbyLevel.None)]
    [InlineData(JobKind.Streaming, StandbyLevel.Room)]
    [InlineData(JobKind.NearRealTime, StandbyLevel.None)]
    public void StopsAreHeld_ForHoursBeforeTheStop_WaitsAndGoesOn(JobKind kind, StandbyLevel standby)
    {
        var (request, spec) = (Request(), MigrationCases.Spec with { Kind = kind });
        var run = MigrationMachine.Create("r-1", request with { SourceSpec = spec, TargetSpec = spec, Options = request.Options with { Standby = standby } }, Noon);
        var (held, before) = Carry(run, static (run, effect, at) => AnswerHeld(run, effect, at), 1000);
        // It was long: whoever waits has not lost patience meanwhile.
        var (ended, _) = Carry(held, static (run, effect, at) =>
            effect is LookAtCopy && run.State == MigrationState.PreparingTarget ? new CopySeen(Healthy with { LatestCheckpointId = at.UtcTicks }) { At = at } : null);

        Assert.True(held.NotBefore > Noon + TimeSpan.FromHours(2));
        Assert.Empty(before.OfType<StopWithSavepoint>());
        Assert.Equal(MigrationState.PreparingTarget, held.State);
        Assert.Contains("not stopped before", held.Reason, StringComparison.Ordinal);
        Assert.Equal((MigrationState.Committed, null), (ended.State, ended.Reason));
    }

    [Theory]
    [InlineData(true, MigrationState.Validating)]
    [InlineData(false, MigrationState.Ineligible)]
    public void FencesCantBeAsked_ForHours_IsADelayOfTheJobOnlyWhenNothingIsHeld(bool isHeld, MigrationState state)
    {
        var (run, _) = Carry(
            New(), (_, effect, at) => effect is LookForFences ? new FencesSeen([], ["k8s: 503"], 0) { At = at, AreStopsHeld = isHeld } : null, 400);

        Assert.Equal(state, run.State);
        if (isHeld)
        {
            Assert.True(run.NotBefore > Noon + TimeSpan.FromHours(1));
            Assert.Equal(MigrationState.Committed, Carry(run).Run.State);
        }
    }

    [Fact]
    public void StopsAreHeld_AfterAPause_ResumeDoesNotStopIt()
    {
        var (paused, _) = Carry(MigrationMachine.Step(New(), Asked(MigrationRequest.Pause)));
        var (held, performed) = Carry(MigrationMachine.Step(paused, Asked(MigrationRequest.Resume)), static (run, effect, at) => AnswerHeld(run, effect, at), 100);

        Assert.Equal((MigrationState.PreparingTarget, false), (held.State, held.WaitsForPerson));
        Assert.Empty(performed.OfType<StopWithSavepoint>());
    }

    [Fact]
    public void StopsAreHeld_TheSavepointFailed_TheJobIsNotAskedAgainMeanwhile()
    {
        static CopySeen? Failed(JobEffect effect, DateTimeOffset at) => effect is LookAtCopy { Trigger: not null }
            ? new CopySeen(Healthy with { Savepoint = SavepointLook.Failed, SavepointCause = "expired" }) { At = at } : null;
        var (held, performed) = Carry(New(), static (run, effect, at) =>
            Failed(effect, at) is { } failed ? failed with { AreStopsHeld = true } : null, 100);
        var (ended, after) = Carry(held, static (_, effect, at) => Failed(effect, at));

        Assert.Single(performed.OfType<StopWithSavepoint>());
        Assert.Equal(MigrationState.Stopping, held.State);
        Assert.Equal(2, after.OfType<StopWithSavepoint>().Count());
        Assert.Equal(MigrationState.Held, ended.State);
    }

    [Fact]
    public void Parked_APersonSaysNoneLives_GoesOn()
    {
        var (parked, _) = Carry(New(), static (run, effect, at) => effect is ProbeDeath ? new DeathSeen(DeathVerdict.Unknown, true, Evidence.None) { At = at } : null, 5000);
        var (run, _) = Carry(MigrationMachine.Step(parked, Asked(MigrationRequest.NoneLives)));

        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public void Return_TheTargetGivesNoSavepoint_TakesItsNewestCheckpoint()
    {
        var (run, performed) = CarryAsking(MigrationState.Soaking, MigrationRequest.RollBack, static (run, effect, at) =>
            effect is LookAtCopy && run.State == MigrationState.TargetStopping
                ? new CopySeen(RestoredFrom(Savepoint) with { Savepoint = SavepointLook.Failed, SavepointCause = "expired" }) { At = at } : null);

        Assert.True(run.State == MigrationState.RolledBack, run.Reason);
        Assert.Equal(RollbackChoice.TargetCheckpoint, run.Rollback!.Choice);
        Assert.Equal($"{Checkpoints}/chk-9", run.Return!.Uri);
        Assert.Contains(performed.OfType<RemoveApplication>(), static r => r.Application == Target && r.Metadata == HaMetadata.Keep);
    }

    [Fact]
    public void Return_TheTargetWroteAndNoSinkIsDeclared_WaitsForAPerson()
    {
        var (run, performed) = Carry(New(), static (run, effect, at) => effect switch
        {
            LookAtCopy when run.State == MigrationState.Soaking => new CopySeen(Healthy with { JobState = FlinkJobState.Failed, AllTasksRun = false }) { At = at },
            CollectEvidence => new EvidenceSeen(Healthy with { JobState = FlinkJobState.Failed, AllTasksRun = false, CompletedCheckpoints = 0, LatestCheckpoint = null }, "x") { At = at },
            _ => null,
        });
        var (back, _) = Carry(MigrationMachine.Step(run, Asked(MigrationRequest.RollBackToOrigin)));

        Assert.Equal(MigrationState.Parked, run.State);
        Assert.Single(performed.OfType<StartApplication>());
        Assert.Equal(MigrationState.RolledBack, back.State);
        Assert.Equal(Savepoint, back.Return!.Uri);
    }

    [Theory]
    [InlineData(2, MigrationState.RolledBack)]
    [InlineData(9, MigrationState.Parked)]
    public void Return_TheStartFailsBeforeFlinkIsUp_IsTriedAgainFromTheSameSnapshot(int failures, MigrationState end)
    {
        var failed = 0;
        var (run, performed) = CarryAsking(MigrationState.Soaking, MigrationRequest.RollBack, (run, effect, at) =>
            effect is LookAtCopy { Copy.Application: var a } && a == Return && failed++ < failures
                ? new CopySeen(new CopyObservation { Application = LookupStatus.Found, ApplicationState = ApplicationState.Finished, Result = ApplicationResult.Failed }) { At = at } : null);

        var starts = performed.OfType<StartApplication>().Where(static s => s.Application.Application == Return).ToList();
        Assert.Equal(end, run.State);
        Assert.Equal(Math.Min(failures, 3) + 1, starts.Count);
        Assert.Equal(starts.Count, starts.Select(static s => s.Application.Fence.Epoch).Distinct().Count());
        Assert.All(starts, static s => Assert.Equal(new RestorePoint.Snapshot(ReturnSavepoint), s.Restore));
    }

    [Fact]
    public void Return_TheJobWasSeenAndEnded_IsParked()
    {
        var looks = 0;
        var (run, performed) = CarryAsking(MigrationState.Soaking, MigrationRequest.RollBack, (run, effect, at) =>
            effect is LookAtCopy { Copy.Application: var a } && a == Return
                ? looks++ == 0
                    ? new CopySeen(RestoredFrom(ReturnSavepoint) with { CompletedCheckpoints = 0 }) { At = at }
                    : new CopySeen(new CopyObservation { Application = LookupStatus.Found, ApplicationState = ApplicationState.Finished, Result = ApplicationResult.Failed }) { At = at }
                : null);

        Assert.Equal(MigrationState.Parked, run.State);
        Assert.Single(performed.OfType<StartApplication>(), static s => s.Application.Application == Return);
    }

    private static JobEvent AnswerHeld(MigrationRun run, JobEffect effect, DateTimeOffset at) => Answer(run, effect, at) with { AreStopsHeld = MigrationMachine.IsBeforeStop(run) };

    private static RequestMade Asked(MigrationRequest request) => new(request, "kim", "because") { At = Noon };

    private static (MigrationRun Run, ImmutableArray<JobEffect> Performed) CarryAsking(
        MigrationState when, MigrationRequest request, Func<MigrationRun, JobEffect, DateTimeOffset, JobEvent?>? world = null)
    {
        var run = New();
        var performed = ImmutableArray<JobEffect>.Empty;
        for (var i = 0; run.State != when && i < 100; i++)
        {
            (run, var one) = Carry(run, world, 1);
            performed = performed.AddRange(one);
        }
        (run, var rest) = Carry(MigrationMachine.Step(run, Asked(request) with { At = run.EnteredAt }), world);
        return (run, performed.AddRange(rest));
    }
}
