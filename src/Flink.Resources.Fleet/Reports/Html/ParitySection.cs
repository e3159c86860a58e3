using System.Globalization;

namespace Flink.Resources.Fleet.Html;

/// <summary>Whether the jobs are on the target what they were on the source.</summary>
internal static class ParitySection
{
    public static void Write(HtmlPage page, FleetReportSummary summary)
    {
        if (summary.Parity.IsEmpty)
        {
            return;
        }
        page.Raw("<section>\n<h2>Before and after</h2>\n<p class=\"lead\">Medians over the jobs that have the number on both sides. The ratio is each job's own, after by before: 1 is the same.</p>\n");
        page.Raw("<table>\n<tr><th>Measure</th><th class=\"n\">Jobs</th><th class=\"n\">Before</th><th class=\"n\">After</th><th class=\"n\">Ratio, median</th><th class=\"n\">Ratio, p95</th></tr>\n");
        foreach (var line in summary.Parity)
        {
            page.Line($"<tr><td>{line.Measure}</td><td class=\"n\">{line.Jobs}</td><td class=\"n\">{Words.Amount(line.BeforeMedian, line.Unit)}</td><td class=\"n\">{Words.Amount(line.AfterMedian, line.Unit)}</td><td class=\"n\">{Ratio(line.RatioMedian)}</td><td class=\"n\">{Ratio(line.RatioP95)}</td></tr>");
        }
        page.Raw("</table>\n</section>\n");
    }

    private static string Ratio(double? ratio) => ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–";
}
