namespace Flink.Resources.Fleet.Html;

/// <summary>What happened, for those who want to read it all.</summary>
internal static class NoteSection
{
    private const int Most = 500;

    public static void Write(HtmlPage page, FleetReport report)
    {
        if (report.Notes.IsEmpty)
        {
            return;
        }
        page.Line($"<section>\n<h2>What happened</h2>\n<details><summary>{Words.Count(report.Notes.Length, "note")}</summary>\n<table>");
        foreach (var note in report.Notes.Take(Most))
        {
            page.Line($"<tr><td class=\"k\">{Words.Of(note.At)}</td><td>{note.What}</td><td>{note.By}</td></tr>");
        }
        page.Raw("</table>\n");
        RollbackSection.More(page, report.Notes.Length, Most);
        page.Raw("</details>\n</section>\n");
    }
}
