using System.Collections.Immutable;
using Flink.Resources.Eligibility;
using Flink.Resources.Migration;
using Flink.Resources.Planning;
using Microsoft.Extensions.Logging.Testing;

namespace Flink.Resources.Campaigns;

/// <summary>Jobs whose turn comes long after the plan are judged again before they are moved.</summary>
public sealed class CampaignEligibilityTests
{
    private const int NotJudged = 1115;
    private static readonly EligibilityFinding Blocked = new("E19", EligibilitySeverity.Block, "0 of 4 tasks run", "heal the job first");
    private static readonly EligibilityFinding Warned = new("E07", EligibilitySeverity.Warn, "Flink 1.20 becomes 2.0", "know that the way back is closed");
    private static readonly EligibilityFinding Info = new("E19", EligibilitySeverity.Info, "Nobody scored the job yet", "its baseline is measured before the move");
    private static readonly EligibilityFinding Unread = new("E33", EligibilitySeverity.Block, "The source's JobManager is not known to answer", "open the way") { IsUnknown = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The second wave waits for an approval that comes so many minutes after the plan.</summary>
    [Theory]
    [InlineData(29, false)]
    [InlineData(31, true)]
    public async Task Run_ASecondWave_IsJudgedAgainOnlyWhenThePlanIsTooOld(int minutes, bool isJudged)
    {
        var campaign = new SimulatedCampaign(8);
        var judge = new Judge(campaign, static _ => [Info]);
        CampaignReport? report = null;
        Counting? counting = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(wrap: m => judge.Moves = counting = new Counting(m, campaign), senses: judge.Senses);
                var id = await campaigns.CreateAsync(campaign.Request(perWave: 4, needsApproval: static i => i == 1) with { JudgedAt = judge.Now }, ct);
                var running = campaigns.RunAsync(id, null, ct);
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(minutes), ct);
                Assert.Empty(judge.Asked);
                await campaigns.RequestAsync(id, new CampaignDemand(CampaignRequestKind.Approve, Wave: 2), "kim", null, ct);
                report = await running;
            },
            Cancellation);

        Assert.All(report!.Jobs, static j => Assert.Equal(CampaignJobState.Committed, j.State));
        Assert.Equal(isJudged ? report.Waves[1].Jobs.Select(static j => j.Job.Value).Order(StringComparer.Ordinal) : [], judge.Asked.Select(static a => a.Job.Value).Order(StringComparer.Ordinal));
        Assert.All(judge.Asked, static a => Assert.False(a.IsWritten, $"{a.Job} was judged after its move was written."));
        Assert.All(report.Waves[1].Jobs, j => Assert.Equal(isJudged, j.JudgedAt > report.CreatedAt));
        Assert.All(report.Jobs, static j => Assert.Empty(j.Findings));
        Assert.Null(campaign.Verdict(static _ => SimulatedCampaign.Kubernetes));
    }

    [Fact]
    public async Task Run_JobsThatMayNotBeMovedAnyMore_StayWithTheirFindingsAndTheOthersMove()
    {
        var campaign = new SimulatedCampaign(6);
        var judge = new Judge(campaign, static j => j == SimulatedCampaign.Key(1) ? [Blocked, Info] : j == SimulatedCampaign.Key(4) ? [Warned] : []);
        CampaignReport? report = null;
        CampaignReport? found = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(senses: judge.Senses);
                report = await campaigns.RunAsync(await campaigns.CreateAsync(campaign.Request(perWave: 2), ct), null, ct);
                found = await campaign.New("two").FindAsync(report.Id, ct);
            },
            Cancellation);

        Assert.Equal(CampaignState.Completed, report!.State);
        var left = report.Jobs.Where(static j => j.State == CampaignJobState.NotMoved).ToList();
        Assert.Equal([SimulatedCampaign.Key(1), SimulatedCampaign.Key(4)], left.Select(static j => j.Job));
        Assert.Equal([Blocked, Warned], left.SelectMany(static j => j.Findings));
        Assert.Equal("E19 blocks it: 0 of 4 tasks run. heal the job first.", left[0].Reason);
        Assert.Contains("Acknowledge it", left[1].Reason, StringComparison.Ordinal);
        Assert.All(left, static j => Assert.Equal((null, null, true), (j.RunId, j.StartedAt, j.EndedAt is not null)));
        Assert.All(report.Jobs.Except(left), static j => Assert.Equal(CampaignJobState.Committed, j.State));
        Assert.Equal(6, judge.Asked.Count);
        Assert.Empty(report.Holds);
        Assert.Equal(report.Jobs.Select(Told), found!.Jobs.Select(Told));
        Assert.Null(campaign.Verdict(k => left.Any(j => j.Job == k) ? SimulatedCampaign.Yarn : SimulatedCampaign.Kubernetes));
    }

    /// <summary>What can't be read, and whatever a judge fails with, refuses nothing.</summary>
    [Fact]
    public async Task Run_AJobThatCanNotBeJudged_WaitsAndIsAskedAgainWhileOthersMove()
    {
        var campaign = new SimulatedCampaign(4);
        var logger = new FakeLogger();
        var asked = 0;
        var judge = new Judge(campaign, j => j != SimulatedCampaign.Key(2) ? [] : ++asked switch
        {
            1 or 2 => [Unread],
            3 or 4 => throw new ResourceBackendException(BackendFault.Unreachable, SimulatedCampaign.Yarn, "yarn-east does not answer"),
            _ => [],
        });
        var waits = new HashSet<string>(StringComparer.Ordinal);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(senses: judge.Senses with { Logger = logger });
                report = await campaigns.RunAsync(await campaigns.CreateAsync(campaign.Request(), ct), new Reports(r =>
                {
                    if (r.Waves[0].Jobs[2] is { State: CampaignJobState.Waiting, Reason: { } reason })
                    {
                        waits.Add(reason);
                    }
                }), ct);
            },
            Cancellation);

        Assert.All(report!.Jobs, static j => Assert.Equal((CampaignJobState.Committed, null), (j.State, j.Reason)));
        var times = judge.Asked.Where(static a => a.Job == SimulatedCampaign.Key(2)).Select(static a => a.At).ToList();
        Assert.Equal(5, times.Count);
        Assert.All(times.Zip(times.Skip(1)), static p => Assert.InRange(p.Second - p.First, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1.5)));
        var late = report.Waves[0].Jobs[2];
        Assert.True(late.StartedAt >= times[4]);
        Assert.All(report.Jobs.Where(j => j != late), j => Assert.True(j.StartedAt < times[1]));
        Assert.Equal(
            ["Whether it may still be moved is being judged.", "Whether it may still be moved is not known, and is asked again: E33 blocks it: The source's JobManager is not known to answer. open the way.", "Whether it may still be moved is not known, and is asked again: yarn-east does not answer"],
            waits.Where(static w => w.StartsWith("Whether", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Single(logger.Collector.GetSnapshot(), static r => r.Id.Id == NotJudged);
        Assert.Null(campaign.Verdict(static _ => SimulatedCampaign.Kubernetes));
    }

    /// <summary>A fleet of thousands is not judged at once: only whom the limits would let go.</summary>
    [Fact]
    public async Task Run_Limits_JudgesOnlyThoseThatWouldStart()
    {
        var campaign = new SimulatedCampaign(8);
        var options = SimulatedCampaign.Wide with { Limits = SimulatedCampaign.Wide.Limits with { InFlight = 2 } };
        var judge = new Judge(campaign, static _ => []);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(wrap: m => judge.Moves = new Counting(m, campaign), senses: judge.Senses);
                report = await campaigns.RunAsync(await campaigns.CreateAsync(campaign.Request(options), ct), null, ct);
            },
            Cancellation);

        Assert.All(report!.Jobs, static j => Assert.Equal(CampaignJobState.Committed, j.State));
        Assert.Equal(8, judge.Asked.Count);
        Assert.Equal((2, 2), (judge.MostAtOnce, judge.MostAhead));
    }

    [Fact]
    public async Task Run_OneJobOfASessionIsRefused_AllOfItStay()
    {
        var campaign = new SimulatedCampaign(4, change: static j => j.Job.Name is "job00001" or "job00002" ? j with { Session = "session-a" } : j);
        var judge = new Judge(campaign, static j => j == SimulatedCampaign.Key(2) ? [Blocked] : []);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var campaigns = campaign.New(senses: judge.Senses);
                report = await campaigns.RunAsync(await campaigns.CreateAsync(campaign.Request(), ct), null, ct);
            },
            Cancellation);

        Assert.Equal(["Committed", "NotMoved", "NotMoved", "Committed"], report!.Jobs.Select(static j => j.State.ToString()));
        Assert.Contains("of the same session session-a does not move", report.Waves[0].Jobs[1].Reason, StringComparison.Ordinal);
        Assert.All(report.Waves[0].Jobs[1..3], static j => Assert.Null(j.RunId));
    }

    /// <summary>The process dies right after it wrote that a job may be moved, or that it is chosen; another one goes on soon, or late.</summary>
    [Theory]
    [InlineData(nameof(JobJudged), 1, 1)]
    [InlineData(nameof(JobJudged), 45, 2)]
    [InlineData(nameof(JobsChosen), 1, 1)]
    [InlineData(nameof(JobsChosen), 45, 2)]
    public async Task Run_AfterADeathBetweenJudgementAndMove_JudgesAgainOnlyWhatIsTooOld(string record, int minutes, int times)
    {
        var campaign = new SimulatedCampaign(1);
        var judge = new Judge(campaign, static _ => []);
        CampaignReport? report = null;

        await campaign.Fleet.RunAsync(
            async ct =>
            {
                await campaign.StartAsync(ct);
                var dying = new DyingJournal(campaign.Journal, 1, after: true, r => r.Payload.Contains($"\"event\":\"{record}\"", StringComparison.Ordinal));
                var first = campaign.New("one", dying, m => judge.Moves = new Counting(m, campaign), judge.Senses);
                var id = await first.CreateAsync(campaign.Request(), ct);
                await Assert.ThrowsAsync<ProcessDiedException>(() => first.RunAsync(id, null, ct));
                Assert.Single(judge.Asked);
                await campaign.Fleet.RunAsync(TimeSpan.FromMinutes(minutes), ct);
                report = await campaign.New("two", null, m => judge.Moves = new Counting(m, campaign), judge.Senses).RunAsync(id, null, ct);
            },
            Cancellation);

        Assert.Equal(CampaignJobState.Committed, Assert.Single(report!.Jobs).State);
        Assert.Equal(times, judge.Asked.Count);
        Assert.All(judge.Asked, static a => Assert.False(a.IsWritten));
        Assert.Equal(judge.Asked[^1].At, report.Waves[0].Jobs[0].JudgedAt);
        Assert.Single(await campaign.Journal.ListAsync(new RunQuery(SimulatedCampaign.Key(0)), Cancellation));
    }

    [Fact]
    public async Task Create_AnAgeOutOfRange_IsRefused()
    {
        var campaign = new SimulatedCampaign(1);

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => campaign.New().CreateAsync(
            new CampaignRequest
            {
                Name = "east", Plan = new MigrationPlan { Waves = [] }, Moves = ImmutableDictionary<JobKey, MoveRequest>.Empty,
                Options = new CampaignOptions { EligibilityAge = TimeSpan.FromMinutes(1) },
            },
            Cancellation));

        Assert.Contains("Options.EligibilityAge is 00:01:00: 00:05:00 to 7.00:00:00 is wanted.", refused.Message, StringComparison.Ordinal);
    }

    private static string Told(CampaignJobReport job) => $"{job.Job} {job.State} {job.Reason} {job.JudgedAt:O} {string.Join(';', job.Findings)}";

    /// <summary>Takes a second for each job, and remembers when it was asked.</summary>
    private sealed class Judge(SimulatedCampaign campaign, Func<JobKey, ImmutableArray<EligibilityFinding>> findings) : ICampaignEligibility
    {
        private int _now;

        public DateTimeOffset Now => campaign.Fleet.TimeProvider.GetUtcNow();

        public CampaignSenses Senses => new() { Eligibility = this };

        public Counting? Moves { get; set; }

        public List<(JobKey Job, DateTimeOffset At, bool IsWritten)> Asked { get; } = [];

        public int MostAtOnce { get; private set; }

        /// <summary>The most jobs that were judged, or being judged, before their moves were written.</summary>
        public int MostAhead { get; private set; }

        public async Task<EligibilityReport> JudgeAsync(MoveRequest move, CancellationToken cancellationToken = default)
        {
            Asked.Add((move.Job, Now, Moves?.Written.Contains(move.Job) == true));
            MostAtOnce = Math.Max(MostAtOnce, ++_now);
            MostAhead = Math.Max(MostAhead, Asked.Count - (Moves?.Written.Count ?? 0));
            await Task.Delay(TimeSpan.FromSeconds(1), campaign.Fleet.TimeProvider, cancellationToken);
            _now--;
            return new EligibilityReport(move.Job, findings(move.Job));
        }
    }
}
