namespace Flink.Resources.Fleet.Html;

/// <summary>The same numbers queue by queue.</summary>
internal static class QueueSection
{
    private const int Most = 100;

    public static void Write(HtmlPage page, FleetReportSummary summary)
    {
        if (summary.Queues.IsEmpty)
        {
            return;
        }
        page.Raw("<section>\n<h2>Queues</h2>\n<table>\n<tr><th>Queue</th><th class=\"n\">Jobs</th><th class=\"n\">Moved</th><th class=\"n\">Rolled back</th><th class=\"n\">Left</th><th class=\"n\">Wait for a person</th><th class=\"n\">Downtime, median</th><th class=\"n\">Score, median</th></tr>\n");
        foreach (var queue in summary.Queues.Take(Most))
        {
            page.Line($"<tr><td>{queue.Queue}</td><td class=\"n\">{queue.Jobs}</td><td class=\"n\">{queue.Committed}</td><td class=\"n\">{queue.RolledBack}</td><td class=\"n\">{queue.Left}</td><td class=\"n\">{queue.Parked}</td><td class=\"n\">{Words.Or(queue.DowntimeMedian)}</td><td class=\"n\">{Words.Score(queue.ScoreMedian)}</td></tr>");
        }
        page.Raw("</table>\n");
        RollbackSection.More(page, summary.Queues.Length, Most);
        page.Raw("</section>\n");
    }
}
