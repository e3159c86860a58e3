using Flink.Resources.Http;

namespace Flink.Resources.Kubernetes;

/// <summary>The line of a Java stack trace or log that says why.</summary>
internal static class LastWords
{
    public static string? Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var line = lines.LastOrDefault(static l => l.StartsWith("Caused by: ", StringComparison.Ordinal))
            ?? lines.LastOrDefault(static l => l.Contains("Exception: ", StringComparison.Ordinal) || l.Contains("Error: ", StringComparison.Ordinal))
            ?? lines.LastOrDefault(static l => !l.StartsWith("at ", StringComparison.Ordinal));
        return line is null ? null : BackendHttp.Shorten(line.StartsWith("Caused by: ", StringComparison.Ordinal) ? line[11..] : line, 300);
    }
}
