using Flink.Resources.Fleet.Html;

namespace Flink.Resources.Fleet;

/// <summary>
/// The report as one HTML file that needs nothing else: no script, no picture, no font from elsewhere, so that it can be mailed and kept.
/// Everything that came from outside is encoded. Made to be read at 1280 pixels and wider, by day and by night, in print, and without
/// telling colours apart. Of a large fleet it shows the jobs that need an eye and adds the others up; <see cref="FleetReportJson"/> has all.
/// </summary>
public static class FleetReportHtml
{
    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">Where it goes, UTF-8; it stays open.</param>
    public static void Write(FleetReport report, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(writer);
        var page = new HtmlPage(writer);
        var summary = report.Summary;
        page.Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.Raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
        page.Line($"<title>{report.Name} · fleet report</title>");
        page.Raw("<style>\n");
        page.Raw(Style.Sheet);
        page.Raw("</style>\n</head>\n<body>\n<main>\n");
        SummarySection.Write(page, report, summary);
        TimelineSection.Write(page, report);
        page.Raw("<div class=\"pair\">\n");
        DowntimeSection.Write(page, report);
        ScoreSection.Write(page, report);
        page.Raw("</div>\n");
        RollbackSection.Write(page, report);
        LeftSection.Write(page, report);
        QueueSection.Write(page, summary);
        ParitySection.Write(page, summary);
        JobSection.Write(page, report);
        NoteSection.Write(page, report);
        page.Raw("</main>\n</body>\n</html>\n");
    }
}
