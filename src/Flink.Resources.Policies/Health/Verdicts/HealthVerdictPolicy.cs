namespace Flink.Resources.Health;

/// <summary>Turns evaluations into verdicts: quick to see a gate, slow with everything else.</summary>
public sealed class HealthVerdictPolicy
{
    private readonly HealthScoringOptions _scoring;
    private readonly HealthVerdictOptions _verdicts;

    /// <summary>Creates the policy.</summary>
    /// <param name="options">The numbers.</param>
    /// <exception cref="ArgumentException">A number is out of its range; the message lists all that are.</exception>
    public HealthVerdictPolicy(HealthOptions options)
    {
        HealthOptionsValidator.ThrowIfInvalid(options);
        (_scoring, _verdicts) = (options.Scoring, options.Verdicts);
    }

    /// <summary>The next evaluation of a job. Evaluations come in the order of their times.</summary>
    /// <param name="state">What is remembered.</param>
    /// <param name="evaluation">What was seen.</param>
    /// <returns>What to remember, and what to say.</returns>
    public (HealthVerdictState State, HealthStatement Statement) Step(HealthVerdictState state, HealthEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(evaluation);
        if (!evaluation.IsKnown(_scoring.MinimumCoverage))
        {
            var since = state.UnknownSince ?? evaluation.At;
            return (state with { UnknownSince = since }, new(state.Verdict, AlarmAfter(evaluation.At - since)));
        }
        var hasGate = !evaluation.Gates.IsEmpty;
        state = Count(state, hasGate ? 0 : evaluation.Score!.Value, evaluation.At);
        var verdict = Next(state, hasGate, evaluation);
        var partial = verdict == HealthVerdict.Healthy && evaluation.Coverage < _scoring.FullCoverage;
        state = state with
        {
            Verdict = verdict,
            UnhealthySince = verdict == HealthVerdict.Unhealthy ? state.UnhealthySince ?? evaluation.At : null,
        };
        return (state, new(partial ? HealthVerdict.HealthyPartial : verdict, HealthAlarm.None));
    }

    private HealthVerdictState Count(HealthVerdictState state, double score, DateTimeOffset at)
    {
        var low = score < _scoring.WatchFrom;
        return state with
        {
            LowRun = low ? Longer(state.LowRun) : 0,
            LowSince = low ? state.LowSince ?? at : null,
            NotHealthyRun = score < _scoring.HealthyFrom ? Longer(state.NotHealthyRun) : 0,
            RecoveryRun = score >= _verdicts.RecoveredFrom ? Longer(state.RecoveryRun) : 0,
            HealthyRun = score >= _verdicts.HealthyAgainFrom ? Longer(state.HealthyRun) : 0,
            UnknownSince = null,
        };
    }

    /// <summary>Runs have no end; an evaluation every second for a century has one.</summary>
    private static int Longer(int run) => run == int.MaxValue ? run : run + 1;

    private HealthVerdict Next(HealthVerdictState state, bool hasGate, HealthEvaluation evaluation)
    {
        if (hasGate || (state.LowRun >= _verdicts.UnhealthyRun && evaluation.At - state.LowSince >= _verdicts.UnhealthyFor))
        {
            return HealthVerdict.Unhealthy;
        }
        return state.Verdict switch
        {
            HealthVerdict.Unknown => evaluation.Score >= _scoring.HealthyFrom ? HealthVerdict.Healthy : HealthVerdict.Watch,
            HealthVerdict.Unhealthy when state.RecoveryRun >= _verdicts.RecoveryRun =>
                state.HealthyRun >= _verdicts.RecoveryRun ? HealthVerdict.Healthy : HealthVerdict.Watch,
            HealthVerdict.Healthy when state.NotHealthyRun >= _verdicts.WatchRun => HealthVerdict.Watch,
            HealthVerdict.Watch when state.HealthyRun >= _verdicts.HealthyRun => HealthVerdict.Healthy,
            var stays => stays,
        };
    }

    private HealthAlarm AlarmAfter(TimeSpan unknown) =>
        unknown >= _verdicts.AskAfter ? HealthAlarm.AskPerson
        : unknown >= _verdicts.AlarmAfter ? HealthAlarm.Alarm
        : HealthAlarm.None;
}
