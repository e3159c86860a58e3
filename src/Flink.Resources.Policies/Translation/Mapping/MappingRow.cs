using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>One row of a mapping table: what becomes of a key, or of all keys that a pattern names.</summary>
public sealed record MappingRow
{
    internal MappingRow(string key, string target, ImmutableArray<KeyOutcome> outcomes, string note, Action<Draft, InputKey> apply)
    {
        Key = key;
        Target = target;
        Outcomes = outcomes;
        Note = note;
        Apply = apply;
    }

    /// <summary>The key by its newest name; <c>*</c> stands for any characters.</summary>
    public string Key { get; }

    /// <summary>What there is for it on the target.</summary>
    public string Target { get; }

    /// <summary>What can become of it.</summary>
    public ImmutableArray<KeyOutcome> Outcomes { get; }

    /// <summary>When what becomes of it, and why.</summary>
    public string Note { get; }

    internal Action<Draft, InputKey> Apply { get; }

    internal bool Matches(string key)
    {
        var parts = Key.Split('*');
        if (parts.Length == 1)
        {
            return Key == key;
        }
        if (!key.StartsWith(parts[0], StringComparison.Ordinal))
        {
            return false;
        }
        var at = parts[0].Length;
        foreach (var part in parts[1..^1])
        {
            var found = key.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }
            at = found + part.Length;
        }
        return key.Length - at >= parts[^1].Length && key.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}

/// <summary>A key of the source under its newest name.</summary>
/// <param name="Key">The newest name.</param>
/// <param name="Original">The name that the source has.</param>
/// <param name="Value">The value.</param>
internal sealed record InputKey(string Key, string Original, string Value);

/// <summary>A row that only the target's side brings.</summary>
/// <param name="Source">What the source had without a key.</param>
/// <param name="Key">The key or field of the target.</param>
/// <param name="Note">When and why.</param>
public sealed record AdditionRow(string Source, string Key, string Note);
