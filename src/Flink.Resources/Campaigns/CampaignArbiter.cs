using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>
/// Judges a campaign by the abort rules: gives them what was measured and heard, writes down what they say, and tells the runs.
/// </summary>
internal sealed class CampaignArbiter(
    CampaignPen pen, CampaignObserver observer, CampaignListener listener, CampaignPatrol? patrol, IReadOnlyDictionary<JobKey, MigrationRun> runs, CampaignSituations? situations, TimeProvider timeProvider)
{
    private DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>What comes round with time: scores, and what others said meanwhile.</summary>
    public async Task PollAsync(CancellationToken cancellationToken)
    {
        listener.Begin(cancellationToken);
        patrol?.Begin(pen.Run, cancellationToken);
        await HearIncidentsAsync().ConfigureAwait(false);
        AddScore();
        await JudgeAsync().ConfigureAwait(false);
    }

    /// <summary>The abort rules; what they say is written down when it is something else than before.</summary>
    public async Task JudgeAsync()
    {
        if (pen.Run.IsFinal)
        {
            return;
        }
        var before = pen.Run.Standing;
        var facts = observer.Facts with { SeenTwice = listener.SeenTwice };
        var holds = CampaignJudge.Judge(pen.Run, patrol?.AddTo(facts) ?? facts);
        if (!CampaignJudge.Differ(before, holds))
        {
            // When a cause was last seen is remembered, and not worth a record.
            pen.Remember(pen.Run with { Standing = holds });
            situations?.Set(pen.Run);
            return;
        }
        await pen.WriteAsync(new HoldsFound(holds) { At = Now }).ConfigureAwait(false);
        situations?.Set(pen.Run);
        foreach (var likeness in CampaignJudge.NewlyBlocked(pen.Run, before, holds).ToList())
        {
            await pen.WriteAsync(new LikenessBlocked(likeness) { At = Now }).ConfigureAwait(false);
        }
    }

    /// <summary>Incidents are written down: failures that fell into them are excused after a restart too.</summary>
    private async Task HearIncidentsAsync()
    {
        var known = pen.Run.Incidents;
        foreach (var (source, said) in listener.TakeIncidents())
        {
            known = CampaignIncidents.Hear(known, source, said, Now);
        }
        if (!known.SequenceEqual(pen.Run.Incidents) && !pen.Run.IsFinal)
        {
            await pen.WriteAsync(new IncidentsFound(known) { At = Now }).ConfigureAwait(false);
        }
    }

    private void AddScore()
    {
        var scores = pen.Run.Open.Where(k => pen.Run.Jobs[k].State == CampaignJobState.Soaking)
            .Select(k => runs.TryGetValue(k, out var run) && !CampaignJudge.ScoresAreUnknown(pen.Run, run.Request.TargetBackend) ? CampaignScores.ScoreOf(run) : null)
            .OfType<double>().ToList();
        observer.AddScore(new MeanScore(Now, scores.Count == 0 ? null : scores.Average()));
    }
}
