using System.Globalization;

namespace Flink.Resources.Flink;

/// <summary>The line of a Java stack trace or log that says why.</summary>
internal static class LastWords
{
    private const int Longest = 300;

    public static string? Of(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var line = lines.LastOrDefault(static l => l.StartsWith("Caused by: ", StringComparison.Ordinal))
            ?? lines.LastOrDefault(static l => l.Contains("Exception: ", StringComparison.Ordinal) || l.Contains("Error: ", StringComparison.Ordinal))
            ?? lines.LastOrDefault(static l => !l.StartsWith("at ", StringComparison.Ordinal) && !l.StartsWith("... ", StringComparison.Ordinal));
        if (line is null)
        {
            return null;
        }
        line = line.StartsWith("Caused by: ", StringComparison.Ordinal) ? line[11..] : line;
        return line.Length <= Longest ? line : string.Create(CultureInfo.InvariantCulture, $"{line.AsSpan(0, Longest)}…");
    }
}
