using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>A key that did not come back as it was.</summary>
/// <param name="Key">The key.</param>
/// <param name="OldText">What it was, masked.</param>
/// <param name="NewText">What came back, masked; null when nothing did.</param>
/// <param name="Reason">Where it was lost.</param>
public sealed record LostKey(string Key, string? OldText, string? NewText, string Reason);

/// <summary>What a way there and back loses. A rollback never takes that way: it starts the stored source.</summary>
public static class RoundTrip
{
    /// <summary>The keys of the first report whose value did not come back, by name.</summary>
    /// <param name="there">The report of the way there.</param>
    /// <param name="back">The report of the way back, made with the same digest key.</param>
    public static ImmutableArray<LostKey> Lost(TranslationReport there, TranslationReport back)
    {
        ArgumentNullException.ThrowIfNull(there);
        ArgumentNullException.ThrowIfNull(back);
        var returned = back.Entries.SelectMany(static e => e.NewKeys.Select(k => (Key: FlinkKeyAliases.Canonical(k), e.NewText)))
            .Concat(back.Fields.SelectMany(static f => f.NewKeys.Select(k => (Key: k, f.NewText))))
            .GroupBy(static p => p.Key, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.First().NewText, StringComparer.Ordinal);
        var lost = ImmutableArray.CreateBuilder<LostKey>();
        foreach (var entry in there.Entries.Concat(there.Fields))
        {
            var key = FlinkKeyAliases.Canonical(entry.Key);
            if (returned.TryGetValue(key, out var text) && text == entry.OldText)
            {
                continue;
            }
            // What the specification's own members say came back when they say the same on both ways.
            if (entry.NewKeys is [var field] && IsField(field) && returned.TryGetValue(field, out var member) && member == entry.NewText)
            {
                continue;
            }
            lost.Add(new LostKey(entry.Key, entry.OldText, returned.GetValueOrDefault(key), entry.Outcome is KeyOutcome.Kept or KeyOutcome.Mapped ? "not the same on the way back" : entry.Reason));
        }
        return lost.ToImmutable();
    }

    private static bool IsField(string key) => key.Length > 0 && char.IsAsciiLetterUpper(key[0]);
}
