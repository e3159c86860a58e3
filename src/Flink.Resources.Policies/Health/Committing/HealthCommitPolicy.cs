using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Health;

/// <summary>May a move be committed? Every condition that is not met is named.</summary>
public sealed class HealthCommitPolicy
{
    private static readonly FormattableString LagUnknown = $"the delay is not known";
    private static readonly FormattableString LagTooHigh = $"the delay is above what is allowed";

    private readonly HealthOptions _options;
    private readonly HealthVerdictPolicy _verdicts;

    /// <summary>Creates the policy.</summary>
    /// <param name="options">The numbers.</param>
    /// <exception cref="ArgumentException">A number is out of its range; the message lists all that are.</exception>
    public HealthCommitPolicy(HealthOptions options)
    {
        _verdicts = new(options);
        _options = options;
    }

    /// <summary>The next evaluation of the watch.</summary>
    /// <param name="state">What the earlier ones came to.</param>
    /// <param name="evaluation">The evaluation, not earlier than those before.</param>
    /// <returns>What all of them come to, and what is to be said after this one.</returns>
    public (HealthSoakState State, HealthStatement Statement) Step(HealthSoakState state, HealthEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(evaluation);
        var (verdict, statement) = _verdicts.Step(state.Verdict, evaluation);
        var good = IsGood(evaluation, state.Reference);
        var needed = Math.Min(_options.Scoring.FullCoverage, state.SourceCoverage ?? 1);
        return (state with
        {
            Evaluations = state.Evaluations + 1,
            Good = state.Good + (good ? 1 : 0),
            GoodRun = good ? state.GoodRun + 1 : 0,
            WellCovered = state.WellCovered + (evaluation.Coverage >= needed ? 1 : 0),
            FirstAt = state.FirstAt ?? evaluation.At,
            LastAt = evaluation.At,
            HasGate = !evaluation.Gates.IsEmpty,
            WasUnhealthy = state.WasUnhealthy || verdict.Verdict == HealthVerdict.Unhealthy,
            Verdict = verdict,
        }, statement);
    }

    /// <summary>Healthy, or as healthy as the job ever was: no gate, something known, and a score that is high or close to the reference.</summary>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="reference">The job's own score before the move; null without one.</param>
    public bool IsGood(HealthEvaluation evaluation, double? reference)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        return evaluation.Gates.IsEmpty
            && evaluation.IsKnown(_options.Scoring.MinimumCoverage)
            && (evaluation.Score >= _options.Scoring.HealthyFrom
                || (evaluation.Score >= _options.Scoring.WatchFrom && evaluation.Score >= reference - _options.Commit.ReferenceMargin));
    }

    /// <summary>Decides.</summary>
    /// <param name="state">What the evaluations come to.</param>
    /// <param name="facts">All else.</param>
    public HealthCommitDecision Decide(HealthSoakState state, HealthCommitFacts facts)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(facts);
        var unmet = ImmutableArray.CreateBuilder<UnmetCommitCondition>();
        if (facts.Kind != JobKind.Batch)
        {
            CheckScores(unmet, state, facts);
        }
        else
        {
            CheckRuns(unmet, state, facts);
        }
        return new([.. unmet.OrderBy(static u => u.Condition)]);
    }

    private void CheckScores(ImmutableArray<UnmetCommitCondition>.Builder unmet, HealthSoakState state, HealthCommitFacts facts)
    {
        var commit = _options.Commit;
        var watched = state.LastAt - state.FirstAt;
        Need(unmet, HealthCommitCondition.Soak, watched >= facts.Soak,
            $"watched for {watched ?? TimeSpan.Zero:c}, {facts.Soak:c} is needed");
        Need(unmet, HealthCommitCondition.GoodShare, IsShare(state.Good, state.Evaluations, commit.GoodShare),
            $"{state.Good} of {state.Evaluations} evaluations are good, {commit.GoodShare:P0} is needed");
        Need(unmet, HealthCommitCondition.LastTen, state.GoodRun >= commit.LastGood,
            $"the newest {state.GoodRun} evaluations are good, {commit.LastGood} in a row are needed");
        CheckAlways(unmet, state, facts);
        Need(unmet, HealthCommitCondition.Coverage, IsShare(state.WellCovered, state.Evaluations, commit.CoverageShare),
            $"in {state.WellCovered} of {state.Evaluations} evaluations enough was known, {commit.CoverageShare:P0} is needed");
        if (facts.Kind == JobKind.NearRealTime)
        {
            Need(unmet, HealthCommitCondition.Cycles, facts.GoodCycles >= commit.GoodCycles,
                $"{facts.GoodCycles} good cycles in a row, {commit.GoodCycles} are needed");
        }
        else
        {
            Need(unmet, HealthCommitCondition.Checkpoints, facts.CompletedCheckpoints >= commit.Checkpoints,
                $"{facts.CompletedCheckpoints} checkpoints completed on the target, {commit.Checkpoints} are needed");
        }
        Need(unmet, HealthCommitCondition.Lag, facts.LagWithinSlo == true || (facts.HasNoLag && facts.LagWithinSlo is null),
            facts.LagWithinSlo is null ? LagUnknown : LagTooHigh);
    }

    private void CheckRuns(ImmutableArray<UnmetCommitCondition>.Builder unmet, HealthSoakState state, HealthCommitFacts facts)
    {
        var needed = facts.ShadowComparisonIsEqual ? Math.Min(_options.Commit.GoodRunsWithComparison, _options.Commit.GoodRuns) : _options.Commit.GoodRuns;
        CheckAlways(unmet, state, facts);
        Need(unmet, HealthCommitCondition.Runs, facts.GoodRuns >= needed, $"{facts.GoodRuns} good runs in a row, {needed} are needed");
    }

    private static void CheckAlways(ImmutableArray<UnmetCommitCondition>.Builder unmet, HealthSoakState state, HealthCommitFacts facts)
    {
        Need(unmet, HealthCommitCondition.Unhealthy, !state.WasUnhealthy, $"the job was unhealthy meanwhile");
        Need(unmet, HealthCommitCondition.Parity, facts.HasParityReport, $"the comparison of before and after is missing");
        Need(unmet, HealthCommitCondition.Gate, !state.HasGate, $"a gate is open");
        Need(unmet, HealthCommitCondition.Hold, !facts.IsHeld, $"the campaign is held");
    }

    /// <summary>Of nothing no share is reached, not even none: what was never seen is not good.</summary>
    private static bool IsShare(int part, int whole, double share) => whole > 0 && part >= share * whole;

    private static void Need(ImmutableArray<UnmetCommitCondition>.Builder unmet, HealthCommitCondition condition, bool isMet, FormattableString explanation)
    {
        if (!isMet)
        {
            unmet.Add(new(condition, explanation.ToString(CultureInfo.InvariantCulture)));
        }
    }
}
