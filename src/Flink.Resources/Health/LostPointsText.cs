using System.Globalization;

namespace Flink.Resources.Health;

/// <summary>Says for a person what a score lost its points by.</summary>
internal static class LostPointsText
{
    private const int Most = 6;

    /// <summary>Open gates, then what cost most; null when nothing did.</summary>
    public static string? Of(HealthEvaluation evaluation)
    {
        var gates = evaluation.Gates.Select(static g => $"{g.Gate}: {g.Evidence}");
        var items = evaluation.Items
            .Where(static i => i.LostPoints >= 0.05)
            .OrderByDescending(static i => i.LostPoints).ThenBy(static i => i.Item, StringComparer.Ordinal)
            .Take(Most)
            .Select(static i => string.Create(CultureInfo.InvariantCulture, $"{i.Item} -{i.LostPoints:0.0} (at {i.Value:0.##})"));
        var text = string.Join(", ", gates.Concat(items));
        return text.Length == 0 ? null : text;
    }

    /// <summary>A score with its coverage and what it lost.</summary>
    public static string Words(HealthEvaluation evaluation)
    {
        var score = evaluation.ShownScore is { } shown ? string.Create(CultureInfo.InvariantCulture, $"score {shown:0.0} of 10") : "no score";
        return string.Create(CultureInfo.InvariantCulture, $"{score}, {evaluation.Coverage * 100:0} % known{(Of(evaluation) is { } lost ? $"; lost: {lost}" : string.Empty)}");
    }
}
