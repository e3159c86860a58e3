using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Fleet;

public sealed class ApplyPolicyTests
{
    private static readonly JobKey Job = JobKey.Parse("ads/clicks");
    private static readonly Placement Yarn = new("yarn-east", "root.ads");
    private static readonly Placement Kubernetes = new("k8s-east", "root.ads");

    private static DesiredJob Wanted { get; } = new()
    {
        Job = Job, Placement = Kubernetes, Revision = "1", Jar = "hdfs:///jobs/clicks.jar", EntryClass = "com.ads.Clicks", SnapshotDirectories = ["hdfs://ns1/flink/clicks"],
    };

    private static JobStanding OnYarn { get; } = new() { Job = Job, Life = JobLife.Lives, Placement = Yarn, Application = "application_1", Snapshot = "hdfs://s0" };

    private static JobStanding Stopped { get; } = OnYarn with { Life = JobLife.Stopped };

    private static SeenApplication Own { get; } = new() { Id = "application_1", Name = "ads/clicks", Job = Job, Queue = "root.ads" };

    public static TheoryData<string, DesiredJob, JobStanding?, ImmutableArray<SeenApplication>, ApplyAction, string> Cases => new()
    {
        { "unknown to the journal", Wanted, null, [], ApplyAction.Refuse, "start: fresh" },
        { "the document starts it", Wanted with { Start = RestorePoint.None }, null, [], ApplyAction.Start, "without state" },
        { "it may run already, by name", Wanted with { Start = RestorePoint.None }, null, [Own with { Job = null, Id = "application_9" }], ApplyAction.Refuse, "its name" },
        { "by jar and class", Wanted with { Start = RestorePoint.None }, null, [new() { Id = "a", Name = "x", Jar = "hdfs:///jobs/clicks.jar", EntryClass = "com.ads.Clicks" }], ApplyAction.Refuse, "jar and entry class" },
        { "jar alone is no copy", Wanted with { Start = RestorePoint.None }, null, [new() { Id = "a", Name = "x", Jar = "hdfs:///jobs/clicks.jar", EntryClass = "Other" }], ApplyAction.Start, "without state" },
        { "by checkpoints", Wanted with { Start = RestorePoint.None }, null, [new() { Id = "a", Name = "x", CheckpointDirectory = "hdfs://ns1/flink/clicks/checkpoints" }], ApplyAction.Refuse, "checkpoint directory" },
        { "another's checkpoints", Wanted with { Start = RestorePoint.None }, null, [new() { Id = "a", Name = "x", CheckpointDirectory = "hdfs://ns1/flink/clicks2" }], ApplyAction.Start, "without state" },
        { "a fence of another job", Wanted with { Start = RestorePoint.None }, null, [Own with { Job = JobKey.Parse("x/y") }], ApplyAction.Start, "without state" },
        { "adopted and moved", Wanted with { Adopt = Adopt("application_1") }, null, [Own with { Job = null }], ApplyAction.Move, "shall run on k8s-east" },
        { "adopted where it shall be", Wanted with { Placement = Yarn, Adopt = Adopt("application_1") }, null, [Own with { Job = null }], ApplyAction.None, "where it shall" },
        { "nothing to adopt", Wanted with { Adopt = Adopt("application_7") }, null, [], ApplyAction.Refuse, "None of the applications" },
        { "lives elsewhere", Wanted, OnYarn, [Own], ApplyAction.Move, "shall run on k8s-east" },
        { "lives there", Wanted with { Placement = Yarn }, OnYarn, [Own], ApplyAction.None, "where it shall" },
        { "another queue", Wanted with { Placement = Yarn with { Queue = "root.b" } }, OnYarn, [Own], ApplyAction.Leave, "between queues" },
        { "a second copy", Wanted, OnYarn, [Own, Own with { Id = "application_2" }], ApplyAction.Refuse, "its fence" },
        { "frozen", Wanted with { Freeze = "black friday" }, OnYarn, [Own], ApplyAction.Leave, "black friday" },
        { "held", Wanted, OnYarn with { Hold = "ann: looking" }, [Own], ApplyAction.Leave, "ann: looking" },
        { "rolled back", Wanted, OnYarn with { Refused = new RefusedTarget(Kubernetes, "1", "lag") }, [Own], ApplyAction.Leave, "lag" },
        { "rolled back, entry changed", Wanted, OnYarn with { Refused = new RefusedTarget(Kubernetes, "0", "lag") }, [Own], ApplyAction.Move, "shall run" },
        { "rolled back twice, entry changed", Wanted, OnYarn with { Refused = new RefusedTarget(Kubernetes, "0", "lag", 2) }, [Own], ApplyAction.Leave, "2 times" },
        { "rolled back, retried", Wanted, OnYarn with { Refused = new RefusedTarget(Kubernetes, "1", "lag"), IsRetried = true }, [Own], ApplyAction.Move, "shall run" },
        { "rolled back from elsewhere", Wanted, OnYarn with { Refused = new RefusedTarget(new("k8s-west", "root.ads"), "1", "lag") }, [Own], ApplyAction.Move, "shall run" },
        { "the document stops it", Wanted with { IsWanted = false }, OnYarn, [Own], ApplyAction.Stop, "says stopped" },
        { "is stopped", Wanted with { IsWanted = false }, Stopped, [], ApplyAction.None, "stopped" },
        { "runs again from the journal's snapshot", Wanted, Stopped, [], ApplyAction.Start, "hdfs://s0" },
        { "stopped on purpose", Wanted, Stopped with { IsStoppedOnPurpose = true }, [], ApplyAction.Leave, "says start" },
        { "stopped on purpose, finished, retried", Wanted with { Kind = JobKind.Batch }, OnYarn with { Life = JobLife.Finished, IsStoppedOnPurpose = true, IsRetried = true }, [], ApplyAction.Leave, "says start" },
        { "asked to stop, still runs", Wanted, OnYarn with { IsStoppedOnPurpose = true }, [Own], ApplyAction.Leave, "say stop again" },
        { "asked to stop, and the stop is on its way", Wanted with { IsWanted = false }, OnYarn with { IsStoppedOnPurpose = true }, [Own], ApplyAction.Stop, "says stopped" },
        { "finished", Wanted with { Kind = JobKind.Batch }, OnYarn with { Life = JobLife.Finished }, [], ApplyAction.Leave, "own end" },
        { "finished, seen live", Wanted with { Kind = JobKind.Batch }, OnYarn, [Own with { IsLive = false, Succeeded = true }], ApplyAction.Leave, "own end" },
        { "finished, retried", Wanted with { Kind = JobKind.Batch, HasCheckpoints = false }, OnYarn with { IsRetried = true }, [Own with { IsLive = false, Succeeded = true }], ApplyAction.Start, "begins anew" },
        { "running batch", Wanted with { Kind = JobKind.Batch, HasCheckpoints = false }, OnYarn, [Own], ApplyAction.Leave, "next run" },
        { "ended by others", Wanted, OnYarn, [Own with { IsLive = false }], ApplyAction.Leave, "has ended" },
        { "gone", Wanted, OnYarn, [], ApplyAction.Leave, "is gone" },
        { "gone, retried", Wanted, OnYarn with { IsRetried = true }, [], ApplyAction.Start, "hdfs://s0" },
        { "gone, and adopted anew", Wanted with { Adopt = Adopt("application_7") }, OnYarn, [Own with { Id = "application_7", Job = null }], ApplyAction.Move, "shall run" },
        { "adopted long ago, lives", Wanted with { Adopt = Adopt("application_0") }, OnYarn, [Own], ApplyAction.Move, "shall run" },
        { "start failed", Wanted, OnYarn with { Life = JobLife.Failed, Reason = "no image" }, [], ApplyAction.Leave, "no image" },
        { "start failed, retried", Wanted, OnYarn with { Life = JobLife.Failed, IsRetried = true }, [], ApplyAction.Start, "hdfs://s0" },
        { "under way", Wanted, OnYarn with { Open = new OpenRun("r-1", "Soaking", false, null) }, [Own], ApplyAction.Continue, "Soaking" },
        { "parked", Wanted, OnYarn with { Open = new OpenRun("r-1", "Parked", true, "which?") }, [Own], ApplyAction.Leave, "which?" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Decide_EachCase(string name, DesiredJob desired, JobStanding? standing, ImmutableArray<SeenApplication> onYarn, ApplyAction action, string words)
    {
        var decision = Assert.Single(ApplyPolicy.Decide(Facts([desired], standing is null ? [] : [standing], onYarn)));

        Assert.True(decision.Action == action, $"{name}: {decision.Action}, {decision.Reason}");
        Assert.Contains(words, decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_AClusterCannotBeRead_NothingIsStartedOrMoved()
    {
        foreach (var (desired, standing) in new[] { (Wanted with { Start = RestorePoint.None }, null), (Wanted, OnYarn), (Wanted, Stopped) })
        {
            var facts = Facts([desired], standing is null ? [] : [standing], [Own]);
            foreach (var cluster in facts.Clusters)
            {
                var unknown = facts with { Clusters = facts.Clusters.Replace(cluster, cluster with { UnknownBecause = "timeout", Applications = [] }) };

                Assert.Equal(ApplyAction.Refuse, Assert.Single(ApplyPolicy.Decide(unknown)).Action);
            }
        }
    }

    [Fact]
    public void Decide_APossibleCopy_NamesTheLineToAdd()
    {
        var decision = Assert.Single(ApplyPolicy.Decide(Facts([Wanted with { Start = RestorePoint.None }], [], [Own with { Job = null }])));

        Assert.Equal("adopt: {yarn-east: application_1}", decision.AdoptLine);
    }

    [Fact]
    public void Decide_NotInTheDocument_IsLeftUntilPruned()
    {
        var facts = Facts([], [OnYarn], [Own]);

        Assert.Equal(ApplyAction.Leave, Assert.Single(ApplyPolicy.Decide(facts)).Action);
        Assert.Equal(ApplyAction.Stop, Assert.Single(ApplyPolicy.Decide(facts with { Prune = true })).Action);
        Assert.Empty(ApplyPolicy.Decide(Facts([], [Stopped], [])));
    }

    [Fact]
    public void Decide_OrderOfFacts_DoesNotMatter() => Gen.Shuffle(Enumerable.Range(0, 8).ToArray()).Sample(order =>
    {
        var desired = order.Select(static i => Wanted with { Job = JobKey.Parse($"ads/job-{i}"), Start = i % 2 == 0 ? RestorePoint.None : null }).ToImmutableArray();

        return ApplyPolicy.Decide(Facts(desired, [], [])).SequenceEqual(ApplyPolicy.Decide(Facts([.. desired.Reverse()], [], [])));
    });

    /// <summary>Whatever the facts: a start needs the journal's or the document's word, no live copy, and every cluster's answer.</summary>
    [Fact]
    public void Decide_AnyFacts_NeverStartsBesideACopyOrWithoutAWord() => AnyFacts.Sample(static facts =>
    {
        var decision = ApplyPolicy.Decide(facts)[0];
        if (decision.Action is not (ApplyAction.Start or ApplyAction.Move))
        {
            return true;
        }
        var desired = facts.Desired[0];
        var standing = facts.Standings.FirstOrDefault() ?? new JobStanding { Job = Job };
        var copies = facts.Clusters.SelectMany(static c => c.Applications).Count(static a => a.IsLive);
        var isFree = standing.Hold is null && !standing.IsStoppedOnPurpose && facts.Clusters.All(static c => c.UnknownBecause is null);
        return decision.Action == ApplyAction.Move
            ? isFree && copies == 1 && (standing.Refused is null || standing.IsRetried) && decision.From != decision.To
            : isFree && copies == 0 && decision.Restore is not null
                && (decision.Restore is RestorePoint.Snapshot s ? s.Uri == standing.Snapshot || decision.Restore == desired.Start : desired.Start is RestorePoint.Empty || desired is { Kind: JobKind.Batch, HasCheckpoints: false });
    }, iter: 5000, print: static f => $"{f.Desired[0]} {(f.Standings.IsEmpty ? null : f.Standings[0])} {string.Join(", ", f.Clusters.SelectMany(static c => c.Applications.Select(static a => a.Id)))} {f.Clusters[0].UnknownBecause}");

    private static Gen<ApplyFacts> AnyFacts =>
        from life in Gen.Enum<JobLife>()
        from flags in Gen.Int[0, 1023]
        from seen in Gen.Int[0, 7]
        select Facts(
            [Wanted with
            {
                Start = (flags & 1) == 0 ? null : (flags & 2) == 0 ? RestorePoint.None : new RestorePoint.Snapshot("hdfs://mine"),
                Kind = (flags & 4) == 0 ? JobKind.Streaming : JobKind.Batch, HasCheckpoints = (flags & 8) == 0, IsWanted = (flags & 16) == 0,
            }],
            life == JobLife.Unknown ? [] :
            [OnYarn with
            {
                Life = life, Hold = (flags & 32) == 0 ? null : "held", IsStoppedOnPurpose = (flags & 64) != 0, IsRetried = (flags & 128) != 0,
                Refused = (flags & 256) == 0 ? null : new RefusedTarget(Kubernetes, "1", "lag"), Snapshot = (flags & 512) == 0 ? null : "hdfs://s0",
            }],
            [.. new[] { Own, Own with { Id = "application_2" } }.Where((_, i) => (seen >> i & 1) == 1)]) is var facts && (seen & 4) != 0
            ? facts with { Clusters = facts.Clusters.Replace(facts.Clusters[0], facts.Clusters[0] with { UnknownBecause = "away", Applications = [] }) } : facts;

    private static ImmutableSortedDictionary<string, string> Adopt(string id) => ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("yarn-east", id);

    private static ApplyFacts Facts(ImmutableArray<DesiredJob> desired, ImmutableArray<JobStanding> standings, ImmutableArray<SeenApplication> onYarn) => new()
    {
        Desired = desired,
        Standings = standings,
        Clusters = [new ClusterSight("k8s-east", null, []), new ClusterSight("yarn-east", null, onYarn)],
    };
}
