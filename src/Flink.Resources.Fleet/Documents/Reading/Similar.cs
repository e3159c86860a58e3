namespace Flink.Resources.Fleet;

/// <summary>"Did you mean …?"</summary>
internal static class Similar
{
    private const int Longest = 64;

    /// <summary>The known name that is nearest to what was written; null when none is near.</summary>
    public static string? To(string written, IEnumerable<string> known)
    {
        if (written.Length > Longest)
        {
            return null;
        }
        return known
            .Where(static k => k.Length <= Longest)
            .Select(k => (Name: k, Distance: Distance(written.ToUpperInvariant(), k.ToUpperInvariant())))
            .Where(p => p.Distance <= Math.Max(1, Math.Min(written.Length, p.Name.Length) / 3))
            .OrderBy(static p => p.Distance).ThenBy(static p => p.Name, StringComparer.Ordinal)
            .Select(static p => p.Name)
            .FirstOrDefault();
    }

    /// <summary>The sentence to add, or nothing.</summary>
    public static string Hint(string written, IEnumerable<string> known) => To(written, known) is { } name ? $" Did you mean '{name}'?" : string.Empty;

    /// <summary>Insertions, deletions, replacements and exchanged neighbours (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }
        for (var j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                rows[i, j] = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }
        return rows[a.Length, b.Length];
    }
}
