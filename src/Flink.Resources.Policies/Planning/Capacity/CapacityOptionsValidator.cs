using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Checks the ranges of what proves room.</summary>
public static class CapacityOptionsValidator
{
    /// <summary>Everything out of its range, each with its name, its value and what would be right. Empty when all is right.</summary>
    public static ImmutableArray<string> Validate(CapacityOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new RangeErrors();
        errors.Within(nameof(options.Headroom), options.Headroom, 0d, 10d);
        errors.Within(nameof(options.MaximumCatchUp), options.MaximumCatchUp, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
        errors.Within(nameof(options.AssumedDowntime), options.AssumedDowntime, TimeSpan.Zero, TimeSpan.FromDays(1));
        errors.Within(nameof(options.MaximumAge), options.MaximumAge, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        if (options.ExclusiveFlavours.Any(string.IsNullOrWhiteSpace))
        {
            errors.Add($"{nameof(options.ExclusiveFlavours)} has an empty name; each is a label such as 'gpu' or 'pool=gpu'.");
        }
        return errors.ToImmutable();
    }
}
