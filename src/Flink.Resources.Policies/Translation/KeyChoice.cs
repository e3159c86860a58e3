using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>Which of an option's several names counts, as the job's Flink decides it.</summary>
internal static class KeyChoice
{
    public sealed record Choice(ImmutableArray<InputKey> Inputs, ImmutableArray<(InputKey Input, string Reason)> Passed);

    public static Choice Choose(IEnumerable<KeyValuePair<string, string>> configuration, FlinkRelease release)
    {
        var inputs = ImmutableArray.CreateBuilder<InputKey>();
        var passed = ImmutableArray.CreateBuilder<(InputKey, string)>();
        foreach (var option in configuration.OrderBy(static p => p.Key, StringComparer.Ordinal)
                     .Select(static p => new InputKey(FlinkKeyAliases.Canonical(p.Key), p.Key, p.Value))
                     .GroupBy(static i => i.Key, StringComparer.Ordinal))
        {
            var known = option.Where(i => FlinkKeyAliases.IsKnown(i.Original, release)).OrderByDescending(static i => FlinkKeyAliases.RankOf(i.Original)).ToList();
            var winner = known.FirstOrDefault();
            foreach (var input in option.Where(i => i != winner))
            {
                passed.Add((input, winner is null || !known.Contains(input)
                    ? $"Flink {release} does not know this name; the job ran without it"
                    : $"Flink takes {winner.Original} before it"));
            }
            if (winner is not null)
            {
                inputs.Add(winner);
            }
        }
        return new Choice(inputs.ToImmutable(), passed.ToImmutable());
    }
}
