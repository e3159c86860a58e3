using System.Collections.Immutable;
using Flink.Resources.Eligibility;

namespace Flink.Resources;

/// <summary>
/// A campaign as a pure function: records fold to what is known (<see cref="Step"/>), and what is known decides what happens next
/// (<see cref="Decide"/>). It never waits, calls or looks at a clock.
/// </summary>
internal static partial class CampaignMachine
{
    /// <summary>What a person's pause is called.</summary>
    public const string PauseKey = "asked-pause";

    /// <summary>What a person's abort is called.</summary>
    public const string AbortKey = "asked-abort";

    /// <summary>A campaign at its beginning.</summary>
    public static CampaignRun Create(string id, CampaignRequest request, DateTimeOffset at)
    {
        var jobs = ImmutableDictionary.CreateBuilder<JobKey, CampaignJob>();
        for (var i = 0; i < request.Plan.Waves.Length; i++)
        {
            foreach (var move in request.Plan.Waves[i].Moves)
            {
                jobs.Add(move.Job.Job, new CampaignJob(move, i));
            }
        }
        return Advance(new CampaignRun { Id = id, Request = request, CreatedAt = at, Jobs = jobs.ToImmutable() });
    }

    /// <summary>What is known after something happened.</summary>
    public static CampaignRun Step(CampaignRun run, CampaignEvent happened) => run.IsFinal ? run : happened switch
    {
        JobsChosen chosen => chosen.Jobs.Aggregate(
            run with { StartedAt = run.StartedAt ?? chosen.At },
            (r, j) => Change(r, j, c => c with { State = CampaignJobState.Starting, StartedAt = chosen.At, Reason = null })),
        RunWritten written => Change(run, written.Job, c => c with { State = CampaignJobState.Moving, Run = written.Run }),
        StartPutOff put => Change(run, put.Job, c => c with { State = CampaignJobState.Waiting, StartedAt = null, Reason = put.Reason }),
        JobLeft left => Advance(Change(run, left.Job, c => c with { State = CampaignJobState.NotMoved, EndedAt = left.At, Reason = left.Reason })),
        JobJudged judged => Advance(Change(run, judged.Job, c => Judge(c, judged))),
        JobReached reached => Advance(Change(run, reached.Job, c => Reach(c, reached))),
        HoldsFound found => Hold(run, found),
        IncidentsFound found => run with { Incidents = found.Incidents },
        LikenessBlocked blocked => Note(run with { Blocked = run.Blocked.SetItem(blocked.Likeness.Signature, blocked.Likeness) }, blocked.At, $"Jobs like these are not started: {blocked.Likeness}", null),
        DemandMade demand => Demanded(run, demand),
        CampaignOver over => Note(run with { Ended = over.State, EndedAt = over.At }, over.At, over.State.ToString(), null),
        _ => run,
    };

    /// <summary>How a run's state counts.</summary>
    public static CampaignJobState StateOf(MigrationState state, bool isHeld) => state switch
    {
        // Unhealthy on the target, and somebody has to say what follows.
        _ when isHeld => CampaignJobState.Parked,
        MigrationState.Soaking => CampaignJobState.Soaking,
        MigrationState.Committed => CampaignJobState.Committed,
        MigrationState.RolledBack => CampaignJobState.RolledBack,
        MigrationState.Ineligible or MigrationState.Held or MigrationState.Cancelled => CampaignJobState.NotMoved,
        MigrationState.Parked => CampaignJobState.Parked,
        MigrationState.RollbackRequested or MigrationState.TargetStopping or MigrationState.TargetFenced
            or MigrationState.SourceResubmitting or MigrationState.SourceVerifying => CampaignJobState.GoingBack,
        _ => CampaignJobState.Moving,
    };

    private static CampaignRun Hold(CampaignRun run, HoldsFound found)
    {
        var before = run.Standing;
        run = run with { Standing = found.Holds };
        foreach (var hold in found.Holds.Where(h => !before.Any(b => b.Key == h.Key)))
        {
            run = Note(run, found.At, $"{hold.Kind}: {hold.Reason}", null);
        }
        foreach (var hold in before.Where(b => !found.Holds.Any(h => h.Key == b.Key)))
        {
            run = Note(run, found.At, $"No longer: {hold.Reason}", null);
        }
        return run;
    }

    private static CampaignJob Judge(CampaignJob job, JobJudged judged) => new EligibilityReport(judged.Job, judged.Findings).Refusal() switch
    {
        _ when job.State != CampaignJobState.Waiting => job,
        null => job with { JudgedAt = judged.JudgedAt, Findings = [], Reason = null },
        var refusal => job with { State = CampaignJobState.NotMoved, JudgedAt = judged.JudgedAt, Findings = judged.Findings, EndedAt = judged.At, Reason = refusal },
    };

    private static CampaignJob Reach(CampaignJob job, JobReached reached)
    {
        var next = job with { State = StateOf(reached.State, reached.IsHeld), Reason = reached.Reason, Signature = reached.Signature ?? job.Signature, IsByChoice = reached.IsByChoice };
        return next.State switch
        {
            CampaignJobState.Soaking => next with { SoakingAt = job.SoakingAt ?? reached.At, EndedAt = null },
            CampaignJobState.Parked => next with { EndedAt = reached.At, RollbackFailed = reached.WasGoingBack },
            _ => next with { EndedAt = next.IsFinal ? reached.At : null, RollbackFailed = false },
        };
    }

    private static CampaignRun Change(CampaignRun run, JobKey key, Func<CampaignJob, CampaignJob> change)
    {
        if (!run.Jobs.TryGetValue(key, out var job))
        {
            return run;
        }
        var next = change(job);
        return run with
        {
            Jobs = run.Jobs.SetItem(key, next),
            Open = next.IsOpen == job.IsOpen ? run.Open : next.IsOpen ? run.Open.Add(key) : run.Open.Remove(key),
        };
    }

    /// <summary>Past the waves that are over. One that was over stays so, whatever becomes of its jobs.</summary>
    private static CampaignRun Advance(CampaignRun run)
    {
        var waves = run.Request.Plan.Waves;
        var current = run.CurrentWave;
        while (current < waves.Length && waves[current].Moves.All(m => run.Jobs[m.Job.Job].IsOver(run.Request.Options.WaveEnd)))
        {
            current++;
        }
        return current == run.CurrentWave ? run : run with { CurrentWave = current };
    }

    private static CampaignRun Note(CampaignRun run, DateTimeOffset at, string what, string? by) => run with { Notes = run.Notes.Add(new CampaignNote(at, what, by)) };
}
