namespace Flink.Resources.Fleet.Html;

/// <summary>When each wave ran, and each job in it: the moments without a running copy stand out.</summary>
internal static class TimelineSection
{
    private const double Left = 172;
    private const double Right = 1180;
    private const double Width = 1200;

    /// <summary>Above this a line per job is a grey surface, and a large file: then each wave is one line.</summary>
    private const int MostLines = 400;

    /// <summary>The marks at line ends are as wide as this on both sides.</summary>
    private const double MarkSize = 2.6;

    public static void Write(HtmlPage page, FleetReport report)
    {
        if (report.StartedAt is not { } start)
        {
            return;
        }
        var end = (report.EndedAt ?? report.At) - start;
        var byJob = report.Jobs.Length <= MostLines;
        page.Raw("<section>\n<h2>Waves over time</h2>\n");
        page.Line($"<p class=\"lead\">{(byJob ? "One line per job, wave below wave." : "One line per wave.")} Times count from the first start, {Words.Of(start)}.</p>");
        if (byJob)
        {
            Legend.Write(
                page, (Legend.Box("moving"), "on the way"), (Legend.Box("dark"), "no copy runs"), (Legend.Box("soak"), "watched on the target"), (Legend.Box("back"), "going back"),
                (Legend.Mark(CampaignJobState.Committed, 9, 6, 5), "moved for good"), (Legend.Mark(CampaignJobState.RolledBack, 9, 6, 5), "back where it was"),
                (Legend.Mark(CampaignJobState.Parked, 9, 6, 5), "waits for a person"), (Legend.Mark(CampaignJobState.NotMoved, 9, 6, 5), "left where it was"));
        }
        else
        {
            Legend.Write(page, (Legend.Box("moving"), "first start to last end of a wave"));
        }
        Draw(page, report, start, end, byJob);
        page.Raw("</section>\n");
    }

    private static void Draw(HtmlPage page, FleetReport report, DateTimeOffset start, TimeSpan length, bool byJob)
    {
        var jobs = report.Jobs.ToLookup(static j => j.Wave);
        var pitch = report.Jobs.Length <= 60 ? 9.0 : report.Jobs.Length <= 150 ? 6 : 4;
        var bands = new List<(FleetReportWave Wave, double Top, double Height)>();
        var y = 6.0;
        foreach (var wave in report.Waves)
        {
            var height = byJob ? Math.Max(24, (jobs[wave.Number].Count() * pitch) + 8) : 24;
            bands.Add((wave, y, height));
            y += height + 4;
        }
        var axis = Axis.Time(Left, Right, length.TotalSeconds, 12);
        page.Line($"<svg viewBox=\"0 0 {Width} {y + 44}\" role=\"img\" aria-label=\"Waves over time\">");
        foreach (var (_, top, height) in bands)
        {
            page.Line($"<rect class=\"band\" x=\"0\" y=\"{top}\" width=\"{Width}\" height=\"{height}\"/>");
        }
        foreach (var tick in axis.Ticks)
        {
            page.Line($"<line class=\"grid\" x1=\"{axis.At(tick)}\" x2=\"{axis.At(tick)}\" y1=\"2\" y2=\"{y}\"/><text x=\"{axis.At(tick)}\" y=\"{y + 16}\" text-anchor=\"middle\">{axis.Clock(tick)}</text>");
        }
        page.Line($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{y}\" y2=\"{y}\"/>");
        page.Line($"<text x=\"{(Left + Right) / 2}\" y=\"{y + 36}\" text-anchor=\"middle\">time since the first start ({axis.ClockUnit})</text>");
        foreach (var (wave, top, height) in bands)
        {
            var count = jobs[wave.Number].Count();
            page.Line($"<text class=\"strong\" x=\"8\" y=\"{top + 16}\">{wave.Number}</text><text x=\"34\" y=\"{top + 16}\">{Words.Of(wave.Stage)} · {Words.Count(count, "job")}</text>");
            if (byJob)
            {
                var line = top + ((height - (count * pitch)) / 2) + (pitch / 2);
                foreach (var job in jobs[wave.Number])
                {
                    Line(page, job, axis, start, report.EndedAt ?? report.At, line, pitch);
                    line += pitch;
                }
            }
            else if (wave.StartedAt is { } from)
            {
                var (x1, x2) = (axis.At((from - start).TotalSeconds), axis.At(((wave.EndedAt ?? report.At) - start).TotalSeconds));
                page.Line($"<rect class=\"moving\" x=\"{x1}\" y=\"{top + 5}\" width=\"{Math.Max(2, x2 - x1)}\" height=\"{height - 10}\"><title>wave {wave.Number}: {Words.Of((wave.EndedAt ?? report.At) - from)}</title></rect>");
            }
        }
        page.Raw("</svg>\n");
    }

    private static void Line(HtmlPage page, FleetReportJob job, Axis axis, DateTimeOffset start, DateTimeOffset end, double y, double pitch)
    {
        if (job.StartedAt is not { } from)
        {
            return;
        }
        var until = job.EndedAt ?? end;
        var height = Math.Max(2, pitch - 1.5);
        var words = $"{job.Job}: {Words.Of(job.State)}, downtime {Words.Or(job.Downtime)}";
        page.Line($"<g><title>{words}</title>");
        var changes = job.Timeline.IsDefaultOrEmpty ? [new StateChange(MigrationState.PreparingTarget, from)] : job.Timeline;
        for (var i = 0; i < changes.Length; i++)
        {
            var next = i + 1 < changes.Length ? changes[i + 1].At : until;
            if (KindOf(changes[i].State) is { } kind && next > changes[i].At)
            {
                var (x1, x2) = (axis.At((changes[i].At - start).TotalSeconds), axis.At((next - start).TotalSeconds));
                page.Line($"<rect class=\"{kind}\" x=\"{x1}\" y=\"{y - (height / 2)}\" width=\"{Math.Max(0.6, x2 - x1)}\" height=\"{height}\"/>");
            }
        }
        page.Raw(Legend.Mark(job.State, axis.At((until - start).TotalSeconds), y, Math.Min(MarkSize + (pitch / 4), 5)));
        page.Raw("</g>\n");
    }

    private static string? KindOf(MigrationState state) => state switch
    {
        MigrationState.SourceFenced or MigrationState.Submitting or MigrationState.Restoring => "dark",
        MigrationState.TargetFenced or MigrationState.SourceResubmitting or MigrationState.SourceVerifying => "back",
        MigrationState.RollbackRequested or MigrationState.TargetStopping => "back",
        MigrationState.Soaking => "soak",
        MigrationState.Committed or MigrationState.RolledBack or MigrationState.Ineligible or MigrationState.Held or MigrationState.Cancelled => null,
        MigrationState.Parked => "parked",
        _ => "moving",
    };
}
