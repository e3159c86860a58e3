using System.Collections.Immutable;

namespace Flink.Resources.Fleet.Html;

/// <summary>What was rolled back and why; and what waits for a person.</summary>
internal static class RollbackSection
{
    private const int Most = 100;

    public static void Write(HtmlPage page, FleetReport report)
    {
        var back = report.Jobs.Where(static j => j.State is CampaignJobState.RolledBack or CampaignJobState.GoingBack or CampaignJobState.Parked).ToImmutableArray();
        page.Raw("<section>\n<h2>Rolled back, and why</h2>\n");
        if (back.IsEmpty)
        {
            page.Raw("<p class=\"lead\">No job went back, and none waits for a person.</p>\n</section>\n");
            return;
        }
        page.Raw("<table>\n<tr><th>Job</th><th>State</th><th class=\"n\">Wave</th><th class=\"n\">Score</th><th>Why</th><th>Went on from</th></tr>\n");
        foreach (var job in back.Take(Most))
        {
            page.Line($"<tr><td class=\"k\">{job.Job}<br><small>{Words.Of(job.From)}</small></td><td><span class=\"tag {Words.ClassOf(job.State)}\">{Words.Of(job.State)}</span></td><td class=\"n\">{job.Wave}</td><td class=\"n\">{Words.Score(job.Score)}</td><td>{job.Rollback?.Reason ?? job.Reason ?? "–"}");
            if (job.LostPoints is { } lost && !(job.Rollback?.Reason ?? string.Empty).Contains(lost, StringComparison.Ordinal))
            {
                page.Line($"<br><small>Points lost: {lost}</small>");
            }
            if (job.Rollback?.Evidence is { } evidence)
            {
                page.Line($"<details><summary>What was seen on the target</summary><pre>{evidence}</pre></details>");
            }
            page.Line($"</td><td>{(job.Rollback is { } rollback ? Words.Of(rollback.Choice) : "–")}<br><small>{job.Rollback?.Effect}</small></td></tr>");
        }
        page.Raw("</table>\n");
        More(page, back.Length, Most);
        page.Raw("</section>\n");
    }

    public static void More(HtmlPage page, int count, int shown)
    {
        if (count > shown)
        {
            page.Line($"<p class=\"note\">And {count - shown} more: the JSON report has all.</p>");
        }
    }
}
