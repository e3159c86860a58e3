using System.Diagnostics;
using System.Globalization;
using Flink.Resources;
using Flink.Resources.Fleet;
using Spectre.Console;

namespace FleetMigration.Demo;

/// <summary>Shows a campaign while it runs.</summary>
internal abstract class CampaignView : IProgress<CampaignReport>
{
    /// <summary>A table that moves at a terminal, lines elsewhere.</summary>
    public static CampaignView For(IAnsiConsole console) => console.Profile.Capabilities.Interactive && console.Profile.Out.IsTerminal ? new LiveView(console) : new PlainView(console);

    public abstract Task<FleetReport> ShowAsync(Func<IProgress<CampaignReport>, Task<FleetReport>> run);

    public abstract void Report(CampaignReport value);

    private static string Clock(CampaignReport report) => (report.At - (report.StartedAt ?? report.At)).ToString("hh\\:mm\\:ss", CultureInfo.InvariantCulture);

    private static int Count(CampaignReport report, params ReadOnlySpan<CampaignJobState> states)
    {
        var count = 0;
        foreach (var job in report.Jobs)
        {
            count += states.Contains(job.State) ? 1 : 0;
        }
        return count;
    }

    /// <summary>One line for each wave that begins, each job that goes back, and each note.</summary>
    private sealed class PlainView(IAnsiConsole console) : CampaignView
    {
        private readonly HashSet<string> _said = new(StringComparer.Ordinal);

        public override Task<FleetReport> ShowAsync(Func<IProgress<CampaignReport>, Task<FleetReport>> run) => run(this);

        public override void Report(CampaignReport value)
        {
            foreach (var wave in value.Waves.Where(static w => w.StartedAt is not null))
            {
                Say(value, string.Create(CultureInfo.InvariantCulture, $"wave {wave.Number} of {value.Waves.Length} starts: {wave.Stage}, {wave.Jobs.Length} jobs"));
            }
            foreach (var job in value.Jobs.Where(static j => j.State is CampaignJobState.RolledBack or CampaignJobState.Parked))
            {
                Say(value, $"{job.Job} {(job.State == CampaignJobState.Parked ? "waits for a person" : "is back on " + job.Move.From.Backend)}: {job.Rollback?.Reason ?? job.Reason}");
            }
            foreach (var hold in value.Holds)
            {
                Say(value, $"held: {hold.Reason}");
            }
        }

        private void Say(CampaignReport report, string what)
        {
            if (_said.Add(what))
            {
                console.WriteLine($"{Clock(report)}  {what}");
            }
        }
    }

    /// <summary>A line per queue, redrawn a few times in a second.</summary>
    private sealed class LiveView(IAnsiConsole console) : CampaignView
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
        private LiveDisplayContext? _display;
        private long _drawn;

        public override Task<FleetReport> ShowAsync(Func<IProgress<CampaignReport>, Task<FleetReport>> run) => console.Live(new Text("Starting 200 jobs on YARN …")).StartAsync(display =>
        {
            _display = display;
            return run(this);
        });

        public override void Report(CampaignReport value)
        {
            if (_drawn != 0 && Stopwatch.GetElapsedTime(_drawn) < Pause && !value.IsFinal)
            {
                return;
            }
            _drawn = Stopwatch.GetTimestamp();
            _display!.UpdateTarget(Draw(value));
        }

        private static Rows Draw(CampaignReport report)
        {
            var table = new Table().Border(TableBorder.Simple).AddColumns("queue", "moved", "watched", "moving", "waiting", "rolled back", "other", string.Empty);
            foreach (var queue in report.Jobs.GroupBy(static j => j.Move.From.Queue, StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal))
            {
                var own = report with { Waves = [new WaveReport { Number = 1, Stage = default, Jobs = [.. queue] }] };
                int[] counts =
                [
                    Count(own, CampaignJobState.Committed), Count(own, CampaignJobState.Soaking), Count(own, CampaignJobState.Moving, CampaignJobState.Starting),
                    Count(own, CampaignJobState.Waiting), Count(own, CampaignJobState.RolledBack, CampaignJobState.GoingBack), Count(own, CampaignJobState.NotMoved, CampaignJobState.Parked),
                ];
                var done = counts[0] * 20 / queue.Count();
                var watched = (counts[0] + counts[1]) * 20 / queue.Count();
                table.AddRow([Markup.Escape(queue.Key), .. counts.Select(static c => c == 0 ? "·" : c.ToString(CultureInfo.InvariantCulture)), $"[blue]{new string('█', done)}[/][aqua]{new string('▒', watched - done)}[/]{new string('·', 20 - watched)}"]);
            }
            var wave = report.Waves.LastOrDefault(static w => w.StartedAt is not null);
            return new Rows(new Text($"{Clock(report)}  wave {wave?.Number ?? 0} of {report.Waves.Length}  {report.State}  {report.Holds.FirstOrDefault()?.Reason}"), table);
        }
    }
}
