using System.Collections.Immutable;
using Flink.Resources.Preemption.Fleet;

namespace Flink.Resources.Preemption;

public sealed class FleetPreemptionOptionsTests
{
    public static TheoryData<string, string, FleetPreemptionOptions> OutOfRange { get; } = new()
    {
        { "MaximumBeingFreed is 0,", "above 0 and at most 1", new() { MaximumBeingFreed = 0 } },
        { "MaximumBeingFreed is NaN,", "above 0 and at most 1", new() { MaximumBeingFreed = double.NaN } },
        { "MaximumStopsPerQueueAndHour is 1.5,", "above 0 and at most 1", new() { MaximumStopsPerQueueAndHour = 1.5 } },
        { "MaximumSavepoints is -1,", "0 or more", new() { MaximumSavepoints = -1 } },
        { "MaximumSavepointsPerTeam is -2,", "0 or more", new() { MaximumSavepointsPerTeam = -2 } },
        { "MaximumStopsPerDay is -1,", "0 or more", new() { MaximumStopsPerDay = -1 } },
        { "MaximumStopsPerDayRealTime is -1,", "0 or more", new() { MaximumStopsPerDayRealTime = -1 } },
        { "CoolDown is -00:00:01,", "0 to 365 days", new() { CoolDown = TimeSpan.FromSeconds(-1) } },
        { "MinimumRunTime is -00:00:01,", "0 to 365 days", new() { MinimumRunTime = TimeSpan.FromSeconds(-1) } },
        { "PauseAfterDisplacement is -00:00:01,", "0 to 365 days", new() { PauseAfterDisplacement = TimeSpan.FromSeconds(-1) } },
        { "MinimumWait is 366.00:00:00,", "0 to 365 days", new() { MinimumWait = TimeSpan.FromDays(366) } },
        { "DeadZone is -0.1,", "0 to 10", new() { DeadZone = -0.1 } },
        { "DeadZone is NaN,", "0 to 10", new() { DeadZone = double.NaN } },
        { "DisruptionBudgets[few] is -1,", "0 or more", new() { DisruptionBudgets = ImmutableDictionary<string, int>.Empty.Add("few", -1) } },
        { "UntouchableTiers is Online,", "Batch, NearRealTime, RealTime", new() { UntouchableTiers = [WorkloadTier.Online] } },
        { "MaximumReplay is -00:00:01,", "0 to 365 days", new() { MaximumReplay = TimeSpan.FromSeconds(-1) } },
        { "ShrinkRelease is -00:00:01,", "0 to 365 days", new() { ShrinkRelease = TimeSpan.FromSeconds(-1) } },
        { "StopTime is -00:00:01,", "0 to 365 days", new() { StopTime = TimeSpan.FromSeconds(-1) } },
        { "StartTime is -00:00:01,", "0 to 365 days", new() { StartTime = TimeSpan.FromSeconds(-1) } },
        { "RestoreBytesPerSecond is 0,", "1 or more", new() { RestoreBytesPerSecond = 0 } },
        { "SavepointBytesPerSecond is 0,", "1 or more", new() { SavepointBytesPerSecond = 0 } },
        { "ExpectedParking is -00:00:01,", "0 to 365 days", new() { ExpectedParking = TimeSpan.FromSeconds(-1) } },
        { "ShrinkHorizon is -00:00:01,", "0 to 365 days", new() { ShrinkHorizon = TimeSpan.FromSeconds(-1) } },
        { "MaximumSparedListed is -1,", "0 or more", new() { MaximumSparedListed = -1 } },
        { "PortionSize is 0,", "1 or more", new() { PortionSize = 0 } },
        { "MaximumSearchSteps is -1,", "0 or more", new() { MaximumSearchSteps = -1 } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Policy_OptionOutOfRange_NamesTheOptionItsValueAndTheRange(string option, string range, FleetPreemptionOptions options)
    {
        var error = Assert.Throws<ArgumentException>(() => new FleetPreemptionPolicy(options));

        Assert.StartsWith(option, error.Message, StringComparison.Ordinal);
        Assert.Contains("has to be", error.Message, StringComparison.Ordinal);
        Assert.Contains(range, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Policy_SeveralOutOfRange_NamesAll()
    {
        var error = Assert.Throws<ArgumentException>(() => new FleetPreemptionPolicy(new() { MaximumBeingFreed = 2, PortionSize = 0 }));

        Assert.Contains("MaximumBeingFreed is 2", error.Message, StringComparison.Ordinal);
        Assert.Contains("PortionSize is 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OutOfRange_EveryNumberHasARow()
    {
        var numbers = typeof(FleetPreemptionOptions).GetProperties()
            .Where(static p => p.CanWrite && p.PropertyType != typeof(bool)).Select(static p => p.Name).Order(StringComparer.Ordinal);
        var rows = OutOfRange.Select(static r => r.Data.Item1[..r.Data.Item1.IndexOfAny([' ', '['])]).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

        Assert.Equal(numbers, rows);
    }

    [Fact]
    public void Policy_Defaults_AndPresetsWithoutBudgets_AreInRange()
    {
        Assert.Equal("flink-aware", new FleetPreemptionPolicy(new()).Name);
        Assert.Equal("flink-aware", new FleetPreemptionPolicy(FleetPreemptionPresets.WithoutBudgets).Name);
    }
}
