using System.Globalization;
using System.Text;

namespace Flink.Resources.Eligibility;

/// <summary>The table of rules in docs/eligibility.md is that of the code. UPDATE_DOCS=1 writes it anew.</summary>
public sealed class EligibilityDocumentTests
{
    private const string Begin = "<!-- rules: written by EligibilityDocumentTests -->";
    private const string End = "<!-- end of rules -->";

    [Fact]
    public void Document_HoldsTheRulesOfTheCode()
    {
        var path = Repository.Document("eligibility.md");
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var table = $"\n{Table()}";
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, $"{text[..begin]}{table}{text[end..]}");
            return;
        }

        Assert.Equal(table, text[begin..end]);
    }

    private static string Table()
    {
        var table = new StringBuilder("| Id | What speaks against the move | Weighs | Seen from |\n|---|---|---|---|\n");
        foreach (var rule in EligibilityRules.All.Cast<EligibilityRule>())
        {
            table.Append(CultureInfo.InvariantCulture, $"| {rule.Id} | {rule.Title} | {rule.Severity} | {rule.SeenFrom} |\n");
        }
        return table.ToString();
    }
}
