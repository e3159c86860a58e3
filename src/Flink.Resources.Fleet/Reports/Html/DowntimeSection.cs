using System.Globalization;

namespace Flink.Resources.Fleet.Html;

/// <summary>How long jobs were without a running copy.</summary>
internal static class DowntimeSection
{
    public static void Write(HtmlPage page, FleetReport report)
    {
        page.Raw("<section>\n<h2>Downtime</h2>\n");
        var seconds = Quantiles.Sort(report.Jobs.Select(static j => j.Downtime?.TotalSeconds));
        if (seconds.Length == 0)
        {
            page.Raw("<p class=\"lead\">No job has moved.</p>\n</section>\n");
            return;
        }
        page.Line($"<p class=\"lead\">From a job's last snapshot on the source to all its tasks running on the target; {Words.Count(seconds.Length, "job")}.</p>");
        var axis = Axis.Numbers(Histogram.Left, Histogram.Right, seconds[^1] * 1.0001, 8);
        // Each tick is the border of bars: two to five between ticks, as many as make about 32.
        var bars = (int)Math.Round(axis.End / axis.Step) * Math.Clamp((int)Math.Round(32 * axis.Step / axis.End), 1, 5);
        var counts = new int[bars];
        foreach (var second in seconds)
        {
            counts[Math.Min(bars - 1, (int)(second / axis.End * bars))]++;
        }
        Histogram.Begin(
            page, "Distribution of downtimes", counts, axis, static t => t.ToString("0.###", CultureInfo.InvariantCulture), "downtime (seconds)", static _ => "good");
        Mark(page, axis, Quantiles.Of(seconds, 0.5)!.Value, "median", string.Empty, 12, onTheLeft: true);
        Mark(page, axis, Quantiles.Of(seconds, 0.95)!.Value, "p95", "dash", 12, onTheLeft: false);
        page.Raw("</svg>\n</section>\n");
    }

    private static void Mark(HtmlPage page, Axis axis, double seconds, string name, string dash, double y, bool onTheLeft)
    {
        var x = axis.At(seconds);
        var left = (onTheLeft && x > Histogram.Left + 110) || x > Histogram.Right - 90;
        page.Line($"<line class=\"mark {dash}\" x1=\"{x}\" x2=\"{x}\" y1=\"{y - 4}\" y2=\"{Histogram.Bottom}\"/>");
        page.Line($"<text class=\"strong\" x=\"{(left ? x - 6 : x + 6)}\" y=\"{y + 6}\" text-anchor=\"{(left ? "end" : "start")}\">{name} {Words.Of(TimeSpan.FromSeconds(seconds))}</text>");
    }
}
