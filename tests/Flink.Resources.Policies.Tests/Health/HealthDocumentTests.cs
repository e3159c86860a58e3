using System.Globalization;
using System.Runtime.CompilerServices;

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

        Assert.Contains(string.Concat(rows), File.ReadAllText(Document()).ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static string Document([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "docs", "health.md");
}
