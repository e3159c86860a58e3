namespace Flink.Resources.Fleet.Html;

/// <summary>What was left where it was and why, one line for each reason.</summary>
internal static class LeftSection
{
    private const int MostReasons = 50;
    private const int MostNames = 8;

    public static void Write(HtmlPage page, FleetReport report)
    {
        var reasons = report.Left.Select(static l => (l.Job, l.Reason))
            .Concat(report.Jobs.Where(static j => j.State == CampaignJobState.NotMoved).Select(static j => (j.Job, Reason: j.Reason ?? "no reason was given")))
            .GroupBy(static l => l.Reason, static l => l.Job, StringComparer.Ordinal)
            .Select(static g => (Reason: g.Key, Jobs: g.Order(StringComparer.Ordinal).ToArray()))
            .OrderByDescending(static g => g.Jobs.Length).ThenBy(static g => g.Reason, StringComparer.Ordinal).ToArray();
        page.Raw("<section>\n<h2>Left where they were, and why</h2>\n");
        if (reasons.Length == 0)
        {
            page.Raw("<p class=\"lead\">Every job was moved, or tried.</p>\n</section>\n");
            return;
        }
        page.Raw("<table>\n<tr><th class=\"n\">Jobs</th><th>Why</th><th>Which</th></tr>\n");
        foreach (var (reason, jobs) in reasons.Take(MostReasons))
        {
            var more = jobs.Length > MostNames ? $" and {jobs.Length - MostNames} more" : string.Empty;
            page.Line($"<tr><td class=\"n\">{jobs.Length}</td><td>{reason}</td><td>{string.Join(", ", jobs.Take(MostNames))}{more}</td></tr>");
        }
        page.Raw("</table>\n");
        RollbackSection.More(page, reasons.Length, MostReasons);
        page.Raw("</section>\n");
    }
}
