using Flink.Resources.Health;
using Flink.Resources.Rollback;
using Flink.Resources.Simulation;

namespace Flink.Resources.Migration;

/// <summary>Moves that are judged by their score, read off simulated clusters the way real ones are read. Exactness and single copies are checked in all of them.</summary>
public sealed class HealthCatalogueTests
{
    private const string Yarn = "yarn-east";
    private const string Kubernetes = "k8s-east";

    private static readonly SimulatedJob _job = new() { State = MemorySize.FromMebibytes(200), RecordsPerSecond = 2_000, CapacityPerSubtask = 5_000 };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Yarn, Kubernetes)]
    [InlineData(Kubernetes, Yarn)]
    public async Task Judged_HealthyJob_IsCommittedWithAParityReport(string from, string to)
    {
        var (_, run, wrong) = await PlayAsync(from, to);

        Assert.Null(wrong);
        Assert.Equal((MigrationState.Committed, HealthVerdict.Healthy), (run.State, run.Verdict));
        Assert.InRange(run.Score!.Value, 9, 10);
        Assert.InRange(run.Coverage!.Value, 0.95, 1);
        var parity = run.Parity!;
        Assert.InRange(parity.Lines.Single(static l => l.Measure == "inputRate").Ratio!.Value, 0.95, 1.05);
        Assert.InRange(parity.Lines.Single(static l => l.Measure == "checkpointDurationP90").Ratio!.Value, 0.5, 2);
        Assert.InRange(parity.Lines.Single(static l => l.Measure == "memoryRequested").Ratio!.Value, 0.9, 1.5);
        Assert.Equal(0, parity.Lines.Single(static l => l.Measure == "restartsPerDay").After);
        Assert.Equal(run.Downtime, parity.Downtime);
        Assert.InRange(parity.CatchUpTime!.Value, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15));
        Assert.InRange(parity.ScoreMinimum!.Value, 8, 10);
        Assert.Empty(parity.Missing);
    }

    [Fact]
    public async Task T10_TargetFallsBehind_ScoresBelowSixAndGoesBackByItsOwnState()
    {
        var (_, run, wrong) = await PlayAsync(onUnhealthy: OnUnhealthy.RollBack, before: static m => m.Fleet.Describe(SimulatedMove.Job, Kubernetes, _job with { CapacityPerSubtask = 900 }));

        Assert.Null(wrong);
        Assert.Equal((MigrationState.RolledBack, RollbackChoice.CarryForward), (run.State, run.Rollback!.Choice));
        Assert.True(run.Score < 6, $"{run.Score}");
        Assert.Contains("FallingBehind", run.LostPoints, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T10_TargetFallsBehindLater_LosesByLagAndThroughput()
    {
        MigrationRun? worst = null;
        var (_, run, wrong) = await PlayAsync(
            onUnhealthy: OnUnhealthy.RollBack,
            soak: TimeSpan.FromHours(2),
            at: (MigrationState.Soaking, static m => m.Fleet.Describe(SimulatedMove.Job, Kubernetes, _job with { CapacityPerSubtask = 600 })),
            progress: r => worst = worst is null && r.Verdict == HealthVerdict.Unhealthy ? r : worst);

        Assert.Null(wrong);
        Assert.Equal((MigrationState.RolledBack, RollbackChoice.CarryForward), (run.State, run.Rollback!.Choice));
        Assert.True(worst!.Score < 6, $"{worst.Score}");
        Assert.Contains("FallingBehind", worst.LostPoints, StringComparison.Ordinal);
        Assert.Contains("thru ", worst.LostPoints, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T10_Hold_StaysOnTheTargetUntilAPersonAsks()
    {
        MigrationRun? held = null;
        var (_, run, wrong) = await PlayAsync(
            soak: TimeSpan.FromHours(2),
            at: (MigrationState.Soaking, static m => m.Fleet.Describe(SimulatedMove.Job, Kubernetes, _job with { CapacityPerSubtask = 600 })),
            after: async (m, r, ct) =>
            {
                held = r;
                Assert.Null(await m.New().RequestAsync(m.RunId!, MigrationRequest.RollBack, "kim", "too slow", ct));
                return await m.MoveAsync(ct);
            });

        Assert.Null(wrong);
        Assert.Equal((MigrationState.Soaking, true, LiveCopy.Target), (held!.State, held.IsHeld, held.Live));
        Assert.Contains("behind and rising", held.Reason, StringComparison.Ordinal);
        Assert.Equal(MigrationState.RolledBack, run.State);
    }

    [Fact]
    public async Task T15_MetricsBlackoutInTheSoak_NeitherCommitsNorGoesBackAndAPersonDecides()
    {
        var reports = new List<MigrationRun>();
        MigrationRun? held = null;
        var (_, run, wrong) = await PlayAsync(
            onUnhealthy: OnUnhealthy.RollBack,
            at: (MigrationState.Soaking, static m => m.Blackout(TimeSpan.FromMinutes(45))),
            after: async (m, r, ct) =>
            {
                held = r;
                Assert.Null(await m.New().RequestAsync(m.RunId!, MigrationRequest.AcceptAsIs, "kim", "it was the network", ct));
                return await m.MoveAsync(ct);
            },
            progress: reports.Add);

        Assert.Null(wrong);
        Assert.Contains(reports, static r => r is { State: MigrationState.Soaking, Alarm: HealthAlarm.AskPerson });
        // Too little of the watch was seen for a commit, however well the job is after it.
        Assert.Equal((MigrationState.Soaking, true, HealthVerdict.Healthy), (held!.State, held.IsHeld, held.Verdict));
        Assert.Contains("enough was known", held.Reason, StringComparison.Ordinal);
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public async Task T16_ApiServerAwayInTheSoak_IsUnknownAndNoReasonToGoBack()
    {
        var reports = new List<MigrationRun>();
        var (_, run, wrong) = await PlayAsync(
            onUnhealthy: OnUnhealthy.RollBack,
            at: (MigrationState.Soaking, static m => m.Fleet.GoAway(Kubernetes, TimeSpan.FromMinutes(12))),
            progress: reports.Add);

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
        Assert.Contains(reports, static r => r is { State: MigrationState.Soaking, Score: null } or { State: MigrationState.Soaking, Coverage: < 0.7 });
    }

    [Fact]
    public async Task T27_LoginFailsInTheSoak_OpensAGateThatNamesTheKeys()
    {
        var (_, run, wrong) = await PlayAsync(
            onUnhealthy: OnUnhealthy.RollBack,
            soak: TimeSpan.FromHours(1),
            at: (MigrationState.Soaking, static m => m.Fleet.FailTask(
                m.Fleet.LiveCopies(SimulatedMove.Job)[0].Copy.Application, "javax.security.auth.login.LoginException: Unable to obtain password from user")));

        Assert.Null(wrong);
        Assert.Equal(MigrationState.RolledBack, run.State);
        Assert.Contains("security.kerberos.login.keytab", run.Rollback!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T40_FirstFullCheckpointOfAGigabyteTakesLong_IsNoReasonToGoBack()
    {
        var (_, run, wrong) = await PlayAsync(
            onUnhealthy: OnUnhealthy.RollBack,
            behaviour: _job with { State = MemorySize.FromMebibytes(1024), StateBandwidth = MemorySize.FromMebibytes(2) });

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run.State);
    }

    [Fact]
    public async Task T38_TwentyMovesOfAHealthyNoisyJob_NoFalseAlarm()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var (_, run, wrong) = await PlayAsync(seed: seed, onUnhealthy: OnUnhealthy.RollBack, behaviour: Noisy(seed), soak: TimeSpan.FromMinutes(40), at: (MigrationState.Soaking, m => _ = NoiseAsync(m, seed)));

            Assert.True(wrong is null && run.State == MigrationState.Committed, $"{wrong}; seed {seed}: {run.State}, {run.Reason}, {run.Verdict}, {run.LostPoints}");
        }
    }

    [Fact]
    public async Task T38_TwentyMovesOfASlowedJob_AllFound()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var slow = Noisy(seed) with { CapacityPerSubtask = 0.5 * Noisy(seed).RecordsPerSecond * (0.7 + (seed * 0.01)) };
            var (_, run, wrong) = await PlayAsync(seed: seed, onUnhealthy: OnUnhealthy.RollBack, behaviour: Noisy(seed), before: m => m.Fleet.Describe(SimulatedMove.Job, Kubernetes, slow));

            Assert.Null(wrong);
            Assert.True(run.State == MigrationState.RolledBack, $"seed {seed}: {run.State}, {run.Reason}");
        }
    }

    [Fact]
    public async Task Judged_ProcessDiesAgainAndAgain_TheVerdictGoesOn()
    {
        var move = Move(Yarn, Kubernetes, 5, null);
        move.Options = Options(OnUnhealthy.RollBack, null);
        MigrationRun? run = null;

        var wrong = await move.RunAsync(async (m, ct) => run = await m.MoveAsync(ct, lives: TimeSpan.FromMinutes(37)), Cancellation);

        Assert.Null(wrong);
        Assert.Equal(MigrationState.Committed, run!.State);
    }

    [Theory]
    [InlineData(Yarn, Kubernetes)]
    [InlineData(Kubernetes, Yarn)]
    public async Task Judged_ProcessDiesAtEachRecord_IsExact(string from, string to)
    {
        var whole = Move(from, to, 1, null);
        whole.Options = Options(OnUnhealthy.RollBack, null);
        Assert.Null(await whole.RunAsync(static (m, ct) => m.MoveAsync(ct), Cancellation));
        var records = (await whole.Journal.ReadAsync(whole.RunId!, 0, Cancellation)).Length;

        for (var record = 1; record <= records; record++)
        {
            var move = Move(from, to, 1, null);
            move.Options = Options(OnUnhealthy.RollBack, null);
            var at = record;
            Assert.Null(await move.RunAsync((m, ct) => m.MoveAsync(ct, j => new DyingJournal(j, at, after: true)), Cancellation));
            Assert.Equal(MigrationState.Committed, (await move.FindAsync(Cancellation))!.State);
        }
    }

    private static SimulatedJob Noisy(int seed) => _job with { CheckpointDuration = TimeSpan.FromMilliseconds(200), RecordsPerSecond = 1_500 + (50 * seed), GarbageCollection = 0.01 + (seed * 0.001) };

    /// <summary>Idle minutes, another rate, one TaskManager lost.</summary>
    private static async Task NoiseAsync(SimulatedMove move, int seed)
    {
        var noisy = Noisy(seed);
        await Task.Delay(TimeSpan.FromMinutes(3 + (seed % 5)), move.Fleet.TimeProvider);
        move.Fleet.Describe(SimulatedMove.Job, noisy with { RecordsPerSecond = 0 });
        await Task.Delay(TimeSpan.FromMinutes(1 + (seed % 4)), move.Fleet.TimeProvider);
        move.Fleet.Describe(SimulatedMove.Job, noisy with { RecordsPerSecond = noisy.RecordsPerSecond * (0.9 + (seed * 0.01)) });
        await Task.Delay(TimeSpan.FromMinutes(5), move.Fleet.TimeProvider);
        if (move.Fleet.LiveCopies(SimulatedMove.Job) is [{ Copy.Application: var application }])
        {
            move.Fleet.KillTaskManager(application);
        }
    }

    private static SimulatedMove Move(string from, string to, int seed, SimulatedJob? behaviour) => new(seed, from, to, behaviour ?? _job);

    private static MoveOptions Options(OnUnhealthy onUnhealthy, TimeSpan? soak) => new()
    {
        Baseline = TimeSpan.FromMinutes(30),
        Soak = soak ?? TimeSpan.FromMinutes(20),
        OnUnhealthy = onUnhealthy,
        Sinks = System.Collections.Immutable.ImmutableSortedDictionary<string, SinkClass>.Empty.Add("orders", SinkClass.Transactional),
    };

    private static async Task<(SimulatedMove Move, MigrationRun Run, string? Wrong)> PlayAsync(
        string from = Yarn,
        string to = Kubernetes,
        int seed = 5,
        OnUnhealthy onUnhealthy = OnUnhealthy.Hold,
        TimeSpan? soak = null,
        SimulatedJob? behaviour = null,
        Action<SimulatedMove>? before = null,
        (MigrationState State, Action<SimulatedMove> Accident)? at = null,
        Func<SimulatedMove, MigrationRun, CancellationToken, Task<MigrationRun>>? after = null,
        Action<MigrationRun>? progress = null)
    {
        var move = Move(from, to, seed, behaviour);
        move.Options = Options(onUnhealthy, soak);
        move.Progress = progress is null ? null : new Told(progress);
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
        return (move, run!, wrong);
    }

    private static async Task LaterAsync(SimulatedMove move, MigrationState state, Action<SimulatedMove> accident)
    {
        while (move.RunId is null || await move.FindAsync(CancellationToken.None) is not { } run || run.Timeline.All(t => t.State != state))
        {
            await Task.Delay(TimeSpan.FromSeconds(5), move.Fleet.TimeProvider);
        }
        accident(move);
    }

    private sealed class Told(Action<MigrationRun> tell) : IProgress<MigrationRun>
    {
        public void Report(MigrationRun value) => tell(value);
    }
}
