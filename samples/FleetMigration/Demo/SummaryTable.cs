using System.Globalization;
using Flink.Resources;
using Flink.Resources.Fleet;
using Spectre.Console;

namespace FleetMigration.Demo;

/// <summary>The end of a campaign in a terminal.</summary>
internal static class SummaryTable
{
    public static void Write(IAnsiConsole console, FleetReport report)
    {
        var summary = report.Summary;
        var table = new Table().Border(console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii).AddColumn("queue");
        foreach (var column in (string[])["jobs", "moved", "rolled back", "left", "parked", "downtime", "score"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }
        foreach (var queue in summary.Queues)
        {
            Row(table, queue.Queue, queue.Jobs, queue.Committed, queue.RolledBack, queue.Left, queue.Parked, queue.DowntimeMedian, queue.ScoreMedian);
        }
        table.AddEmptyRow();
        Row(table, "all", summary.Jobs, summary.Committed, summary.RolledBack, summary.Left, summary.Parked, summary.DowntimeMedian, summary.ScoreMedian);
        console.Write(table);
        foreach (var job in report.Jobs.Where(static j => j.State is CampaignJobState.RolledBack or CampaignJobState.Parked))
        {
            console.MarkupLineInterpolated($"[bold]{job.Job}[/] {(job.State == CampaignJobState.Parked ? "waits for a person" : "is back")}: {job.Rollback?.Reason ?? job.Reason}");
        }
        foreach (var left in report.Left)
        {
            console.MarkupLineInterpolated($"[bold]{left.Job}[/] was left on {left.At.Backend}: {left.Reason}");
        }
    }

    private static void Row(Table table, string name, int jobs, int moved, int back, int left, int parked, TimeSpan? downtime, double? score) => table.AddRow(
        Markup.Escape(name), Number(jobs), Number(moved), Number(back), Number(left), Number(parked),
        downtime is { } time ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s") : "-",
        score is { } points ? points.ToString("0.0", CultureInfo.InvariantCulture) : "-");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
