using static Flink.Resources.Health.HealthCases;

namespace Flink.Resources.Health;

public sealed class HealthBaselineTests
{
    [Theory]
    [InlineData("2026-03-02T00:00:00Z", 0)]
    [InlineData("2026-03-02T01:30:00+02:00", 167)]
    [InlineData("2026-03-04T09:59:59Z", 57)]
    [InlineData("2024-02-29T23:00:00Z", 95)]
    public void HourOfWeek_InUtc_MondayIsZero(string at, int hour) =>
        Assert.Equal(hour, HealthBaseline.HourOfWeek(DateTimeOffset.Parse(at, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Find_SameHourOfWeek_IsPreferred()
    {
        var baseline = From(LastWeek(5, 10), Recent(2, 99));

        Assert.Equal(10, baseline.Find("lagSeconds", Now)!.Value.Median);
    }

    [Fact]
    public void Find_TooFewInTheHour_TakesTheTwoHoursBeforeTheStop()
    {
        var baseline = From(LastWeek(2, 10), Recent(2, 99));

        Assert.Equal(99, baseline.Find("lagSeconds", Now)!.Value.Median);
    }

    [Fact]
    public void Find_NeitherIsThere_IsNotKnown()
    {
        Assert.Null(From(LastWeek(2, 10)).Find("lagSeconds", Now));
        Assert.Null(From(LastWeek(5, 10)).Find("errorsPerMinute", Now));
        Assert.Null(HealthBaseline.Empty.Find("lagSeconds", Now));
    }

    [Fact]
    public void From_OlderThanTwoHoursBeforeTheStop_IsNotRecent() =>
        Assert.Empty(From([new HealthSample(Now.AddHours(-2), 5)]).BeforeStop);

    [Fact]
    public void Of_Samples_InterpolatesBetweenNeighbours()
    {
        var statistic = BaselineStatistic.Of([4, 1, 3, 2]);

        Assert.Equal((4, 2.5, 3.7), (statistic.Count, statistic.Median, statistic.P90));
    }

    [Fact]
    public void Constructor_HourOutsideTheWeek_SaysWhatIsRight()
    {
        var buckets = new Dictionary<BaselineBucket, BaselineStatistic> { [new("lagSeconds", 168)] = default };

        Assert.Contains("0 to 167", Assert.Throws<ArgumentException>(() => new HealthBaseline(buckets, new Dictionary<string, BaselineStatistic>(StringComparer.Ordinal))).Message, StringComparison.Ordinal);
    }

    private static HealthBaseline From(params IEnumerable<HealthSample>[] samples) => HealthBaseline.From(
        new Dictionary<string, IReadOnlyList<HealthSample>>(StringComparer.Ordinal) { ["lagSeconds"] = [.. samples.SelectMany(static s => s)] }, Now);

    private static IEnumerable<HealthSample> LastWeek(int count, double value) =>
        Enumerable.Range(0, count).Select(i => new HealthSample(Now.AddDays(-7).AddMinutes(i), value));

    private static IEnumerable<HealthSample> Recent(int count, double value) =>
        Enumerable.Range(0, count).Select(i => new HealthSample(Now.AddHours(-1.5).AddMinutes(i), value));
}
