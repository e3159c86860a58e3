using System.Text;
using static Flink.Resources.Migration.MigrationCases;

namespace Flink.Resources.Migration;

/// <summary>The table "what happens if X dies in state Y" in docs/migration.md says what the machine does. UPDATE_DOCS=1 writes it anew.</summary>
public sealed class DeathTableTests
{
    private const string Begin = "<!-- deaths: written by DeathTableTests -->";
    private const string End = "<!-- end of deaths -->";

    private static readonly MigrationState[] _states =
    [
        MigrationState.Validating, MigrationState.Baselining, MigrationState.PreparingTarget, MigrationState.Stopping, MigrationState.SourceFenced, MigrationState.Submitting,
        MigrationState.Restoring, MigrationState.CatchingUp, MigrationState.Soaking,
    ];

    private static readonly (string Name, Func<MigrationRun, JobEffect, DateTimeOffset, JobEvent?> World)[] _deaths =
    [
        ("the source's cluster does not answer any more", static (_, effect, at) => Concerns(effect, Source) || Concerns(effect, Return) ? Silence(effect, at) : null),
        ("the target's cluster does not answer any more", static (_, effect, at) => Concerns(effect, Target) ? Silence(effect, at) : null),
        ("the job on the source fails for good", static (_, effect, at) => effect is LookAtCopy { Copy.Application: var a } && a == Source ? new CopySeen(Failed) { At = at } : effect is ReadHealth { Copy.Application: var b } read && b == Source ? Scored(read, Failed, at, null, 0, null) : null),
        ("the job on the target fails for good", static (_, effect, at) => effect switch
        {
            LookAtCopy { Copy.Application: var a } when a == Target => new CopySeen(Failed) { At = at },
            ReadHealth { Copy.Application: var a } read when a == Target => Scored(read, Failed, at, null, 0, null),
            CollectEvidence => new EvidenceSeen(Failed, "it failed") { At = at },
            _ => null,
        }),
    ];

    private static CopyObservation Failed => Healthy with { JobState = FlinkJobState.Failed, AllTasksRun = false, LiveJobs = 0, RestoredFrom = Savepoint };

    [Fact]
    public void Document_SaysWhatTheMachineDoes()
    {
        var path = Repository.Document("migration.md");
        var text = File.ReadAllText(path);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var table = $"\n{Table()}";
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, $"{text[..begin]}{table}{text[end..]}");
            return;
        }

        Assert.Equal(table, text[begin..end].ReplaceLineEndings("\n"));
    }

    private static string Table()
    {
        var table = new StringBuilder("| in state | ").AppendJoin(" | ", _deaths.Select(static d => d.Name)).Append(" |\n|---|");
        table.Insert(table.Length, "---|", _deaths.Length).Append('\n');
        foreach (var state in _states)
        {
            table.Append("| ").Append(state);
            foreach (var (_, world) in _deaths)
            {
                var run = Until(state);
                var (end, _) = Carry(run, world, 20_000);
                table.Append(" | ").Append(Words(end));
            }
            table.Append(" |\n");
        }
        return table.ToString();
    }

    private static string Words(MigrationRun run) => run.State switch
    {
        MigrationState.Parked => $"Parked, live: {run.Live}",
        MigrationState.RolledBack => $"RolledBack ({run.Rollback!.Choice})",
        _ => run.IsFinal ? run.State.ToString() : $"waits in {run.State}",
    };

    private static MigrationRun Until(MigrationState state)
    {
        var run = New(new MoveOptions { Baseline = TimeSpan.FromMinutes(10), Soak = TimeSpan.FromMinutes(10), Sinks = MoveOptionsOf(SinkClass.Transactional) });
        while (run.State != state)
        {
            Assert.False(run.IsFinal, $"{run.State}, {run.Reason}");
            (run, _) = Carry(run, null, 1);
        }
        return run;
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, SinkClass> MoveOptionsOf(SinkClass sink) =>
        System.Collections.Immutable.ImmutableSortedDictionary<string, SinkClass>.Empty.Add("orders", sink);

    private static bool Concerns(JobEffect effect, ApplicationHandle application) => effect switch
    {
        PrepareApplication prepare => prepare.Backend == application.Backend,
        StartApplication start => start.Application.Application == application,
        StopWithSavepoint stop => stop.Copy.Application == application,
        TriggerCheckpoint trigger => trigger.Copy.Application == application,
        RemoveApplication remove => remove.Application == application,
        ForgetFence forget => forget.Backend == application.Backend,
        LookAtCopy look => look.Copy.Application == application,
        ProbeDirectory probe => probe.Backend == application.Backend,
        BringUpStandby bring => bring.Application.Application == application,
        LookAtStandby look => look.Application.Application == application,
        ReadHealth read => read.Copy.Application == application,
        ProbeDeath probe => probe.Copy.Application == application,
        CollectEvidence collect => collect.Copy.Application == application,
        LookForFences => true,
        _ => false,
    };

    private static JobEvent Silence(JobEffect effect, DateTimeOffset at) => effect switch
    {
        LookAtCopy => new CopySeen(new CopyObservation { Trouble = "timeout" }) { At = at },
        ReadHealth read => Scored(read, new CopyObservation { Trouble = "timeout" }, at, null, 0, null),
        LookForFences => new FencesSeen([], ["timeout"], 0) { At = at },
        PrepareApplication => new PrepareEnded(WriteResult.Unknown, null, null, "timeout") { At = at },
        StartApplication => new StartEnded(WriteResult.Unknown, "timeout") { At = at },
        RemoveApplication => new RemoveEnded(WriteResult.Unknown, "timeout") { At = at },
        ForgetFence => new FenceForgotten(WriteResult.Unknown, "timeout") { At = at },
        BringUpStandby => new StandbyBegun(WriteResult.Unknown, false, "timeout") { At = at },
        LookAtStandby => new StandbySeen(LookupStatus.Unknown, false, "timeout") { At = at },
        ProbeDirectory => new DirectoryTried(DirectoryVerdict.Unknown, "timeout") { At = at },
        ProbeDeath => new DeathSeen(DeathVerdict.Unknown, true, Evidence.None) { At = at },
        CollectEvidence => new EvidenceSeen(new CopyObservation { Trouble = "timeout" }, "nothing could be read") { At = at },
        _ => new TriggerEnded(WriteResult.Unknown, "timeout") { At = at },
    };
}
