namespace Flink.Resources;

public sealed class JobKeyTests
{
    [Theory]
    [InlineData("ads/clicks", "ads", "clicks")]
    [InlineData("Ads/Clicks.v2_x-1", "Ads", "Clicks.v2_x-1")]
    public void Parse_TwoParts_SplitsThem(string text, string team, string name)
    {
        var key = JobKey.Parse(text);

        Assert.Equal((team, name, text), (key.Team, key.Name, key.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ads")]
    [InlineData("ads/")]
    [InlineData("/clicks")]
    [InlineData("a/b/c")]
    [InlineData("../clicks")]
    [InlineData("ads/..")]
    [InlineData("ads/cl icks")]
    [InlineData("ads/clícks")]
    public void Parse_Other_SaysWhatIsRight(string text)
    {
        var exception = Assert.Throws<FormatException>(() => JobKey.Parse(text));

        Assert.Contains("team/name", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equality_DiffersInCase_AreTwoJobs() => Assert.NotEqual(JobKey.Parse("ads/Clicks"), JobKey.Parse("ads/clicks"));

    [Fact]
    public void Default_HasEmptyParts() => Assert.Equal(("", "", ""), (default(JobKey).Value, default(JobKey).Team, default(JobKey).Name));
}
