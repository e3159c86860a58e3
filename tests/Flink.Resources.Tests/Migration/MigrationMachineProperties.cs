using System.Collections.Immutable;
using CsCheck;
using Flink.Resources.Health;
using static Flink.Resources.Migration.MigrationCases;

namespace Flink.Resources.Migration;

/// <summary>Whatever the world answers and people ask for, at whatever time.</summary>
public sealed class MigrationMachineProperties
{
    private static readonly Gen<(int Kind, int Request, int Jump)[]> _worlds =
        Gen.Select(Gen.Int[0, 11], Gen.Int[0, 60], Gen.Int[0, 40]).Array[50, 400];

    private static readonly Gen<StopMethod> _stops = Gen.OneOf(Gen.Const(StopMethod.Savepoint), Gen.Const(StopMethod.LastCheckpoint));

    [Fact]
    public void Carry_InAnyWorld_StartsOnlyWhatNothingElseCanRunBeside() =>
        Gen.Select(_worlds, _stops).Sample(static (world, stop) =>
        {
            var alive = new HashSet<string>(StringComparer.Ordinal) { Source.Id };
            var stopped = new HashSet<string>(StringComparer.Ordinal);
            Play(world, stop, (run, effect, happened) =>
            {
                switch (effect, happened)
                {
                    case (StartApplication start, _):
                        var other = alive.Where(a => a != NameOf(start.Application)).ToList();
                        Assert.True(other.Count == 0, $"{start.Application.Fence} is started while {string.Join(", ", other)} may live; {run.State}.");
                        Assert.IsType<RestorePoint.Snapshot>(start.Restore);
                        alive.Add(NameOf(start.Application));
                        break;
                    case (LookAtCopy look, CopySeen { Copy.Savepoint: SavepointLook.Completed }):
                        stopped.Add(look.Copy.Application.Id);
                        break;
                    case (ProbeDeath probe, DeathSeen death) when death.Verdict == DeathVerdict.Dead
                        || (!death.CanComeBack && death.Verdict == DeathVerdict.Dying && stopped.Contains(probe.Copy.Application.Id)):
                        alive.Remove(Names(run, probe.Copy.Application));
                        break;
                    case (_, RequestMade { Request: MigrationRequest.NoneLives }) when run.State == MigrationState.Parked:
                        alive.Clear();
                        break;
                }
            });
        }, iter: 3000);

    [Fact]
    public void Carry_InAnyWorld_KnowsASnapshotFromTheStopOn() =>
        Gen.Select(_worlds, _stops).Sample(static (world, stop) => Play(world, stop, static (run, effect, _) =>
        {
            if (effect is RemoveApplication { Application: var a } && a == Source && run.Ending == MigrationState.Unknown)
            {
                Assert.NotNull(run.Origin);
            }
            if (effect is RemoveApplication { Metadata: HaMetadata.Purge, Application: var source } && source == Source && run.Stop == StopMethod.LastCheckpoint)
            {
                Assert.Equal($"{Checkpoints}/chk-9", run.Origin!.Uri);
            }
        }), iter: 2000);

    [Fact]
    public void Carry_InAnyWorld_HasSomethingToDoOrWaitsForAPersonOrIsOver() =>
        Gen.Select(_worlds, _stops).Sample(static (world, stop) => Play(world, stop, static (run, _, _) =>
            Assert.True(run.IsFinal || run.WaitsForPerson || run.Pending is not null, run.State.ToString())), iter: 2000);

    private static readonly HealthOptions _quick = new()
    {
        Scoring = new HealthScoringOptions { EvaluationPeriod = TimeSpan.FromSeconds(5) },
        Verdicts = new HealthVerdictOptions { UnhealthyFor = TimeSpan.FromSeconds(5) },
    };

    /// <summary>Two identities of the return are told apart by their fence.</summary>
    private static string NameOf(PreparedApplication application) => application.Application == Return ? application.Fence.ToString() : application.Application.Id;

    private static string Names(MigrationRun run, ApplicationHandle application) => application == Return && run.Returned is { } returned ? returned.Fence.ToString() : application.Id;

    private static void Play((int Kind, int Request, int Jump)[] world, StopMethod stop, Action<MigrationRun, JobEffect?, JobEvent> watch)
    {
        var run = New(new MoveOptions
        {
            Stop = stop,
            Soak = TimeSpan.FromMinutes(1),
            // Half of them are judged by their score, in few and short steps.
            Baseline = world.Length % 2 == 0 ? TimeSpan.FromSeconds(30) : TimeSpan.Zero,
            OnUnhealthy = world.Length % 4 == 0 ? OnUnhealthy.RollBack : OnUnhealthy.Hold,
            Health = _quick,
        });
        var now = Noon;
        foreach (var (kind, request, jump) in world)
        {
            if (run.IsFinal)
            {
                return;
            }
            now += jump == 0 ? TimeSpan.FromMinutes(6) : TimeSpan.FromSeconds(1);
            if (request is > 0 and <= 9 && (MigrationRequest)request is var asked)
            {
                var made = new RequestMade(asked, "kim", null) { At = now };
                watch(run, null, made);
                run = MigrationMachine.Step(run, made);
                continue;
            }
            if (run.Pending is not { } effect)
            {
                continue;
            }
            var happened = kind < 6 ? Answer(run, effect, now) : Trouble(run, effect, kind, now);
            watch(run, effect, happened);
            run = MigrationMachine.Step(run, happened);
        }
    }

    private static JobEvent Trouble(MigrationRun run, JobEffect effect, int kind, DateTimeOffset at) => effect switch
    {
        LookAtCopy => new CopySeen(kind switch
        {
            6 => new CopyObservation { Trouble = "timeout" },
            7 => Healthy with { Savepoint = SavepointLook.Failed, SavepointCause = "no" },
            8 => Healthy with { JobState = FlinkJobState.Failed, AllTasksRun = false, Savepoint = SavepointLook.Failed, SavepointNamedByCause = Savepoint },
            9 => new CopyObservation { Application = LookupStatus.Found, ApplicationState = ApplicationState.Finished, Result = ApplicationResult.Failed },
            10 => Healthy with { Savepoint = SavepointLook.Absent },
            _ => Healthy with { JobState = FlinkJobState.Restarting, AllTasksRun = false, Savepoint = SavepointLook.InProgress },
        }) { At = at },
        ReadHealth read => Scored(
            read,
            kind switch
            {
                6 => new CopyObservation { Trouble = "timeout" },
                7 => Healthy with { JobState = FlinkJobState.Failed, AllTasksRun = false },
                8 => Healthy with { JobState = FlinkJobState.Restarting, AllTasksRun = false },
                _ => Healthy,
            },
            at, kind < 9 ? null : kind - 7, kind < 9 ? 0 : 1, kind < 9 ? null : kind % 2 == 0, kind == 11 ? [HealthGate.G5FallingBehind] : []),
        LookForFences => kind % 2 == 0
            ? new FencesSeen([], ["k8s-east: timeout"], 0) { At = at }
            : new FencesSeen([new FenceObservation(new Fence(MigrationCases.Spec.Job, 9), "other", Source with { Id = "application_9" }, ApplicationState.Running)], [], 9) { At = at },
        PrepareApplication => new PrepareEnded(kind % 2 == 0 ? WriteResult.Unknown : WriteResult.Refused, null, null, "no") { At = at },
        StartApplication => new StartEnded(kind % 2 == 0 ? WriteResult.Unknown : WriteResult.Refused, "no") { At = at },
        StopWithSavepoint or TriggerCheckpoint => new TriggerEnded(kind % 2 == 0 ? WriteResult.Unknown : WriteResult.Refused, "no") { At = at },
        RemoveApplication => new RemoveEnded((WriteResult)(kind % 4), "no") { At = at },
        ProbeDirectory => new DirectoryTried((DirectoryVerdict)(kind % 4), "no") { At = at },
        ProbeDeath => new DeathSeen((DeathVerdict)(kind % 3), kind % 2 == 0, Evidence.None) { At = at },
        FindSnapshot => new SnapshotSeen(kind % 2 == 0 ? LookupStatus.Unknown : LookupStatus.Absent, null, "no") { At = at },
        CollectEvidence => new EvidenceSeen(kind < 9 ? Healthy with { CompletedCheckpoints = 0 } : new CopyObservation(), "nothing") { At = at },
        _ => Answer(run, effect, at),
    };
}
