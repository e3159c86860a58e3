using System.Collections.Immutable;

namespace Flink.Resources.Planning;

public sealed class PlanningValidatorTests
{
    [Fact]
    public void Validate_Defaults_AreRight() => Assert.Empty((string[])
    [
        .. PlanningOptionsValidator.Validate(new PlanningOptions()), .. StartLimitsValidator.Validate(new()),
        .. AbortOptionsValidator.Validate(new()), .. MoveWindowsValidator.Validate(new()), .. CapacityOptionsValidator.Validate(new()),
    ]);

    public static TheoryData<PlanningOptions, string> WrongOptions => new()
    {
        { new() { Revision = 0 }, "Revision is 0" },
        { new() { Scope = (WaveScope)7 }, "Scope is 7" },
        { new() { MaximumJobsPerWave = 0 }, "MaximumJobsPerWave is 0; it is 1 to 10000." },
        { new() { MaximumShare = 0 }, "MaximumShare is 0; it is more than 0 and at most 1." },
        { new() { SmallQueue = -1 }, "SmallQueue is -1" },
        { new() { Volunteers = 101 }, "Volunteers is 101" },
        { new() { StageShares = [] }, "StageShares has 0 shares; it has 4" },
        { new() { StageShares = [0.1, 0.05, 0.2, 0.9] }, "StageShares:1 is 0.05; it is 0.1 to 1." },
        { new() { StageShares = [0.1, 0.2, 0.3, double.NaN] }, "StageShares:3 is NaN" },
        { new() { Capacity = new() { Headroom = -0.1 } }, "Capacity:Headroom is -0.1" },
        { new() { Capacity = new() { MaximumCatchUp = TimeSpan.Zero } }, "Capacity:MaximumCatchUp" },
        { new() { Capacity = new() { AssumedDowntime = TimeSpan.FromDays(2) } }, "Capacity:AssumedDowntime" },
        { new() { Capacity = new() { MaximumAge = TimeSpan.Zero } }, "Capacity:MaximumAge" },
        { new() { Capacity = new() { ExclusiveFlavours = [" "] } }, "Capacity:ExclusiveFlavours has an empty name" },
    };

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public void Validate_PlanningOptionOutOfRange_IsNamed(PlanningOptions options, string words)
    {
        Assert.Contains(words, Assert.Single(PlanningOptionsValidator.Validate(options)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MigrationPlanner.Plan(PlanningFleet.Facts(), options));
    }

    public static TheoryData<StartLimits, string> WrongLimits => new()
    {
        { new() { InFlight = 0 }, "InFlight is 0" },
        { new() { InFlightPerQueue = 0 }, "InFlightPerQueue is 0" },
        { new() { InFlightPerTeam = 0 }, "InFlightPerTeam is 0" },
        { new() { InFlightPerSource = 0 }, "InFlightPerSource is 0" },
        { new() { InFlightPerTarget = 0 }, "InFlightPerTarget is 0" },
        { new() { ImportantInFlight = 0 }, "ImportantInFlight is 0" },
        { new() { Soaking = 0 }, "Soaking is 0" },
        { new() { PodsPerSecond = 0.5 }, "PodsPerSecond is 0.5" },
        { new() { SavepointBytesPerSecond = double.PositiveInfinity }, "SavepointBytesPerSecond is Infinity" },
        { new() { CatchUpShare = double.NaN }, "CatchUpShare is NaN" },
        { new() { ResourceManagerCallsPerSecond = 0 }, "ResourceManagerCallsPerSecond is 0" },
        { new() { ApiServerCallsPerSecond = 0 }, "ApiServerCallsPerSecond is 0" },
    };

    [Theory]
    [MemberData(nameof(WrongLimits))]
    public void Validate_LimitOutOfRange_IsNamed(StartLimits limits, string words)
    {
        Assert.Contains(words, Assert.Single(StartLimitsValidator.Validate(limits)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new StartGate(limits));
    }

    public static TheoryData<AbortOptions, string> WrongThresholds => new()
    {
        { new() { WaveFailureShare = 0 }, "WaveFailureShare is 0" },
        { new() { WaveFailures = 0 }, "WaveFailures is 0" },
        { new() { CampaignFailureShare = 1.1 }, "CampaignFailureShare is 1.1" },
        { new() { CampaignWindow = 0 }, "CampaignWindow is 0" },
        { new() { ImportantStops = 0 }, "ImportantStops is 0; it is 1 to 1000." },
        { new() { SameSignature = 0 }, "SameSignature is 0" },
        { new() { MeanScore = 11 }, "MeanScore is 11" },
        { new() { MeanScoreFor = TimeSpan.Zero }, "MeanScoreFor" },
        { new() { Degraded = 0 }, "Degraded is 0" },
        { new() { DegradedWithin = TimeSpan.Zero }, "DegradedWithin" },
        { new() { ErrorShare = -1 }, "ErrorShare is -1" },
        { new() { P99 = TimeSpan.Zero }, "P99" },
        { new() { LongPendingShare = 2 }, "LongPendingShare is 2" },
        { new() { TargetTroubleFor = TimeSpan.FromDays(2) }, "TargetTroubleFor" },
        { new() { SourceUnreadableFor = TimeSpan.FromDays(2) }, "SourceUnreadableFor" },
        { new() { UnmovedShare = 0 }, "UnmovedShare is 0" },
        { new() { UnmovedJobs = 0 }, "UnmovedJobs is 0" },
        { new() { RearmAfter = TimeSpan.FromSeconds(-1) }, "RearmAfter" },
        { new() { SampleAge = TimeSpan.Zero }, "SampleAge" },
    };

    [Theory]
    [MemberData(nameof(WrongThresholds))]
    public void Validate_ThresholdOutOfRange_IsNamed(AbortOptions options, string words)
    {
        Assert.Contains(words, Assert.Single(AbortOptionsValidator.Validate(options)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => AbortRules.Evaluate(new() { Now = PlanningFleet.Now }, options));
    }

    [Fact]
    public void Validate_SeveralOutOfRange_AllAreNamed()
    {
        var message = Assert.Throws<ArgumentException>(() => MigrationPlanner.Plan(PlanningFleet.Facts(), new() { MaximumJobsPerWave = 0, MaximumShare = 2, Capacity = new() { Headroom = 11 } })).Message;

        Assert.All((string[])["MaximumJobsPerWave is 0", "MaximumShare is 2", "Capacity:Headroom is 11"], words => Assert.Contains(words, message, StringComparison.Ordinal));
    }
}
