using CsCheck;
using static Flink.Resources.Health.HealthCases;

namespace Flink.Resources.Health;

public sealed class HealthScorerProperties
{
    [Fact]
    public void Score_Always_IsBetween0And10() => Situations.Sample(static situation =>
    {
        var evaluation = Scorer.Score(situation);

        Assert.InRange(evaluation.Score ?? 0, 0, 10);
        Assert.InRange(evaluation.Coverage, 0, 1);
        Assert.Equal(evaluation.Score is null, evaluation.Items.IsEmpty);
    });

    [Fact]
    public void Score_AnItemGetsBetter_NeverFalls() => Gen.Select(Situations, Gen.Int[0, 10], Gen.Double[0, 1]).Sample(static (situation, which, step) =>
    {
        var item = HealthItems.Streaming[which];
        if (situation.Readings.FirstOrDefault(r => r.Item == item.Key) is not { Item: not null } reading)
        {
            return;
        }

        var better = Scorer.Score(situation.With(item.Key, reading.Value + ((item.Good - item.Bad) * step)));

        Assert.True((better.Score ?? 0) >= (Scorer.Score(situation).Score ?? 0) - 1e-12);
    });

    [Fact]
    public void Score_OrderOfLists_MeansNothing() => Gen.Select(Situations, Gen.Int).Sample(static (situation, seed) =>
    {
        var random = new Random(seed);
        var shuffled = situation with
        {
            Readings = [.. situation.Readings.OrderBy(_ => random.Next())],
            Gates = [.. situation.Gates.OrderBy(_ => random.Next())],
        };

        AssertSame(Scorer.Score(situation), Scorer.Score(shuffled));
    });

    [Fact]
    public void Score_OrderOfItemsInTheOptions_ChangesNothingButRounding() => Gen.Select(Situations, Gen.Int).Sample(static (situation, seed) =>
    {
        var random = new Random(seed);
        var other = new HealthScorer(new() { Streaming = [.. HealthItems.Streaming.OrderBy(_ => random.Next())] });

        Assert.Equal(Scorer.Score(situation).Score ?? -1, other.Score(situation).Score ?? -1, 9);
    });

    [Fact]
    public void Score_AnItemIsRemoved_NoOtherGradeChanges() => Gen.Select(Situations, Gen.Int[0, 10]).Sample(static (situation, which) =>
    {
        var all = Scorer.Score(situation);
        var fewer = Scorer.Score(situation.Without(Keys[which]));

        Assert.Equal(
            all.Items.Where(i => i.Item != Keys[which]).Select(static i => (i.Item, i.Value, i.Grade, i.Weight)),
            fewer.Items.Select(static i => (i.Item, i.Value, i.Grade, i.Weight)));
        Assert.True(fewer.Coverage <= all.Coverage);
    });

    [Fact]
    public void Score_AGateOpens_NeverRises() => Gen.Select(Situations, Gen.Enum<HealthGate>()).Sample(static (situation, gate) =>
    {
        var before = Scorer.Score(situation);
        var after = Scorer.Score(situation with { Gates = situation.Gates.Add(new(gate, "seen")) });

        Assert.True((after.Score ?? 0) <= (before.Score ?? 0));
        Assert.True(after.Gates.IsEmpty || after is { Band: HealthBand.Unhealthy, Cap: 3.0 });
    });

    [Fact]
    public void Score_Caps_NeverRaise() => Situations.Sample(static situation =>
    {
        var free = new HealthScorer(new()
        {
            Streaming = [.. HealthItems.Streaming.Select(static i => i with { LimitsScore = false })],
            Scoring = new() { GateCap = 10 },
        });

        Assert.True((Scorer.Score(situation).Score ?? 0) <= (free.Score(situation).Score ?? 0));
    });

    [Fact]
    public void Score_LostPoints_AreWhatIsMissingToTen() => Situations.Sample(static situation =>
    {
        var evaluation = Scorer.Score(situation);
        if (evaluation.Score is { } score)
        {
            Assert.Equal(Math.Min(10 - evaluation.Items.Sum(static i => i.LostPoints), evaluation.Cap ?? 10), score, 9);
        }
    });

    [Fact]
    public void Score_TooLittleKnown_IsUnknownUnlessAGateIsOpen() => Situations.Sample(static situation =>
    {
        var evaluation = Scorer.Score(situation);

        Assert.Equal(evaluation.Gates.IsEmpty && evaluation.Coverage < 0.7, evaluation.Band == HealthBand.Unknown);
    });

    private static void AssertSame(HealthEvaluation one, HealthEvaluation other)
    {
        Assert.Equal(
            (one.Score, one.Coverage, one.Band, one.Cap),
            (other.Score, other.Coverage, other.Band, other.Cap));
        Assert.Equal(one.Items, other.Items);
        Assert.Equal(one.Gates, other.Gates);
    }
}
