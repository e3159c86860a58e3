using System.Globalization;

namespace Flink.Resources.Fleet.Html;

/// <summary>How healthy the jobs are, and what they lost points by.</summary>
internal static class ScoreSection
{
    private const int Bars = 20;
    private const int MostItems = 6;

    public static void Write(HtmlPage page, FleetReport report)
    {
        page.Raw("<section>\n<h2>Scores</h2>\n");
        var scores = Quantiles.Sort(report.Jobs.Select(static j => j.Score));
        if (scores.Length == 0)
        {
            page.Raw("<p class=\"lead\">No job has been scored.</p>\n</section>\n");
            return;
        }
        page.Line($"<p class=\"lead\">The newest score of each job, 0 to 10; {Words.Count(scores.Length, "job")}.</p>");
        Legend.Write(page, (Legend.Box("good"), "healthy, from 8"), (Legend.Box("watch"), "to be watched, from 6"), (Legend.Box("bad"), "unhealthy"));
        var counts = new int[Bars];
        foreach (var score in scores)
        {
            counts[Math.Clamp((int)(score / 10 * Bars), 0, Bars - 1)]++;
        }
        var axis = new Axis(Histogram.Left, Histogram.Right, 10, 1);
        Histogram.Begin(
            page, "Distribution of scores", counts, axis, static t => t.ToString("0", CultureInfo.InvariantCulture), "score (points of 10)",
            static bar => KindOf((bar + 0.5) * 10 / Bars));
        page.Raw("</svg>\n");
        Losses(page, report);
        page.Raw("</section>\n");
    }

    public static string KindOf(double score) => score >= 8 ? "good" : score >= 6 ? "watch" : "bad";

    private static void Losses(HtmlPage page, FleetReport report)
    {
        var items = report.Jobs.SelectMany(static j => j.Losses).GroupBy(static l => l.Item, StringComparer.Ordinal)
            .Select(static g => (Item: g.Key, Points: g.Sum(static l => l.Points), Jobs: g.Count()))
            .OrderByDescending(static i => i.Points).ThenBy(static i => i.Item, StringComparer.Ordinal).Take(MostItems).ToArray();
        if (items.Length == 0)
        {
            return;
        }
        const double left = 110;
        var axis = Axis.Numbers(left, 470, items[0].Points, 4);
        var bottom = 8 + (items.Length * 22);
        page.Line($"<svg viewBox=\"0 0 580 {(double)bottom + 40}\" role=\"img\" aria-label=\"Points lost by item\">");
        foreach (var tick in axis.Ticks)
        {
            page.Line($"<line class=\"grid\" x1=\"{axis.At(tick)}\" x2=\"{axis.At(tick)}\" y1=\"4\" y2=\"{(double)bottom}\"/><text x=\"{axis.At(tick)}\" y=\"{(double)bottom + 15}\" text-anchor=\"middle\">{tick}</text>");
        }
        for (var i = 0; i < items.Length; i++)
        {
            var y = 6.0 + (i * 22);
            var (item, points, jobs) = items[i];
            page.Line($"<text class=\"strong\" x=\"{left - 8}\" y=\"{y + 14}\" text-anchor=\"end\">{item}</text><rect class=\"watch\" x=\"{left}\" y=\"{y + 3}\" width=\"{Math.Max(1, axis.At(points) - left)}\" height=\"14\"/><text x=\"{axis.At(points) + 6}\" y=\"{y + 14}\">{points:0.0} in {Words.Count(jobs, "job")}</text>");
        }
        page.Line($"<text x=\"{(left + 470) / 2}\" y=\"{(double)bottom + 34}\" text-anchor=\"middle\">points lost, all jobs together</text>");
        page.Raw("</svg>\n");
    }
}
