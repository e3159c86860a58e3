namespace Flink.Resources.Fleet.Html;

/// <summary>What happened, in one sentence and a row of numbers.</summary>
internal static class SummarySection
{
    public static void Write(HtmlPage page, FleetReport report, FleetReportSummary summary)
    {
        page.Line($"<h1>{report.Name}</h1>");
        page.Line($"<p class=\"lead\">{Sentence(report, summary)}</p>");
        foreach (var hold in report.Holds)
        {
            page.Line($"<section class=\"hold\"><b>Held:</b> {hold}</section>");
        }
        page.Raw("<div class=\"tiles\">\n");
        Tile(page, string.Empty, Number(summary.Jobs), $"{(summary.Jobs == 1 ? "job" : "jobs")} in {Words.Count(report.Waves.Length, "wave")}");
        Tile(page, "good", Number(summary.Committed), "moved for good");
        Tile(page, "back", Number(summary.RolledBack), "rolled back");
        Tile(page, "left", Number(summary.Left), "left where they were");
        Tile(page, "parked", Number(summary.Parked), "wait for a person");
        if (summary.Unfinished > 0)
        {
            Tile(page, string.Empty, Number(summary.Unfinished), "not at an end");
        }
        Tile(page, string.Empty, Words.Or(summary.DowntimeMedian), "downtime, median; p95 " + Words.Or(summary.DowntimeP95));
        Tile(page, string.Empty, Words.Score(summary.ScoreMedian), "score of 10, median; lowest " + Words.Score(summary.ScoreLowest));
        Tile(page, string.Empty, Words.Or(summary.Duration), "from first start to end");
        page.Raw("</div>\n");
    }

    private static string Sentence(FleetReport report, FleetReportSummary summary)
    {
        var ways = report.Jobs.Select(static j => $"{j.From.Backend} to {j.To.Backend}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        var way = ways.Length is > 0 and <= 3 ? $"from {string.Join(", ", ways)}" : ways.Length == 0 ? "nowhere yet" : $"on {Words.Count(ways.Length, "way")}";
        var queues = Words.Count(summary.Queues.Length, "queue");
        var times = report.StartedAt is { } start ? $", {Words.Of(start)} to {Words.Of(report.EndedAt ?? report.At)}" : string.Empty;
        return $"{Words.Count(summary.Jobs, "job")} of {queues} {way}{times}. The campaign is {Words.Of(report.State)}.";
    }

    private static string Number(int count) => count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);

    private static void Tile(HtmlPage page, string kind, string value, string words) =>
        page.Line($"<div class=\"tile {kind}\"><b>{value}</b><span>{words}</span></div>");
}
