namespace Flink.Resources.Fleet;

public sealed class CopyWatchPolicyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static SeenCopyOfJob Old { get; } = Copy("application_1") with { Epoch = 1, IsOurs = true, RestoredAsOf = Noon };

    private static SeenCopyOfJob New { get; } = Copy("clicks-e2") with { Epoch = 2, IsOurs = true, RestoredAsOf = Noon.AddMinutes(5) };

    public static TheoryData<string, SeenCopyOfJob, SeenCopyOfJob, bool, string?> Cases => new()
    {
        { "superseded, and the other is newer", Old, New, true, "application_1" },
        { "another controller's later start wins too", Old, New with { IsOurs = false }, true, "application_1" },
        { "not ours", Old with { IsOurs = false }, New, true, null },
        { "a person's emergency restart", New, Old with { Epoch = null, IsOurs = false }, true, null },
        { "the later one went on from the older snapshot", Old, New with { RestoredAsOf = Noon.AddMinutes(-5) }, true, null },
        { "from the same snapshot", Old, New with { RestoredAsOf = Noon }, true, null },
        { "nobody knows from what", Old, New with { RestoredAsOf = null }, true, null },
        { "the first began without state", Old with { RestoredAsOf = null, BeganWithoutState = true }, New with { RestoredAsOf = null, RestoredFrom = "hdfs://s0" }, true, "application_1" },
        { "both began without state", Old with { RestoredAsOf = null, BeganWithoutState = true }, New with { RestoredAsOf = null, BeganWithoutState = true }, true, null },
        { "one may be dead", Old, New with { IsCertain = false }, false, null },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decide_TwoCopies(string name, SeenCopyOfJob one, SeenCopyOfJob other, bool isDouble, string? stopped)
    {
        foreach (var decision in new[] { CopyWatchPolicy.Decide([one, other]), CopyWatchPolicy.Decide([other, one]) })
        {
            Assert.True(decision.IsDouble == isDouble, name);
            Assert.Equal(stopped, decision.Stop?.Application.Id);
        }
    }

    [Fact]
    public void Decide_ThreeCopies_StopsNone()
    {
        var decision = CopyWatchPolicy.Decide([Old, New, New with { Epoch = 3 }]);

        Assert.True(decision.IsDouble);
        Assert.Null(decision.Stop);
    }

    private static SeenCopyOfJob Copy(string id) => new()
    {
        Application = new ApplicationHandle { Backend = "yarn-east", Identity = new BackendIdentity("1"), Id = id }, IsCertain = true,
    };
}
