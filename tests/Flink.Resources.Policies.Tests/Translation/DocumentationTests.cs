using System.Globalization;
using System.Text;

namespace Flink.Resources.Translation;

/// <summary>The tables of the page are those of the code. <c>UPDATE_GOLDEN=1</c> writes them anew.</summary>
public sealed class DocumentationTests
{
    private const string Begin = "<!-- tables: begin -->";
    private const string End = "<!-- tables: end -->";

    [Fact]
    public void Page_HoldsTheTablesOfTheCode()
    {
        var path = Path.Combine(Repository.Root, "docs", "translation.md");
        var page = File.ReadAllText(path);
        var (start, stop) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var tables = Tables();
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            page = page[..start] + "\n" + tables + page[stop..];
            File.WriteAllText(path, page);
            stop = page.IndexOf(End, StringComparison.Ordinal);
        }

        Assert.Equal(tables, page[start..stop].TrimStart('\n'));
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        Table(text, "From YARN to Kubernetes", MappingTable.ToKubernetes);
        Table(text, "From Kubernetes to YARN", MappingTable.ToYarn);
        text.Append("## Renamed keys\n\n| Option | Names, with the first Flink version that knows each |\n|---|---|\n");
        foreach (var alias in FlinkKeyAliases.All)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {alias.Meaning} | {string.Join(", ", alias.Names.Select(static n => $"`{n.Key}` {n.Since}"))} |\n");
        }
        return text.Append('\n').ToString();
    }

    private static void Table(StringBuilder text, string title, MappingTable table)
    {
        text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n| Key | There | Outcome | Note |\n|---|---|---|---|\n");
        foreach (var row in table.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{row.Key}` | {row.Target} | {string.Join(", ", row.Outcomes)} | {Cell(row.Note)} |\n");
        }
        text.Append("\nWhat the source had without a key:\n\n| There without a key | Added | Note |\n|---|---|---|\n");
        foreach (var row in table.Additions)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row.Source} | {row.Key} | {row.Note} |\n");
        }
        text.Append('\n');
    }

    private static string Cell(string note) => note.Replace("|", "\\|", StringComparison.Ordinal);
}
