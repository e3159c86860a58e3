using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>What becomes of each key between YARN and Kubernetes. Each direction has a table of its own; the first row that matches counts, names before patterns.</summary>
public sealed class MappingTable
{
    private readonly FrozenDictionary<string, MappingRow> _named;
    private readonly ImmutableArray<MappingRow> _patterns;

    private MappingTable(ImmutableArray<MappingRow> own, ImmutableArray<AdditionRow> additions)
    {
        // The own rows come first; whatever they do not name falls to the common ones, and last of all to their own "everything else".
        Rows =
        [
            .. own.Where(static r => !IsRest(r)), .. CommonRows.Restoring, .. CommonRows.Program, .. CommonRows.Sizes, .. CommonRows.Environments, .. CommonRows.Runtime,
            .. CommonRows.Kept, .. own.Where(IsRest), new MappingRow("*", "same key", [KeyOutcome.Kept, KeyOutcome.Mapped], "keys of Flink and of the job mean the same on both", Rest),
        ];
        _named = Rows.Where(static r => !r.Key.Contains('*', StringComparison.Ordinal)).DistinctBy(static r => r.Key, StringComparer.Ordinal)
            .ToFrozenDictionary(static r => r.Key, StringComparer.Ordinal);
        _patterns = [.. Rows.Where(static r => r.Key.Contains('*', StringComparison.Ordinal))];
        Additions = additions;
    }

    /// <summary>From YARN to Kubernetes.</summary>
    public static MappingTable ToKubernetes { get; } = new(YarnToKubernetes.Rows, AdditionRows.Kubernetes);

    /// <summary>From Kubernetes to YARN.</summary>
    public static MappingTable ToYarn { get; } = new(KubernetesToYarn.Rows, AdditionRows.Yarn);

    /// <summary>All rows in order.</summary>
    public ImmutableArray<MappingRow> Rows { get; }

    /// <summary>What the target brings that the source had without a key.</summary>
    public ImmutableArray<AdditionRow> Additions { get; }

    /// <summary>The row of a key by its newest name. There is one for every key.</summary>
    /// <param name="key">The key.</param>
    public MappingRow RowOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return _named.TryGetValue(key, out var row) ? row : _patterns.First(r => r.Matches(key));
    }

    private static bool IsRest(MappingRow row) => row.Key is "yarn.*" or "kubernetes.*" or "high-availability.*";

    /// <summary>A value that only the source reaches stays in the specification's checks; what the target sets itself is not written.</summary>
    private static void Rest(Draft draft, InputKey input)
    {
        if (draft.IsOwned(input.Key))
        {
            draft.Drop(input, "the target sets it itself");
        }
        else
        {
            draft.Keep(input);
        }
    }
}
