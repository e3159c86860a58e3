namespace Flink.Resources.Health;

/// <summary>The score's reason to be: to leave healthy jobs alone, noise and all, and to find every one that is not.</summary>
public sealed class NoisyJobTests
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(45);

    public static TheoryData<int> Moves => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Moves))]
    public void Evaluate_HealthyNoisyJob_IsNoFalseAlarm(int seed)
    {
        var (scorer, policy, state) = (new HealthScorer(new()), new HealthCommitPolicy(new()), new HealthSoakState());
        foreach (var facts in new NoisyJob(seed, slowed: 1).Watch(Length))
        {
            var evaluation = scorer.Evaluate(facts);
            (state, var said) = policy.Step(state, evaluation);

            Assert.True(said is { Verdict: not HealthVerdict.Unhealthy, Alarm: HealthAlarm.None }, $"{facts.Now:t}: {said} {Explain(evaluation)}");
        }
        Assert.Equal(HealthVerdict.Healthy, state.Verdict.Verdict);
    }

    [Theory]
    [MemberData(nameof(Moves))]
    public void Evaluate_SlowedJob_IsFoundAndTheReasonIsNamed(int seed)
    {
        // From a tenth too slow to half as fast as what arrives.
        var slowed = 0.45 - (0.01 * seed);
        var (scorer, policy, state) = (new HealthScorer(new()), new HealthVerdictPolicy(new()), HealthVerdictState.Initial);
        HealthEvaluation? found = null;
        foreach (var facts in new NoisyJob(seed, slowed).Watch(Length))
        {
            var evaluation = scorer.Evaluate(facts);
            (state, _) = policy.Step(state, evaluation);
            found ??= state.Verdict == HealthVerdict.Unhealthy ? evaluation : null;
        }

        Assert.NotNull(found);
        Assert.Equal(HealthVerdict.Unhealthy, state.Verdict);
        Assert.True(found.Gates.Any(static g => g.Gate == HealthGate.G5FallingBehind) || found.Items.Any(static i => i.Item == "lag" && i.LostPoints > 0), Explain(found));
    }

    private static string Explain(HealthEvaluation evaluation) =>
        $"{evaluation.Score} {string.Join(", ", evaluation.Items.Where(static i => i.LostPoints > 0).Select(static i => $"{i.Item} {i.Value:0.##} -{i.LostPoints:0.##}"))} {string.Join(", ", evaluation.Gates.Select(static g => g.Evidence))}";
}
