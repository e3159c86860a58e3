namespace Flink.Resources.Translation;

/// <summary>The queue there: exact names first, then the longest pattern.</summary>
internal static class Queues
{
    public static string? Translate(TargetProfile target, string queue)
    {
        string[] spellings = queue.StartsWith("root.", StringComparison.Ordinal) ? [queue, queue["root.".Length..]] : [queue, "root." + queue];
        foreach (var spelling in spellings)
        {
            if (target.Queues.TryGetValue(spelling, out var exact) && !exact.EndsWith(".*", StringComparison.Ordinal))
            {
                return exact;
            }
        }
        var pattern = target.Queues.Where(static q => q.Key.EndsWith(".*", StringComparison.Ordinal))
            .SelectMany(q => spellings.Where(s => s.StartsWith(q.Key[..^1], StringComparison.Ordinal)), static (map, spelling) => (map, spelling))
            .OrderByDescending(static m => m.map.Key.Length).ThenBy(static m => m.map.Key, StringComparer.Ordinal).Select(static m => ((KeyValuePair<string, string> Map, string Queue)?)m)
            .FirstOrDefault();
        if (pattern is not { } found)
        {
            return null;
        }
        var rest = found.Queue[(found.Map.Key.Length - 1)..];
        return found.Map.Value.EndsWith(".*", StringComparison.Ordinal) ? found.Map.Value[..^1] + rest : found.Map.Value;
    }
}
