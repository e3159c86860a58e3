namespace Flink.Resources;

public sealed class TierTests
{
    [Fact]
    public void ToPriority_MostImportantTier_IsTheLargestPriority() => Assert.Equal(new JobPriority(9), new Tier(0).ToPriority());
}
