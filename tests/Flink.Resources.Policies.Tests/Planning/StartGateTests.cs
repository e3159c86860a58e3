using System.Collections.Immutable;
using CsCheck;
using static Flink.Resources.Planning.PlanningFleet;

namespace Flink.Resources.Planning;

public sealed class StartGateTests
{
    private static readonly FleetJob Next = Job("ads/next");

    [Fact]
    public void MayStart_NothingUnderWay_Starts() => Assert.Equal(new StartDecision(true, string.Empty), new StartGate().MayStart(Next, CampaignLoad.None, Now));

    public static TheoryData<FleetJob, CampaignLoad, string> Refused => new()
    {
        { Next, Under(Others(10, static i => Elsewhere(i))), "10 jobs are under way, 10 is the limit." },
        { Next, Under(Others(3, static i => Elsewhere(i) with { Source = Next.Source })), "3 jobs of root.a on yarn-east are under way, 3 is the limit." },
        { Next, Under(Others(2, static i => Elsewhere(i) with { Job = JobKey.Parse($"ads/o{i}") })), "2 jobs of team ads are under way, 2 is the limit." },
        { Next, Under(Others(5, static i => Elsewhere(i) with { Source = new(East, $"root.q{i}") })), "5 jobs from yarn-east are under way, 5 is the limit." },
        { Next, Under(Others(5, static i => Elsewhere(i) with { Target = new(West, $"root.q{i}") })), "5 jobs to k8s-west are under way, 5 is the limit." },
        { Next with { Priority = new(8) }, Under(Others(1, static i => Elsewhere(i) with { Priority = new(8) })), "1 jobs of tier P0 or P1 are under way, 1 is the limit." },
        { Next, CampaignLoad.None with { Soaking = [.. Others(50, Elsewhere)] }, "50 jobs are watched" },
        { Next, CampaignLoad.None with { Soaking = [.. Others(45, Elsewhere)], InFlight = [.. Others(5, Elsewhere)] }, "50 jobs are watched" },
        { Next with { Priority = new(9) }, CampaignLoad.None, "ads/next is of tier P0" },
        { Next, Measured(new MeasuredLoad(LoadKind.PodCreations, West, 18.5)), "18.5 pods per second are created on k8s-west, the job adds 2, 20 is the limit." },
        { Next with { SnapshotStorage = "hdfs://ns1", SavepointBytesPerSecond = 5e8 }, Measured(new MeasuredLoad(LoadKind.SavepointBytes, "hdfs://ns1", 1.6e9)), "1600000000 bytes per second" },
        { Next with { SnapshotStorage = "hdfs://ns1" }, Under([Elsewhere(1) with { SnapshotStorage = "hdfs://ns1", SavepointBytesPerSecond = 1 }]), "the job adds 2000000000" },
        { Reader(1500), Measured(new MeasuredLoad(LoadKind.CatchUpReads, "kafka", 600, 5000)), "600 records per second are read from kafka" },
        { Reader(1500), Under([Reader(1600) with { Source = new("x", "y") }], new MeasuredLoad(LoadKind.CatchUpReads, "kafka", 0, 5000)), "600 records per second are read from kafka" },
        { Reader(null), Under([Reader(1001) with { Source = new("x", "y") }], new MeasuredLoad(LoadKind.CatchUpReads, "kafka", 0, 5000)), "the job adds 1000" },
        { Reader(1500), CampaignLoad.None, "how much more kafka can be read is not known" },
        { Next, Measured(new MeasuredLoad(LoadKind.ResourceManagerCalls, East, 10)), "10 calls per second go to the ResourceManager of yarn-east, 10 is the limit." },
        { Next, Measured(new MeasuredLoad(LoadKind.ApiServerCalls, West, 20)), "20 calls per second go to the API server of k8s-west, 20 is the limit." },
        { Next, Measured(new MeasuredLoad(LoadKind.ApiServerCalls, West, double.NaN)), "calls per second go to the API server" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void MayStart_LimitIsReached_SaysWhich(FleetJob job, CampaignLoad load, string words)
    {
        var decision = new StartGate().MayStart(job, load, Now);

        Assert.False(decision.IsAllowed);
        Assert.Contains(words, decision.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<FleetJob, CampaignLoad> Allowed => new()
    {
        { Next, Under(Others(9, static i => Elsewhere(i))) },
        { Next, Under(Others(2, static i => Elsewhere(i) with { Source = Next.Source })) },
        { Next, Under(Others(4, static i => Elsewhere(i) with { Priority = new(8) })) },
        { Next with { Priority = new(9), IsApproved = true }, CampaignLoad.None },
        { Next, Measured(new MeasuredLoad(LoadKind.PodCreations, West, 18)) },
        { Next with { Need = Small with { TaskManagers = 100 } }, CampaignLoad.None },
        { Next with { SnapshotStorage = "hdfs://ns1" }, CampaignLoad.None },
        { Next with { SnapshotStorage = "hdfs://ns1", IsStateless = true }, Measured(new MeasuredLoad(LoadKind.SavepointBytes, "hdfs://ns1", 2e9)) },
        { Next with { SnapshotStorage = "hdfs://ns1" }, Measured(new MeasuredLoad(LoadKind.SavepointBytes, "hdfs://ns2", 2e9)) },
        { Reader(1500), Measured(new MeasuredLoad(LoadKind.CatchUpReads, "kafka", 500, 5000)) },
        { Next, Measured(new MeasuredLoad(LoadKind.ResourceManagerCalls, West, 9.9), new MeasuredLoad(LoadKind.ApiServerCalls, West, 19.9)) },
    };

    [Theory]
    [MemberData(nameof(Allowed))]
    public void MayStart_LimitIsNotReached_Starts(FleetJob job, CampaignLoad load) => Assert.Equal(string.Empty, new StartGate().MayStart(job, load, Now).Reason);

    [Fact]
    public void MayStart_SeveralStandAgainstIt_AllAreSaid()
    {
        var gate = new StartGate(windows: new() { Events = [new("sale", Now.AddHours(-1), Now.AddHours(1))] });

        var decision = gate.MayStart(Next with { Priority = new(9) }, Under(Others(10, static i => Elsewhere(i))), Now);

        Assert.Equal(Now.AddHours(1), decision.NotBefore);
        Assert.All((string[])["tier P0", "10 jobs are under way", "blackout sale"], words => Assert.Contains(words, decision.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void MayStart_BlackoutBeginsMidWave_OthersWaitUntilItIsOver()
    {
        var gate = new StartGate(windows: new() { Blackouts = [new("0 10 * * *", TimeSpan.FromHours(2), Name: "peak")] });
        var job = Next with { ExpectedDuration = TimeSpan.FromMinutes(10) };

        var decisions = Enumerable.Range(0, 40).Select(i => gate.MayStart(job, CampaignLoad.None, Now.AddMinutes(i * 5))).ToList();

        // 09:30 to 09:45 start; what would not be over at 10:00 and all after it until 12:00 waits.
        Assert.Equal([0, 1, 2, 3, .. Enumerable.Range(30, 10)], decisions.Index().Where(static d => d.Item.IsAllowed).Select(static d => d.Index));
        Assert.All(decisions.Where(static d => !d.IsAllowed), static d => Assert.Equal(Now.AddMinutes(150), d.NotBefore));
        Assert.Contains("the way back is not held", gate.WarnOfRollback(Now.AddMinutes(60)), StringComparison.Ordinal);
    }

    [Fact]
    public void MayStart_AskedForEachJob_NoLimitIsEverExceeded() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 9]).Array[0, 60].Sample(static kinds =>
        {
            var (gate, limits) = (new StartGate(), new StartLimits());
            var started = new List<FleetJob>();
            foreach (var (team, source, target, priority) in kinds)
            {
                var job = Job($"team{team}/job{started.Count}", priority) with { Source = new($"s{source}", $"q{team % 2}"), Target = new($"t{target}", "q"), IsApproved = true };
                if (gate.MayStart(job, new() { InFlight = [.. started] }, Now).IsAllowed)
                {
                    started.Add(job);
                }
            }

            Assert.True(started.Count <= limits.InFlight);
            Assert.All(started.CountBy(static j => j.Job.Team, StringComparer.Ordinal), g => Assert.True(g.Value <= limits.InFlightPerTeam));
            Assert.All(started.CountBy(static j => j.Source), g => Assert.True(g.Value <= limits.InFlightPerQueue));
            Assert.All(started.CountBy(static j => j.Source.Backend, StringComparer.Ordinal), g => Assert.True(g.Value <= limits.InFlightPerSource));
            Assert.All(started.CountBy(static j => j.Target.Backend, StringComparer.Ordinal), g => Assert.True(g.Value <= limits.InFlightPerTarget));
            Assert.True(started.Count(static j => j.Priority.Value >= 8) <= limits.ImportantInFlight);
        });

    private static FleetJob Elsewhere(int i) => Job($"team{i}/o{i}") with { Source = new($"s{i}", "root.z"), Target = new($"t{i}", "root.z") };

    private static FleetJob Reader(double? most) => Next with { KafkaClusters = ["kafka"], InputRate = 1000, MaximumRate = most };

    private static IEnumerable<FleetJob> Others(int count, Func<int, FleetJob> job) => Enumerable.Range(0, count).Select(job);

    private static CampaignLoad Under(IEnumerable<FleetJob> jobs, params ImmutableArray<MeasuredLoad> measured) => new() { InFlight = [.. jobs], Measured = measured };

    private static CampaignLoad Measured(params ImmutableArray<MeasuredLoad> measured) => new() { Measured = measured };
}
