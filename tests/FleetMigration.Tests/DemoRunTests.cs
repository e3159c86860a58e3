using System.Globalization;
using Flink.Resources;
using Flink.Resources.Fleet;
using Flink.Resources.Rollback;

namespace FleetMigration.Demo;

/// <summary>What the demo promises, looked at from outside: the simulated clusters count records and copies themselves.</summary>
public sealed class DemoRunTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OneSeedTwice_GivesTheSameBytes()
    {
        var (first, _) = await RunAsync(7);
        var (second, _) = await RunAsync(7);

        Assert.Equal(Html(first), Html(second));
        Assert.Equal(Json(first), Json(second));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(42)]
    public async Task Run_AnySeed_EachAccidentEndsAsItShould(long seed)
    {
        var (report, demo) = await RunAsync(seed);
        var jobs = report.Jobs.ToDictionary(static j => j.Job, StringComparer.Ordinal);

        Assert.Equal(CampaignState.Completed, report.State);
        Assert.Equal(200, report.Summary.Jobs);
        Assert.Equal(200 - 3, report.Summary.Committed);

        // A savepoint that fails once costs time and nothing else.
        Assert.Equal(CampaignJobState.Committed, jobs[DemoFleet.SavepointFailsOnce.Value].State);

        // Without an image the target never wrote anything: the way back is free.
        var missing = jobs[DemoFleet.ImageMissing.Value];
        Assert.Equal(CampaignJobState.RolledBack, missing.State);
        Assert.Equal(RollbackChoice.ReturnToOrigin, missing.Rollback!.Choice);
        Assert.Contains("nothing is lost or repeated", missing.Rollback.Effect, StringComparison.Ordinal);

        // Running, checkpointing, never restarted, and behind: only the score sees it.
        var behind = jobs[DemoFleet.FallsBehind.Value];
        Assert.Equal(CampaignJobState.RolledBack, behind.State);
        Assert.Equal(RollbackChoice.CarryForward, behind.Rollback!.Choice);
        Assert.Contains("lag", behind.Rollback.Reason, StringComparison.Ordinal);

        // What fits nowhere is left, and the report says so.
        Assert.Equal(DemoFleet.TooLarge.Value, Assert.Single(report.Left).Job);
        Assert.Equal(2, report.Summary.RolledBack);
        Assert.All(demo.Jobs, job => AssertExact(demo, job, jobs.GetValueOrDefault(job.Key.Value)));
    }

    /// <summary>One live copy, where the report says; and no record lost, or twice where the sink shows it.</summary>
    private static void AssertExact(DemoFleet demo, DemoJob job, FleetReportJob? reported)
    {
        var copy = Assert.Single(demo.Fleet.LiveCopies(job.Key));
        Assert.Equal(reported?.State == CampaignJobState.Committed ? DemoFleet.Target : DemoFleet.Source, copy.Copy.Application.Backend);
        var account = demo.Fleet.Account(job.Key);
        Assert.True(account.IsExact, $"{job.Key}: {account}");
        Assert.True(account.Committed > 0, $"{job.Key} has no output.");
        Assert.Equal(0, account.StartsFromNothing);
    }

    private static async Task<(FleetReport Report, DemoFleet Demo)> RunAsync(long seed)
    {
        var demo = new DemoFleet(seed);
        var twice = new List<string>();
        var report = await DemoRun.RunAsync(demo, new CopyWatch(demo, twice), Cancellation);
        Assert.Empty(twice);
        return (report, demo);
    }

    private static string Html(FleetReport report)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        FleetReportHtml.Write(report, writer);
        return writer.ToString();
    }

    private static string Json(FleetReport report)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture);
        FleetReportJson.Write(report, writer);
        return writer.ToString();
    }

    /// <summary>Counts live copies each time the campaign says something new.</summary>
    private sealed class CopyWatch(DemoFleet demo, List<string> twice) : IProgress<CampaignReport>
    {
        public void Report(CampaignReport value)
        {
            foreach (var job in value.Jobs.Where(static j => j.State is CampaignJobState.Moving or CampaignJobState.GoingBack))
            {
                if (demo.Fleet.LiveCopies(job.Job) is { Length: > 1 } copies)
                {
                    twice.Add($"{job.Job} at {value.At:O}: {string.Join(" | ", copies.Select(static c => c.Why))}");
                }
            }
        }
    }
}
