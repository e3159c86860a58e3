using System.Collections.Immutable;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>Numbers the flavor-resources of a decision, so that quota and usage are arrays. Sums have 128 bits and do not wrap round.</summary>
internal sealed class FlavorIndex
{
    private readonly Dictionary<FlavorResource, int> _numbers = [];
    private readonly List<FlavorResource> _known = [];

    public int Count => _known.Count;

    public FlavorResource this[int number] => _known[number];

    public int Add(FlavorResource flavorResource)
    {
        if (!_numbers.TryGetValue(flavorResource, out var number))
        {
            _numbers.Add(flavorResource, number = _known.Count);
            _known.Add(flavorResource);
        }
        return number;
    }

    /// <summary>The amounts by number; what is listed twice adds up.</summary>
    public Int128[] Vector(ImmutableArray<FlavorAmount> amounts)
    {
        var result = new Int128[Count];
        foreach (var (flavorResource, amount) in amounts)
        {
            result[_numbers[flavorResource]] += amount;
        }
        return result;
    }

    public int[] Numbers(IEnumerable<FlavorResource> flavorResources) => [.. flavorResources.Select(f => _numbers[f]).Distinct().Order()];
}
