namespace Flink.Resources.Fleet.Html;

/// <summary>Every job of a small fleet; of a large one those that need an eye.</summary>
internal static class JobSection
{
    /// <summary>A page with more lines is not read.</summary>
    private const int Most = 300;

    public static void Write(HtmlPage page, FleetReport report)
    {
        if (report.Jobs.IsEmpty)
        {
            return;
        }
        var jobs = report.Jobs.OrderBy(static j => j.State == CampaignJobState.Committed).ThenBy(static j => j.Score ?? 11)
            .ThenBy(static j => j.Wave).ThenBy(static j => j.Job, StringComparer.Ordinal).Take(Most);
        page.Raw("<section>\n<h2>Jobs</h2>\n<p class=\"lead\">Those that did not simply move come first, then the lowest scores.</p>\n<table>\n");
        page.Raw("<tr><th>Job</th><th>Queue</th><th class=\"n\">Wave</th><th>State</th><th>Score</th><th>Points lost by</th><th class=\"n\">Downtime</th></tr>\n");
        foreach (var job in jobs)
        {
            page.Line($"<tr><td class=\"k\" title=\"{job.Job}\">{job.Job}</td><td>{job.From.Queue}</td><td class=\"n\">{job.Wave}</td><td><span class=\"tag {Words.ClassOf(job.State)}\">{Words.Of(job.State)}</span></td><td class=\"k\">");
            if (job.Score is { } score)
            {
                page.Line($"<span class=\"bar\"><i class=\"{ScoreSection.KindOf(score)}\" style=\"width:{Math.Clamp(score, 0, 10) * 10}%\"></i></span>");
            }
            page.Line($"{Words.Score(job.Score)}</td><td><small>{job.LostPoints}</small></td><td class=\"n\">{Words.Or(job.Downtime)}</td></tr>");
        }
        page.Raw("</table>\n");
        RollbackSection.More(page, report.Jobs.Length, Most);
        page.Raw("</section>\n");
    }
}
