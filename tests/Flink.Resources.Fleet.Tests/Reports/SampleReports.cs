using System.Collections.Immutable;
using Flink.Resources.Health;
using Flink.Resources.Planning;
using Flink.Resources.Rollback;

namespace Flink.Resources.Fleet.Reports;

/// <summary>Reports of campaigns that nobody ran.</summary>
internal static class SampleReports
{
    public static DateTimeOffset Start { get; } = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    public static FleetReport Empty { get; } = new() { Campaign = "c-0", Name = "nothing", State = CampaignState.Completed, At = Start };

    public static FleetReport Of(int jobs, int perWave = 25, Func<FleetReportJob, FleetReportJob>? change = null)
    {
        var random = new Random(5);
        var waves = (jobs + perWave - 1) / perWave;
        var all = Enumerable.Range(0, jobs).Select(i => Job(i, perWave, random)).Select(j => change?.Invoke(j) ?? j).ToImmutableArray();
        return Empty with
        {
            Campaign = "c-1",
            Name = "yarn-east-to-k8s-east",
            StartedAt = Start,
            EndedAt = Start + TimeSpan.FromMinutes((12 * waves) + 30),
            Waves = [.. Enumerable.Range(1, waves).Select(w => new FleetReportWave(w, w == 1 ? PlanStage.Canary : PlanStage.Rest, all.First(j => j.Wave == w).StartedAt, all.Where(j => j.Wave == w).Max(static j => j.EndedAt)))],
            Jobs = all,
            Left = [new FleetReportLeft("reports/yearly-cube-01", new Placement("yarn-east", "root.offline.reports"), "One TaskManager takes 300 GiB; the largest node of k8s-east has 256 GiB.")],
            Notes = [new FleetReportNote(Start, "Wave 1 starts.", null), new FleetReportNote(Start + TimeSpan.FromMinutes(3), "Paused.", "kim")],
        };
    }

    private static FleetReportJob Job(int number, int perWave, Random random)
    {
        var wave = (number / perWave) + 1;
        var start = Start + TimeSpan.FromMinutes(12 * (wave - 1)) + TimeSpan.FromSeconds(6 * (number % perWave));
        var downtime = TimeSpan.FromSeconds(18 + (random.NextDouble() * random.NextDouble() * 60));
        var isBack = number % 70 == 17;
        var score = isBack ? 4.2 : Math.Min(10, 8.6 + random.NextDouble() * 1.6);
        var stopped = start + TimeSpan.FromMinutes(6);
        ImmutableArray<StateChange> timeline =
        [
            new(MigrationState.Validating, start), new(MigrationState.Baselining, start + TimeSpan.FromSeconds(2)), new(MigrationState.Stopping, stopped),
            new(MigrationState.SourceFenced, stopped + TimeSpan.FromSeconds(4)), new(MigrationState.Restoring, stopped + TimeSpan.FromSeconds(9)),
            new(MigrationState.CatchingUp, stopped + downtime), new(MigrationState.Soaking, stopped + downtime + TimeSpan.FromMinutes(5)),
            new(isBack ? MigrationState.RollbackRequested : MigrationState.Committed, stopped + downtime + TimeSpan.FromMinutes(15)),
            .. isBack ? [new StateChange(MigrationState.RolledBack, stopped + downtime + TimeSpan.FromMinutes(17))] : ImmutableArray<StateChange>.Empty,
        ];
        return new FleetReportJob
        {
            Job = FormattableString.Invariant($"ads/clicks-{number:0000}"),
            From = new Placement("yarn-east", number % 3 == 0 ? "root.realtime.ads" : "root.nearline.etl"),
            To = new Placement("k8s-east", number % 3 == 0 ? "root.realtime.ads" : "root.nearline.etl"),
            Wave = wave,
            State = isBack ? CampaignJobState.RolledBack : CampaignJobState.Committed,
            StartedAt = start,
            EndedAt = timeline[^1].At,
            Timeline = timeline,
            Downtime = downtime,
            Score = score,
            Verdict = isBack ? HealthVerdict.Unhealthy : HealthVerdict.Healthy,
            Coverage = 1,
            LostPoints = score < 9 ? "lag -1.5 (at 3.0), thru -1.2 (at 0.80)" : null,
            Losses = score < 9 ? [new FleetReportLoss("lag", 1.5), new FleetReportLoss("thru", 1.2)] : [],
            Rollback = isBack ? new FleetReportRollback("unhealthy for 10 min; score 4.2 of 10; lost: lag -1.5 (at 3.0)", RollbackChoice.CarryForward, "Nothing is lost or repeated.", "line 1\nline 2") : null,
            Parity = [new FleetReportMeasure("inputRate", "records/s", 2_000, 1_990 + number), new FleetReportMeasure("stateSize", "bytes", 1L << 30, 1L << 30), new FleetReportMeasure("gcShareP90", "1", null, 0.02)],
        };
    }
}
