namespace Flink.Resources.Translation;

/// <summary>Paths that are only good on the source.</summary>
internal static class Paths
{
    public static bool IsUnreachable(Draft draft, string text) => IsUnreachable(draft.Target, text);

    public static bool IsUnreachable(TargetProfile target, string text) =>
        target.UnreachablePrefixes.Any(p => p.Length > 0 && text.Contains(p, StringComparison.Ordinal));

    /// <summary>Whether a value is a path of the host: absolute, or <c>file:</c>.</summary>
    public static bool IsHostPath(string value) => value.StartsWith('/') || value.StartsWith("file:", StringComparison.OrdinalIgnoreCase);

    /// <summary>The path there by the longest prefix that the profile names; null when it names none.</summary>
    public static string? Translate(TargetProfile target, string path)
    {
        var best = target.Paths.Where(p => path == p.Key || path.StartsWith(p.Key.TrimEnd('/') + "/", StringComparison.Ordinal))
            .OrderByDescending(static p => p.Key.Length).Select(static p => (KeyValuePair<string, string>?)p).FirstOrDefault();
        return best is { } pair ? pair.Value + path[pair.Key.TrimEnd('/').Length..] : null;
    }
}
