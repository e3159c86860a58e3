using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Checks the ranges of limits.</summary>
public static class StartLimitsValidator
{
    /// <summary>Every number out of its range, each with its name, its value and what would be right. Empty when all are right.</summary>
    public static ImmutableArray<string> Validate(StartLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var errors = new RangeErrors();
        errors.Within(nameof(limits.InFlight), limits.InFlight, 1, 10_000);
        errors.Within(nameof(limits.InFlightPerQueue), limits.InFlightPerQueue, 1, 10_000);
        errors.Within(nameof(limits.InFlightPerTeam), limits.InFlightPerTeam, 1, 10_000);
        errors.Within(nameof(limits.InFlightPerSource), limits.InFlightPerSource, 1, 10_000);
        errors.Within(nameof(limits.InFlightPerTarget), limits.InFlightPerTarget, 1, 10_000);
        errors.Within(nameof(limits.ImportantInFlight), limits.ImportantInFlight, 1, 10_000);
        errors.Within(nameof(limits.Soaking), limits.Soaking, 1, 100_000);
        errors.Within(nameof(limits.PodsPerSecond), limits.PodsPerSecond, 1, 10_000);
        errors.Within(nameof(limits.SavepointBytesPerSecond), limits.SavepointBytesPerSecond, 1, 1e15);
        errors.Above(nameof(limits.CatchUpShare), limits.CatchUpShare, 0, 1);
        errors.Within(nameof(limits.ResourceManagerCallsPerSecond), limits.ResourceManagerCallsPerSecond, 1, 10_000);
        errors.Within(nameof(limits.ApiServerCallsPerSecond), limits.ApiServerCallsPerSecond, 1, 10_000);
        return errors.ToImmutable();
    }
}
