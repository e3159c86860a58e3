using System.Globalization;

namespace Flink.Resources.Health;

/// <summary>The table that people read is what the code does.</summary>
public sealed class HealthDocumentTests
{
    [Fact]
    public void Document_TableOfItems_IsThatOfTheCode()
    {
        var rows = HealthItems.Streaming.Select(static i => string.Create(
            CultureInfo.InvariantCulture,
            $"| {i.Key} | {i.Title} | {i.Bad} | {i.Good} | {i.Weight} | {i.Window.TotalMinutes} min | {(i.LimitsScore ? "yes" : "no")} |\n"));

        Assert.Contains(string.Concat(rows), File.ReadAllText(Repository.Document("health.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }
}
