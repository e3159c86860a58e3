using static Flink.Resources.Migration.MigrationCases;

namespace Flink.Resources.Migration;

/// <summary>What is tried before the source is touched, and the moment at which it may be stopped.</summary>
public sealed class DirectoryAndKindTests
{
    [Fact]
    public void Validate_TheTargetCanNotUseTheDirectory_IsIneligibleAndNothingIsTouched()
    {
        var (run, performed) = Carry(New(), static (_, effect, at) => effect is ProbeDirectory ? new DirectoryTried(DirectoryVerdict.NotUsable, "Write: permission denied") { At = at } : null);

        Assert.Equal((MigrationState.Ineligible, LiveCopy.Source), (run.State, run.Live));
        Assert.Contains("permission denied", run.Reason, StringComparison.Ordinal);
        Assert.Single(performed, static e => e.ChangesTheWorld);
    }

    [Fact]
    public void Validate_NobodyHearsHowTheTryEnded_IsTriedUnderOneNameThenHeld()
    {
        var (run, performed) = Carry(New(), static (_, effect, at) => effect is ProbeDirectory ? new DirectoryTried(DirectoryVerdict.Unknown, "no room") { At = at } : null, 5000);

        Assert.Equal(MigrationState.Held, run.State);
        Assert.True(performed.OfType<ProbeDirectory>().Count() > 10);
        Assert.Single(performed.OfType<ProbeDirectory>().Distinct());
        Assert.Empty(performed.OfType<PrepareApplication>());
    }

    [Fact]
    public void Validate_TheBackendCanNotTry_GoesOn()
    {
        var (run, _) = Carry(New(), static (_, effect, at) => effect is ProbeDirectory ? new DirectoryTried(DirectoryVerdict.NotOffered, null) { At = at } : null);

        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public void Batch_WithoutCheckpoints_RunsToItsEndAndIsNeverStarted()
    {
        var looks = 0;
        var (run, performed) = Carry(Of(JobKind.Batch), (_, effect, at) => effect is LookAtCopy
            ? new CopySeen(Healthy with { CheckpointInterval = null, AllTasksRun = false, JobState = ++looks < 50 ? FlinkJobState.Running : FlinkJobState.Finished, LiveJobs = looks < 50 ? 1 : 0 }) { At = at } : null);

        Assert.Equal((MigrationState.Committed, LiveCopy.None), (run.State, run.Live));
        Assert.Equal([MigrationState.Validating, MigrationState.Draining, MigrationState.Committed], run.Timeline.Select(static t => t.State));
        Assert.DoesNotContain(performed, static e => e.ChangesTheWorld);
    }

    [Theory]
    [InlineData(FlinkJobState.Failed)]
    [InlineData(FlinkJobState.Canceled)]
    public void Batch_ThatDoesNotFinish_IsHeld(FlinkJobState end)
    {
        var looks = 0;
        var (run, performed) = Carry(Of(JobKind.Batch), (_, effect, at) => effect is LookAtCopy
            ? new CopySeen(Healthy with { CheckpointInterval = null, JobState = ++looks < 3 ? FlinkJobState.Running : end }) { At = at } : null);

        Assert.Equal(MigrationState.Held, run.State);
        Assert.DoesNotContain(performed, static e => e.ChangesTheWorld);
    }

    [Fact]
    public void Batch_ThatNobodyCanSee_IsWaitedFor()
    {
        var (run, _) = Carry(Of(JobKind.Batch), static (run, effect, at) => effect is LookAtCopy
            ? new CopySeen(run.State == MigrationState.Draining ? new CopyObservation { Trouble = "timeout" } : Healthy with { CheckpointInterval = null }) { At = at } : null);

        Assert.Equal(MigrationState.Draining, run.State);
        Assert.Null(MigrationMachine.Objection(run, MigrationRequest.Abort));
        Assert.Equal(MigrationState.Cancelled, MigrationMachine.Step(run, new RequestMade(MigrationRequest.Abort, "kim", null) { At = Noon }).State);
    }

    [Fact]
    public void Batch_WithCheckpoints_IsMovedLikeAnyJob()
    {
        var (run, performed) = Carry(Of(JobKind.Batch));

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Single(performed.OfType<StopWithSavepoint>());
    }

    [Fact]
    public void NearRealTime_InTheMidstOfACycle_WaitsForItsBorder()
    {
        long checkpoint = 7;
        var looks = 0;
        var (run, performed) = Carry(Of(JobKind.NearRealTime), (run, effect, at) => effect is LookAtCopy && run.State == MigrationState.PreparingTarget
            ? new CopySeen(Healthy with { LatestCheckpointId = ++looks >= 20 ? ++checkpoint : checkpoint, InProgress = looks is > 15 and < 20 ? 1 : 0 }) { At = at } : null);

        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Equal(20, looks);
        Assert.Single(performed.OfType<StopWithSavepoint>());
    }

    [Fact]
    public void NearRealTime_NoCycleEnds_IsHeldAndWhatWasPreparedIsTakenBack()
    {
        var (run, performed) = Carry(Of(JobKind.NearRealTime), null, 30_000);

        Assert.Equal((MigrationState.Held, LiveCopy.Source), (run.State, run.Live));
        Assert.Empty(performed.OfType<StopWithSavepoint>());
        Assert.Single(performed.OfType<ForgetFence>());
    }

    [Fact]
    public void NearRealTime_PausedWhileItWaits_GoesOnWaitingWhenResumed()
    {
        var (waiting, _) = Carry(Of(JobKind.NearRealTime), null, 12);
        var (paused, _) = Carry(MigrationMachine.Step(waiting, new RequestMade(MigrationRequest.Pause, "kim", null) { At = Noon }));
        var resumed = MigrationMachine.Step(paused, new RequestMade(MigrationRequest.Resume, "kim", null) { At = Noon });

        Assert.NotNull(waiting.Cycle);
        Assert.True(paused.WaitsForPerson);
        Assert.Equal(new LookAtCopy(resumed.Source), resumed.Pending);
    }

    private static MigrationRun Of(JobKind kind) =>
        MigrationMachine.Create("r-1", Request() with { SourceSpec = MigrationCases.Spec with { Kind = kind }, TargetSpec = MigrationCases.Spec with { Kind = kind } }, Noon);
}
