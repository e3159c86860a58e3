using System.Collections.Immutable;
using Flink.Resources.Translation;

namespace Flink.Resources.Eligibility;

/// <summary>A configuration under the newest names of its keys, whatever names it uses.</summary>
internal sealed class FlinkSettings
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public FlinkSettings(ImmutableSortedDictionary<string, string> configuration)
    {
        Original = configuration;
        foreach (var (key, value) in configuration.OrderBy(static p => FlinkKeyAliases.RankOf(p.Key)))
        {
            _values[FlinkKeyAliases.Canonical(key)] = value;
        }
    }

    /// <summary>As it was read.</summary>
    public ImmutableSortedDictionary<string, string> Original { get; }

    /// <summary>The value under the newest name of a key; null when it is not set or empty.</summary>
    public string? this[string key] => _values.TryGetValue(key, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;

    public bool IsTrue(string key) => string.Equals(this[key]?.Trim(), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Keys that are set and begin so, in order.</summary>
    public IEnumerable<string> Starting(string prefix) => Original.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal));
}
