using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Flink.Resources.Fleet.Reports;

public sealed partial class FleetReportHtmlTests
{
    private const string Hostile = "<script>alert('x')</script><img src=x onerror=\"y\">\"' & \u0001 </style>]]>";

    [Fact]
    public void Write_HostileTexts_AreTextEverywhere()
    {
        var report = SampleReports.Of(40, change: static j => j with
        {
            Job = Hostile + j.Job,
            From = new Placement(Hostile, Hostile),
            To = new Placement(Hostile, Hostile),
            State = j.Wave == 1 ? CampaignJobState.NotMoved : j.State,
            Reason = Hostile,
            LostPoints = Hostile,
            Losses = [new FleetReportLoss(Hostile, 1)],
            Rollback = j.Rollback is null ? null : new FleetReportRollback(Hostile, j.Rollback.Choice, Hostile, Hostile),
            Parity = [new FleetReportMeasure(Hostile, Hostile, 1, 2)],
        });

        var html = Write(report with
        {
            Name = Hostile,
            Campaign = Hostile,
            Holds = [Hostile],
            Left = [new FleetReportLeft(Hostile, new Placement(Hostile, Hostile), Hostile)],
            Notes = [new FleetReportNote(SampleReports.Start, Hostile, Hostile)],
        });

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("onerror=\"", html, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(html, "</style>", RegexOptions.None, TimeSpan.FromSeconds(5)));
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
        Parse(html);
    }

    [Fact]
    public void Write_AnyReport_IsOneFileThatNeedsNothingElse()
    {
        var html = Write(SampleReports.Of(200));

        Assert.DoesNotContain("http:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)\\s*=", html);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Infinity", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(200)]
    [InlineData(1_000)]
    public void Write_AnyNumberOfJobs_IsWellFormed(int jobs) => Parse(Write(jobs == 0 ? SampleReports.Empty : SampleReports.Of(jobs)));

    [Fact]
    public void Write_NothingKnownYet_SaysSo()
    {
        var html = Write(SampleReports.Empty with
        {
            State = CampaignState.Running,
            Jobs = [new FleetReportJob { Job = "a/b", From = new Placement("yarn-east", "root.a"), To = new Placement("k8s-east", "root.a"), Wave = 1, State = CampaignJobState.Waiting }],
            Waves = [new FleetReportWave(1, Planning.PlanStage.Canary, null, null)],
        });

        Assert.Contains("No job has moved.", html, StringComparison.Ordinal);
        Assert.Contains("No job has been scored.", html, StringComparison.Ordinal);
        Assert.Contains("1 job of 1 queue from yarn-east to k8s-east", html, StringComparison.Ordinal);
        Parse(html);
    }

    [Fact]
    public void Write_OneJob_ShowsItsDowntimeOnALabelledAxis()
    {
        var html = Write(SampleReports.Of(1, change: static j => j with { Downtime = TimeSpan.FromSeconds(23.4) }));

        Assert.Contains("median 23.4 s", html, StringComparison.Ordinal);
        Assert.Contains("p95 23.4 s", html, StringComparison.Ordinal);
        Assert.Contains("downtime (seconds)", html, StringComparison.Ordinal);
        Assert.Contains("time since the first start (", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_TenThousandJobs_AddsThemUpAndStaysSmall()
    {
        var report = SampleReports.Of(10_000, perWave: 100);

        var html = Write(report);

        Assert.InRange(html.Length, 10_000, 1_000_000);
        Assert.Contains("9,700 more", html, StringComparison.Ordinal);
        Assert.Contains(report.Jobs.First(static j => j.State == CampaignJobState.RolledBack).Job, html, StringComparison.Ordinal);
        Parse(html);
    }

    [Fact]
    public void Write_InAnyCulture_GivesTheSameBytes()
    {
        var report = SampleReports.Of(200);
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            var (html, json) = (Write(report), Json(report));
            foreach (var culture in (string[])["de-DE", "ar-SA", "tr-TR"])
            {
                CultureInfo.CurrentCulture = new CultureInfo(culture);
                Assert.Equal(html, Write(report));
                Assert.Equal(json, Json(report));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Json_ComesBackAsItWas()
    {
        var report = SampleReports.Of(50);

        var back = FleetReportJson.Read(Json(report));

        Assert.Equal(Json(report), Json(back));
        Assert.Equal(report.Jobs[17].Rollback, back.Jobs[17].Rollback);
        Assert.Equal(report.Jobs[3].Timeline.AsEnumerable(), back.Jobs[3].Timeline.AsEnumerable());
    }

    [Fact]
    public void Summary_CountsEveryJobOnce()
    {
        var summary = SampleReports.Of(200).Summary;

        Assert.Equal(201, summary.Jobs);
        Assert.Equal(201, summary.Committed + summary.RolledBack + summary.Left + summary.Parked + summary.Unfinished);
        Assert.Equal(201, summary.Queues.Sum(static q => q.Jobs));
        Assert.Equal(3, summary.RolledBack);
        Assert.Equal((200, 1.0), (summary.Parity.Single(static p => p.Measure == "stateSize").Jobs, summary.Parity.Single(static p => p.Measure == "stateSize").RatioMedian));
        Assert.DoesNotContain(summary.Parity, static p => p.Measure == "gcShareP90");
    }

    private static string Write(FleetReport report)
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

    /// <summary>The body is XML but for the empty elements of HTML: every element is closed, every attribute quoted, every text encoded.</summary>
    private static void Parse(string html)
    {
        var body = html[html.IndexOf("<body>", StringComparison.Ordinal)..html.LastIndexOf("</html>", StringComparison.Ordinal)];
        XDocument.Parse(Empty().Replace(body, "<br/>").Replace("&#x1;", string.Empty, StringComparison.Ordinal));
    }

    [GeneratedRegex("<br>", RegexOptions.None, 5_000)]
    private static partial Regex Empty();
}
