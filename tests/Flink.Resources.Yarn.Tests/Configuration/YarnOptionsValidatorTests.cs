namespace Flink.Resources.Yarn.Configuration;

public sealed class YarnOptionsValidatorTests
{
    private static readonly YarnOptionsValidator Validator = new();

    [Fact]
    public void Options_Right_AreTaken() => Assert.True(Validator.Validate("yarn-east", Place.Options()).Succeeded);

    [Fact]
    public void Options_Empty_NamesEachMistakeAtOnce()
    {
        var failures = Validator.Validate("yarn-east", new YarnOptions()).FailureMessage!;

        foreach (var field in (string[])["ResourceManagers", "WebHdfs", "FileSystem", "User", "StagingRoot", "Profiles"])
        {
            Assert.Contains(field, failures, StringComparison.Ordinal);
        }
    }

    public static TheoryData<string, Action<YarnOptions>> Limits => new()
    {
        { "AttemptTimeout", static o => o.AttemptTimeout = TimeSpan.FromMilliseconds(999) },
        { "CallTimeout", static o => o.CallTimeout = TimeSpan.FromSeconds(9) },
        { "PollInterval", static o => o.PollInterval = TimeSpan.FromMilliseconds(499) },
        { "CircuitFailures", static o => o.CircuitFailures = 1 },
        { "CircuitFailures", static o => o.CircuitFailures = 1001 },
        { "CircuitBreak", static o => o.CircuitBreak = TimeSpan.FromMilliseconds(499) },
        { "CircuitBreak", static o => o.CircuitBreak = TimeSpan.FromSeconds(61) },
        { "StagingRoot", static o => o.StagingRoot = "/" },
        { "StagingRoot", static o => o.StagingRoot = "/a/../b" },
        { "FileSystem", static o => o.FileSystem = "hdfs://nn:8020/path" },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void Options_OneBeyondItsLimit_IsTheOnlyMistake(string field, Action<YarnOptions> change)
    {
        var options = Place.Options();
        change(options);

        var result = Validator.Validate("yarn-east", options);

        Assert.StartsWith(field, Assert.Single(result.Failures!), StringComparison.Ordinal);
    }
}
