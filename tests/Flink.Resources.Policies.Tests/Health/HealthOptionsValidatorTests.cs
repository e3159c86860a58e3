namespace Flink.Resources.Health;

public sealed class HealthOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_AreRight() => Assert.Empty(HealthOptionsValidator.Validate(new()));

    public static TheoryData<HealthOptions, string> Wrong => new()
    {
        { new() { Streaming = [] }, "Streaming is empty" },
        { new() { Streaming = [HealthItems.Streaming[0], HealthItems.Streaming[0]] }, "Streaming:avail is there twice" },
        { new() { Batch = [HealthItems.Batch[0] with { Good = 0.7 }] }, "Bad is 0.7 and Good is 0.7" },
        { new() { Batch = [HealthItems.Batch[0] with { Good = double.NaN }] }, "Good is NaN" },
        { new() { Streaming = [HealthItems.Streaming[0] with { Weight = 0 }] }, "Streaming:avail:Weight is 0" },
        { new() { Streaming = [HealthItems.Streaming[0] with { Weight = double.NaN }] }, "Streaming:avail:Weight is NaN" },
        { new() { Streaming = [HealthItems.Streaming[0] with { Window = TimeSpan.Zero }] }, "Streaming:avail:Window" },
        { new() { Streaming = [HealthItems.Streaming[0] with { Key = " " }] }, "an item needs a key" },
        { new() { Scoring = new() { WatchFrom = 9 } }, "Scoring:HealthyFrom is 8; it is 9 to 10" },
        { new() { Scoring = new() { MinimumCoverage = 1.1 } }, "Scoring:MinimumCoverage is 1.1" },
        { new() { Scoring = new() { FullCoverage = 0.6 } }, "Scoring:FullCoverage is 0.6" },
        { new() { Scoring = new() { GateCap = -1 } }, "Scoring:GateCap is -1" },
        { new() { Scoring = new() { FailedItemCap = 6.1 } }, "Scoring:FailedItemCap is 6.1; it is 0 to 6" },
        { new() { Scoring = new() { WeakItemCap = 8.1 } }, "Scoring:WeakItemCap is 8.1" },
        { new() { Scoring = new() { EvaluationPeriod = TimeSpan.Zero } }, "Scoring:EvaluationPeriod is 00:00:00" },
        { new() { Scoring = new() { StaleAfterPeriods = 0 } }, "Scoring:StaleAfterPeriods is 0" },
        { new() { Verdicts = new() { UnhealthyRun = 0 } }, "Verdicts:UnhealthyRun is 0" },
        { new() { Verdicts = new() { HealthyAgainFrom = 6.9 } }, "Verdicts:HealthyAgainFrom is 6.9" },
        { new() { Verdicts = new() { AskAfter = TimeSpan.FromMinutes(9) } }, "Verdicts:AskAfter is 00:09:00" },
        { new() { Commit = new() { GoodShare = 1.5 } }, "Commit:GoodShare is 1.5" },
        { new() { Commit = new() { LastGood = 0 } }, "Commit:LastGood is 0" },
        { new() { Measuring = new() { LagFloor = TimeSpan.Zero } }, "Measuring:LagFloor is 00:00:00" },
        { new() { Measuring = new() { ErrorsPerMinuteFloor = 0 } }, "Measuring:ErrorsPerMinuteFloor is 0" },
        { new() { Gates = new() { Restarts = 0 } }, "Gates:Restarts is 0" },
        { new() { Gates = new() { Window = TimeSpan.FromSeconds(59) } }, "Gates:Window is 00:00:59" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_OutOfRange_NamesThePlaceAndTheValue(HealthOptions options, string words) =>
        Assert.Contains(HealthOptionsValidator.Validate(options), e => e.Contains(words, StringComparison.Ordinal));

    [Fact]
    public void Constructor_SeveralMistakes_NamesAll()
    {
        var error = Assert.Throws<ArgumentException>(() => new HealthScorer(new() { Scoring = new() { GateCap = 11 }, Gates = new() { JobManagerLosses = 0 } }));

        Assert.Contains("Scoring:GateCap", error.Message, StringComparison.Ordinal);
        Assert.Contains("Gates:JobManagerLosses", error.Message, StringComparison.Ordinal);
    }
}
