using System.Collections.Immutable;
using System.Globalization;
using CsCheck;

namespace Flink.Resources.Planning;

public sealed class WindowScheduleTests
{
    private const string Berlin = "Europe/Berlin";
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Instant = TimeSpan.Zero;

    // "From" and "to" of the night on which clocks change are told by the clock on the wall.
    private static readonly MoveWindows Nightly = Blackouts(new MoveWindow("0 22 * * *", TimeSpan.FromHours(8), Berlin, "night"));

    [Fact]
    public void MayStart_NoWindows_AtAnyTime() => Assert.True(new WindowSchedule(new()).MayStart(At("2026-03-04T00:00:00Z"), Hour).IsAllowed);

    [Theory]
    [InlineData("2026-03-04T20:59:59Z", true)]
    [InlineData("2026-03-04T21:00:00Z", false)]
    [InlineData("2026-03-05T04:59:59Z", false)]
    [InlineData("2026-03-05T05:00:00Z", true)]
    // The clocks go forward on 29 March 2026 at 01:00 UTC: 22:00 is 21:00 UTC, 06:00 is 04:00 UTC; eight hours that pass end at 05:00 UTC.
    [InlineData("2026-03-29T03:59:59Z", false)]
    [InlineData("2026-03-29T04:59:59Z", false)]
    [InlineData("2026-03-29T05:00:00Z", true)]
    [InlineData("2026-03-29T20:00:00Z", false)]
    // They go back on 25 October 2026 at 01:00 UTC: 22:00 is 20:00 UTC, 06:00 is 05:00 UTC; eight hours that pass end at 04:00 UTC.
    [InlineData("2026-10-24T19:59:59Z", true)]
    [InlineData("2026-10-24T20:00:00Z", false)]
    [InlineData("2026-10-25T04:30:00Z", false)]
    [InlineData("2026-10-25T05:00:00Z", true)]
    public void T28_ClocksChange_NeverInsideABlackout(string time, bool isAllowed) =>
        Assert.Equal(isAllowed, new WindowSchedule(Nightly).MayStart(At(time), Instant).IsAllowed);

    [Theory]
    // Allowed from 22:00 to 06:00: the shorter of both.
    [InlineData("2026-03-29T03:59:59Z", true)]
    [InlineData("2026-03-29T04:00:00Z", false)]
    [InlineData("2026-10-25T03:59:59Z", true)]
    [InlineData("2026-10-25T04:00:00Z", false)]
    public void MayStart_ClocksChange_AllowedWindowsEndEarly(string time, bool isAllowed) => Assert.Equal(
        isAllowed, new WindowSchedule(new() { Allowed = Nightly.Blackouts }).MayStart(At(time), Instant).IsAllowed);

    [Theory]
    // 02:30 is skipped on 29 March: the blackout begins when the clocks show 03:00.
    [InlineData("2026-03-29T00:59:59Z", true)]
    [InlineData("2026-03-29T01:00:00Z", false)]
    [InlineData("2026-03-29T01:59:59Z", false)]
    [InlineData("2026-03-29T02:00:00Z", true)]
    // 02:30 is there twice on 25 October: from the first until 03:30.
    [InlineData("2026-10-25T00:30:00Z", false)]
    [InlineData("2026-10-25T02:29:59Z", false)]
    [InlineData("2026-10-25T02:30:00Z", true)]
    public void MayStart_BeginIsSkippedOrRepeated_NothingInBetween(string time, bool isAllowed) => Assert.Equal(
        isAllowed, new WindowSchedule(Blackouts(new MoveWindow("30 2 * * *", Hour, Berlin))).MayStart(At(time), Instant).IsAllowed);

    [Theory]
    [InlineData("2028-02-28T15:59:59Z", true)]
    [InlineData("2028-02-28T16:00:00Z", false)]
    [InlineData("2028-02-29T15:59:59Z", false)]
    [InlineData("2028-02-29T16:00:00Z", true)]
    [InlineData("2027-02-28T20:00:00Z", true)]
    [InlineData("2027-03-01T00:00:00Z", true)]
    public void T28_LeapDayInShanghai_IsABlackout(string time, bool isAllowed) => Assert.Equal(
        isAllowed, new WindowSchedule(Blackouts(new MoveWindow("0 0 29 2 *", TimeSpan.FromDays(1), "Asia/Shanghai"))).MayStart(At(time), Instant).IsAllowed);

    [Fact]
    public void MayStart_LastDayOfFebruary_IsTheLeapDayInALeapYear()
    {
        var schedule = new WindowSchedule(Blackouts(new MoveWindow("0 0 L 2 *", TimeSpan.FromDays(1))));

        Assert.True(schedule.MayStart(At("2028-02-28T12:00:00Z"), Instant).IsAllowed);
        Assert.False(schedule.MayStart(At("2028-02-29T12:00:00Z"), Instant).IsAllowed);
        Assert.False(schedule.MayStart(At("2027-02-28T12:00:00Z"), Instant).IsAllowed);
    }

    /// <summary>The oracle walks the wall clock of the zone minute by minute.</summary>
    [Fact]
    public void MayStart_AnyMinuteOfAYear_NoStartWhileTheWallClockShowsABlackout() =>
        Gen.Select(Gen.Int[0, 366 * 24 * 60], Gen.OneOf(Berlin, "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Casablanca"), Gen.Int[0, 23], Gen.Int[1, 12])
            .Sample(static (minute, zone, hour, hours) =>
            {
                var time = new DateTimeOffset(2028, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(minute);
                var schedule = new WindowSchedule(Blackouts(new MoveWindow($"0 {hour} * * *", TimeSpan.FromHours(hours), zone)));
                var local = TimeZoneInfo.ConvertTime(time, TimeZoneInfo.FindSystemTimeZoneById(zone));
                var isBlackout = ((local.Hour - hour + 24) % 24) < hours;

                Assert.True(!isBlackout || !schedule.MayStart(time, Instant).IsAllowed, $"{local:o}");
                // Only clocks that change make it longer than the wall clock shows, and never by more than they change.
                Assert.True(isBlackout || schedule.MayStart(time, Instant).IsAllowed || ((local.Hour - hour + 24) % 24) == hours, $"{local:o}");
            });

    [Theory]
    [InlineData("2026-03-04T19:30:00Z", true)]
    [InlineData("2026-03-04T19:30:01Z", false)]
    public void MayStart_ExpectedDuration_OneAndAHalfTimesOfItEndsBeforeTheBlackout(string time, bool isAllowed)
    {
        var decision = new WindowSchedule(Nightly).MayStart(At(time), Hour);

        Assert.Equal(isAllowed, decision.IsAllowed);
        Assert.True(isAllowed || decision is { NotBefore: { } opens } && opens == At("2026-03-05T05:00:00Z"));
        Assert.True(isAllowed || decision.Reason.Contains("blackout night begins at 2026-03-04 21:00:00Z", StringComparison.Ordinal));
    }

    [Fact]
    public void MayStart_DurationNotKnown_IsAssumed()
    {
        var schedule = new WindowSchedule(Nightly);

        Assert.True(schedule.MayStart(At("2026-03-04T20:15:00Z"), null).IsAllowed);
        Assert.False(schedule.MayStart(At("2026-03-04T20:15:01Z"), null).IsAllowed);
    }

    [Fact]
    public void MayStart_Event_ConcernsItsTimeOnly()
    {
        var schedule = new WindowSchedule(new() { Events = [new("sale", At("2026-11-11T00:00:00+08:00"), At("2026-11-12T00:00:00+08:00"))] });

        Assert.True(schedule.MayStart(At("2026-11-10T15:59:59Z"), Instant).IsAllowed);
        var during = schedule.MayStart(At("2026-11-10T16:00:00Z"), Instant);
        Assert.Equal((false, At("2026-11-11T16:00:00Z")), (during.IsAllowed, during.NotBefore));
        Assert.Contains("sale", during.Reason, StringComparison.Ordinal);
        Assert.False(schedule.MayStart(At("2026-11-10T15:00:00Z"), Hour).IsAllowed);
        Assert.True(schedule.MayStart(At("2026-11-11T16:00:00Z"), Hour).IsAllowed);
    }

    [Fact]
    public void MayStart_AllowedAndBlackouts_SaysWhenBothLetItStart()
    {
        var schedule = new WindowSchedule(new()
        {
            Allowed = [new("0 8 * * MON-FRI", TimeSpan.FromHours(10))],
            Blackouts = [new("0 8 * * MON", TimeSpan.FromHours(4))],
        });

        var decision = schedule.MayStart(At("2026-03-07T12:00:00Z"), Instant);

        Assert.Equal((false, At("2026-03-09T12:00:00Z")), (decision.IsAllowed, decision.NotBefore));
    }

    [Fact]
    public void MayStart_NeverOpen_SaysThatItIsNotKnownWhen()
    {
        var decision = new WindowSchedule(Blackouts(new MoveWindow("* * * * *", TimeSpan.FromDays(1)))).MayStart(At("2026-03-07T12:00:00Z"), Instant);

        Assert.False(decision.IsAllowed);
        Assert.Null(decision.NotBefore);
    }

    [Fact]
    public void WarnOfRollback_Blackout_WarnsOnly()
    {
        Assert.Contains("the way back is not held", new WindowSchedule(Nightly).WarnOfRollback(At("2026-03-04T22:00:00Z")), StringComparison.Ordinal);
        Assert.Null(new WindowSchedule(Nightly).WarnOfRollback(At("2026-03-04T12:00:00Z")));
    }

    [Fact]
    public void Create_WrongWindows_AllOfThemAreNamed()
    {
        var windows = new MoveWindows
        {
            Allowed = [new("0 25 * * *", Hour), new("0 22 * * *", TimeSpan.Zero)],
            Blackouts = [new("0 22 * * *", Hour, "Europe/Nowhere"), new("", Hour)],
            Events = [new(" ", At("2026-03-04T00:00:00Z"), At("2026-03-04T00:00:00Z"))],
            DurationFactor = double.NaN,
            AssumedDuration = TimeSpan.FromDays(2),
        };

        var message = Assert.Throws<ArgumentException>(() => new WindowSchedule(windows)).Message;

        Assert.All(
            (string[])["Allowed:0:Cron is '0 25 * * *'", "Allowed:1:Duration is 00:00:00", "Blackouts:0:TimeZone is 'Europe/Nowhere'", "Blackouts:1:Cron is ''", "Events:0:Name", "Events:0:To", "DurationFactor is NaN", "AssumedDuration is 2.00:00:00"],
            words => Assert.Contains(words, message, StringComparison.Ordinal));
    }

    private static MoveWindows Blackouts(params ImmutableArray<MoveWindow> windows) => new() { Blackouts = windows };

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
