namespace Flink.Resources.Planning;

public sealed class JudgementPolicyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, false)]
    [InlineData(30 * 60, false)]
    [InlineData((30 * 60) + 1, true)]
    [InlineData(86_400, true)]
    [InlineData(-5, false)]
    [InlineData(-3600, true)]
    public void NeedsJudgement_OnlyWhenTheLastOneIsTooOld(int secondsAgo, bool needs) =>
        Assert.Equal(needs, JudgementPolicy.NeedsJudgement(Noon.AddSeconds(-secondsAgo), Noon, JudgementPolicy.UsualAge));

    [Fact]
    public void NeedsJudgement_NobodyJudged_IsNeeded() => Assert.True(JudgementPolicy.NeedsJudgement(null, Noon, JudgementPolicy.LongestAge));

    [Fact]
    public void Objection_OutOfRange_NamesValueAndRange()
    {
        Assert.Null(JudgementPolicy.Objection("Age", JudgementPolicy.ShortestAge));
        Assert.Null(JudgementPolicy.Objection("Age", JudgementPolicy.LongestAge));
        Assert.Equal("Age is 00:04:59: 00:05:00 to 7.00:00:00 is wanted.", JudgementPolicy.Objection("Age", TimeSpan.FromSeconds(299)));
        Assert.NotNull(JudgementPolicy.Objection("Age", TimeSpan.FromDays(8)));
    }
}
