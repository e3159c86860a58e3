using System.Collections.Immutable;
using static Flink.Resources.Eligibility.Facts;

namespace Flink.Resources.Eligibility;

/// <summary>Each rule where it finds something, where it does not, and where what it needs is not known.</summary>
public sealed class EligibilityRuleTests
{
    private const EligibilitySeverity Block = EligibilitySeverity.Block;
    private const EligibilitySeverity Fix = EligibilitySeverity.Fix;

    private static readonly (string Rule, EligibilitySeverity Severity, string Words, EligibilityFacts Facts)[] Hits =
    [
        ("E01", Block, "Checkpointing is off", Good with { CheckpointSettings = Lookup.Absent<CheckpointSettings>(Seen) }),
        ("E01", Block, "by hand only", Good with { CheckpointSettings = Good.CheckpointSettings.Select(static s => s with { Interval = null }) }),
        ("E01", Block, "memory", Good with
        {
            CheckpointSettings = Good.CheckpointSettings.Select(static s => s with { Storage = "JobManagerCheckpointStorage" }), Configuration = Settings(),
        }),
        ("E02", Block, "execution.checkpointing.dir on the source", Good with { Configuration = Settings(("state.checkpoints.dir", "file:///var/chk")) }),
        ("E02", Block, "target", Good.Targeting(("high-availability.storageDir", "/mnt/ha"))),
        ("E03", Block, "Write failed", Good with { Directories = Good.Directories.SetItem(1, new DirectoryFact("k8s-east", Facts.Directory, Lookup.Found(DirectoryProbeStep.Write, Seen))) }),
        ("E03", Block, "yarn-east", Good with { Directories = Good.Directories.SetItem(0, new DirectoryFact("yarn-east", Facts.Directory, Lookup.Found(DirectoryProbeStep.List, Seen))) }),
        ("E03", EligibilitySeverity.Warn, "can't be proved", Good with { Directories = Good.Directories.SetItem(1, new DirectoryFact("k8s-east", Facts.Directory, Lookup.Absent<DirectoryProbeStep>(Seen))) }),
        ("E04", Block, "keytab", Good.With(("security.kerberos.login.keytab", "/etc/k"), ("security.kerberos.login.principal", "ads"))),
        ("E04", Block, "no login", Good.With(("security.kerberos.login.keytab", "/etc/k")) with { Declared = Good.Declared with { TargetHasKerberos = false } }),
        ("E04", EligibilitySeverity.Warn, "can't be proved", Good.With(("security.kerberos.login.keytab", "/etc/k")).Targeting(("security.kerberos.login.keytab", "/opt/k"))
            with { Directories = [new DirectoryFact("k8s-east", Facts.Directory, Lookup.Absent<DirectoryProbeStep>(Seen))] }),
        ("E05", Block, "use-ticket-cache", Good.With(("security.kerberos.login.use-ticket-cache", "true"))),
        ("E07", EligibilitySeverity.Warn, "1.20 on the source, 2.0", Good with { TargetSpec = Spec with { FlinkVersion = "2.0" } }),
        ("E07", Block, "does not read", Good with { TargetSpec = Spec with { FlinkVersion = "1.19" } }),
        ("E08", EligibilitySeverity.Info, "unless its place says otherwise", Good.With(("state.backend.type", "rocksdb")) with { CheckpointSettings = Good.CheckpointSettings.Select(static s => s with { StateBackend = "EmbeddedRocksDBStateBackend" }) }),
        ("E08", Block, "rocksdb", Good.With(("state.backend", "rocksdb")).Targeting(("state.backend.type", "hashmap")) with { CheckpointSettings = Good.CheckpointSettings.Select(static s => s with { StateBackend = "EmbeddedRocksDBStateBackend" }) }),
        ("E08", Block, "changelog", Good.With(("state.changelog.enabled", "true")) with { SourceSpec = Spec with { Configuration = Map(("state.changelog.enabled", "true")) } }),
        ("E09", Fix, "per-job", Good.With(("execution.target", "yarn-per-job"))),
        ("E10", Fix, "2 jobs: clicks, views", Good with { Jobs = Lookup.Found<ImmutableArray<FlinkJobSummary>>([Job("views"), Job("clicks")], Seen) }),
        ("E10", Fix, "session", Good.With(("execution.target", "yarn-session"))),
        ("E11", Fix, "udf.jar", Good.With(("yarn.ship-files", "/home/ads/udf.jar;/home/ads/clicks.jar"))),
        ("E11", Fix, "template", Good.With(("yarn.container-start-command-template", "%java% -Xlog"))),
        ("E13", Block, "libsnappy", Good with { Declared = Good.Declared with { NativeLibraries = ["libsnappy.so.1"] }, ImageContent = Lookup.Found(ImmutableSortedSet.Create("/usr/lib/libz.so"), Seen) }),
        ("E16", Block, "no queue root.ads; there is root.rt.ads", Good with { Queues = Lookup.Found<ImmutableArray<QueueReport>>([Queue("root", isLeaf: false), Queue("root.rt.ads")], Seen) }),
        ("E16", Block, "takes no applications", Good with { Queues = Lookup.Found<ImmutableArray<QueueReport>>([Queue("root", isLeaf: false), Queue("root.ads", isOpen: false)], Seen) }),
        ("E16", Block, "below it", Good with { Queues = Lookup.Found<ImmutableArray<QueueReport>>([Queue("root", isLeaf: false), Queue("root.ads", isLeaf: false)], Seen) }),
        ("E16", Fix, "label gpu", Good with { TargetSpec = Spec with { Zone = "gpu" } }),
        ("E16", Block, "label gpu", Good with { TargetSpec = Spec with { Zone = "gpu" }, Target = Good.Target with { Kind = BackendKind.Yarn } }),
        ("E16", Block, "names no zone", Good.With(("yarn.application.node-label", "ssd"))),
        ("E17", Block, "TaskManager", Good with { Nodes = Lookup.Found<ImmutableArray<NodeReport>>([Node("n1", 1500)], Seen) }),
        ("E17", Block, "JobManager", Good with { Nodes = Lookup.Found<ImmutableArray<NodeReport>>([Node("n1") with { IsSchedulable = false }], Seen) }),
        // 1 + 2 * 2 cores are needed.
        ("E17", Block, "5 cores", Good with { Queues = Lookup.Found<ImmutableArray<QueueReport>>([Queue("root", isLeaf: false, maximum: new ResourceAmount(MemorySize.FromMebibytes(99_999), 4999)), Queue("root.ads")], Seen) }),
        ("E18", Fix, "no space left", Good with { Checkpoints = Good.Checkpoints.Select(static c => c with { History = [Entry(9, "FAILED", true), Entry(8, "FAILED", true)] }) }),
        ("E18", Fix, "takes 1200 s", Good with { Checkpoints = Good.Checkpoints.Select(static c => c with { LatestSavepoint = Entry(9, "COMPLETED", true) with { Duration = TimeSpan.FromMinutes(20) } }) }),
        ("E18", Fix, "takes 700 s", Good with { Checkpoints = Good.Checkpoints.Select(static c => c with { LatestCompleted = Entry(9, "COMPLETED") with { Duration = TimeSpan.FromSeconds(7), CheckpointedBytes = 10, StateBytes = 1000 } }) }),
        ("E19", Block, "Restarting", Good with { Jobs = Lookup.Found<ImmutableArray<FlinkJobSummary>>([Job("clicks", FlinkJobState.Restarting)], Seen) }),
        ("E19", Block, "No job", Good with { Jobs = Lookup.Found<ImmutableArray<FlinkJobSummary>>([Job("clicks", FlinkJobState.Failed)], Seen) }),
        ("E19", Block, "last 2 checkpoints failed", Good with { Checkpoints = Good.Checkpoints.Select(static c => c with { History = [Entry(9, "FAILED"), Entry(8, "FAILED"), Entry(7, "COMPLETED")] }) }),
        ("E19", Block, "5.9", Good with { Score = Lookup.Found(5.9, Seen) }),
        ("E20", Block, "12 h, 25 h are needed", Good with { Declared = Good.Declared with { SourceRetention = TimeSpan.FromHours(12) } }),
        ("E20", EligibilitySeverity.Info, "not declared", Good with { Declared = Good.Declared with { SourceRetention = null } }),
        ("E21", Block, "end after 60 s", Good.With(("sink.transaction.timeout.ms", "60000")) with { StopsWithSavepoint = false }),
        ("E21", Fix, "can't be seen", Good with { StopsWithSavepoint = false }),
        ("E25", Fix, "sasl.password", Good.With(("sasl.password", "******"))),
        ("E25", Fix, "On the target: jdbc.url", Good.Targeting(("jdbc.url", "jdbc:mysql://db/x?password=hunter2"))),
        ("E27", Block, "application_9", Good with { Leftovers = Lookup.Found<ImmutableArray<EligibilityLeftover>>([new EligibilityLeftover(new ApplicationHandle { Backend = "k8s-east", Identity = default, Id = "application_9" }, "prepared by kim")], Seen) }),
        ("E32", Block, "objects: not before Easter", Good with { Declared = Good.Declared with { Veto = "not before Easter" } }),
        ("E32", Block, "frozen", Good with { Declared = Good.Declared with { Freeze = "year's end" } }),
        ("E32", Block, "no owner", Good with { Declared = Good.Declared with { Owner = " " } }),
        ("E33", Block, "no JobManager", Good with { JobManager = Lookup.Absent<FlinkClusterOverview>(Seen) }),
        ("E34", Block, "Python", Good.With(("python.files", "job.py"))),
        ("E34", Block, "Python", Good with { SourceSpec = Spec with { EntryClass = "org.apache.flink.client.python.PythonDriver" } }),
        ("E34", Block, "SQL gateway", Good.With(("$internal.application.main", "org.apache.flink.table.gateway.SqlGateway"))),
        ("E34", Block, "does not know its program", Good.With(("execution.target", "yarn-per-job")) with { Declared = Good.Declared with { IsProgramDeclared = false } }),
        ("E34", Block, "table.exec.mini-batch.enabled", Good.With(("table.exec.mini-batch.enabled", "true")) with { SourceSpec = Spec with { EntryClass = "com.ads.SqlRunner" } }),
        ("E35", Block, "delegation tokens", Good with { Declared = Good.Declared with { UsesKerberos = true } }),
    ];

    private static readonly (string Rule, string Why, EligibilityFacts Facts)[] NoHits =
    [
        ("E01", "a batch job runs to its end", Good with { Kind = JobKind.Batch, CheckpointSettings = Lookup.Absent<CheckpointSettings>(Seen) }),
        ("E01", "declared", Good with { Declared = Good.Declared with { IsStateless = true }, CheckpointSettings = Lookup.Absent<CheckpointSettings>(Seen) }),
        ("E01", "a directory goes before the storage's name", Good with { CheckpointSettings = Good.CheckpointSettings.Select(static s => s with { Storage = "JobManagerCheckpointStorage" }) }),
        ("E02", "the default scheme is shared", Good.Targeting(("high-availability.storageDir", "/flink/ha"), ("fs.default-scheme", "hdfs://ns1/"))),
        ("E03", "a batch job without checkpoints takes no snapshot", Good with { Kind = JobKind.Batch, CheckpointSettings = Lookup.Absent<CheckpointSettings>(Seen), Directories = [] }),
        ("E04", "the target has it too, and a probe got in", Good.With(("security.kerberos.login.keytab", "/etc/k")).Targeting(("security.kerberos.login.keytab", "/opt/k"))),
        ("E04", "declared", Good.With(("security.kerberos.login.keytab", "/etc/k")) with { Declared = Good.Declared with { TargetHasKerberos = true } }),
        ("E05", "a keytab goes before the cache", Good.With(("security.kerberos.login.use-ticket-cache", "true"), ("security.kerberos.login.keytab", "/etc/k"))),
        ("E07", "patches do not matter", Good with { TargetSpec = Spec with { FlinkVersion = "1.20.3" } }),
        ("E08", "two names of one backend", Good.With(("state.backend", "filesystem")).Targeting(("state.backend.type", "hashmap"))),
        ("E08", "set by code, so on both sides", Good with { CheckpointSettings = Good.CheckpointSettings.Select(static s => s with { StateBackend = "EmbeddedRocksDBStateBackend" }) }),
        ("E09", "looked at", Good.With(("execution.target", "yarn-per-job")) with { Declared = Good.Declared with { MainRunsInCluster = true } }),
        ("E10", "what has ended does not count", Good with { Jobs = Lookup.Found<ImmutableArray<FlinkJobSummary>>([Job("clicks"), Job("old", FlinkJobState.Finished)], Seen) }),
        ("E11", "the target has the file", Good.With(("yarn.ship-files", "/home/ads/udf.jar")) with { TargetSpec = Spec with { Files = [new ArtifactRef("hdfs://ns1/udf.jar")] } }),
        ("E13", "it is in the image", Good.With(("env.java.opts", "-Xmx1g -Djava.library.path=/opt/native")) with { ImageContent = Lookup.Found(ImmutableSortedSet.Create("/opt/native/libx.so"), Seen) }),
        ("E16", "a place without a tree makes queues", Good with { Queues = Lookup.Found<ImmutableArray<QueueReport>>([Queue("root")], Seen) }),
        ("E16", "nodes carry the label", Good with { TargetSpec = Spec with { Zone = "ssd" } }),
        ("E17", "just enough", Good with { Queues = Lookup.Found<ImmutableArray<QueueReport>>([Queue("root.ads", maximum: new ResourceAmount(MemorySize.FromMebibytes(5120), 5000))], Seen) }),
        ("E18", "one of the last succeeded", Good with { Checkpoints = Good.Checkpoints.Select(static c => c with { History = [Entry(9, "FAILED", true), Entry(8, "COMPLETED", true)] }) }),
        ("E18", "it is killed", Good with { StopsWithSavepoint = false, Checkpoints = Unknown<CheckpointStatistics>() }),
        ("E19", "one failed only", Good with { Checkpoints = Good.Checkpoints.Select(static c => c with { History = [Entry(9, "FAILED"), Entry(8, "COMPLETED")] }) }),
        ("E19", "just well enough", Good with { Score = Lookup.Found(6.0, Seen) }),
        ("E20", "just long enough", Good with { Declared = Good.Declared with { SourceRetention = TimeSpan.FromHours(25) } }),
        ("E21", "a savepoint commits all", Good.With(("sink.transaction.timeout.ms", "60000"))),
        ("E21", "long enough", Good.With(("sink.transaction.timeout.ms", "3600000")) with { StopsWithSavepoint = false }),
        ("E25", "names of Secrets are none", Good.With(("kubernetes.secrets", "ads-kafka:/etc/kafka"))),
        ("E34", "all keys went over", Good.With(("table.exec.mini-batch.enabled", "true")).Targeting(("table.exec.mini-batch.enabled", "true")) with { SourceSpec = Spec with { EntryClass = "com.ads.SqlRunner" } }),
        ("E35", "a batch job ends before its tokens", Good with { Kind = JobKind.Batch, Declared = Good.Declared with { UsesKerberos = true } }),
        ("E35", "the target brings a keytab", Good with { Declared = Good.Declared with { UsesKerberos = true, TargetHasKerberos = true } }),
    ];

    /// <summary>Each fact once not known, and the rules that must say so.</summary>
    private static readonly (string Fact, string[] Rules, EligibilityFacts Facts)[] Unknowns =
    [
        ("the JobManager", ["E07", "E33"], Good with { JobManager = Unknown<FlinkClusterOverview>() }),
        ("the jobs", ["E10", "E19"], Good with { Jobs = Unknown<ImmutableArray<FlinkJobSummary>>() }),
        ("checkpoint settings", ["E01"], Good with { CheckpointSettings = Unknown<CheckpointSettings>() }),
        ("checkpoints", ["E18", "E19"], Good with { Checkpoints = Unknown<CheckpointStatistics>() }),
        ("the configuration", ["E02", "E04", "E05", "E08", "E09", "E11", "E13", "E16", "E25", "E34", "E35"], Good with { Configuration = Unknown<ImmutableSortedDictionary<string, string>>() }),
        ("the configuration of a job that is killed", ["E21"], Good with { StopsWithSavepoint = false, Configuration = Unknown<ImmutableSortedDictionary<string, string>>() }),
        ("the score", ["E19"], Good with { Score = Unknown<double>() }),
        ("queues", ["E16", "E17"], Good with { Queues = Unknown<ImmutableArray<QueueReport>>() }),
        ("nodes", ["E17"], Good with { Nodes = Unknown<ImmutableArray<NodeReport>>() }),
        ("nodes of a zone", ["E16"], Good with { Nodes = Unknown<ImmutableArray<NodeReport>>(), TargetSpec = Spec with { Zone = "ssd" } }),
        ("leftovers", ["E27"], Good with { Leftovers = Unknown<ImmutableArray<EligibilityLeftover>>() }),
        ("a directory", ["E03"], Good with { Directories = Good.Directories.SetItem(1, new DirectoryFact("k8s-east", Facts.Directory, Unknown<DirectoryProbeStep>())) }),
        ("all directories", ["E03"], Good with { Directories = [] }),
        ("the login", ["E04"], Good.With(("security.kerberos.login.keytab", "/k")).Targeting(("security.kerberos.login.keytab", "/k")) with { Directories = [] }),
        ("the image", ["E13"], Good with { Declared = Good.Declared with { NativeLibraries = ["libz.so"] } }),
        ("the queues, since they were read long ago", ["E16", "E17"], Good with { Queues = Lookup.Found<ImmutableArray<QueueReport>>([Queue("root.ads")], Seen with { At = Noon - TimeSpan.FromHours(2) }) }),
    ];

    public static TheoryData<int> HitCases => [.. Enumerable.Range(0, Hits.Length)];

    public static TheoryData<int> NoHitCases => [.. Enumerable.Range(0, NoHits.Length)];

    public static TheoryData<int> UnknownCases => [.. Enumerable.Range(0, Unknowns.Length)];

    [Fact]
    public void Good_NothingSpeaksAgainstIt()
    {
        Assert.Empty(Judge(Good).Findings);
        Assert.False(Judge(Good).IsUnknown);
    }

    [Fact]
    public void EveryRule_HasACaseOfEachKind()
    {
        Assert.Equal(EligibilityRules.All.Select(static r => r.Id), Hits.Select(static h => h.Rule).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        // E20 and E32 rest on declarations alone: what was not declared is a case of its own there.
        Assert.Equal(
            EligibilityRules.All.Select(static r => r.Id).Except(["E20", "E32"], StringComparer.Ordinal),
            Unknowns.SelectMany(static u => u.Rules).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(HitCases))]
    public void Rule_WhereSomethingSpeaksAgainst_SaysSo(int index)
    {
        var (rule, severity, words, facts) = Hits[index];

        var found = Of(rule, Judge(facts));

        Assert.Contains(found, f => f.Severity == severity && f.Evidence.Contains(words, StringComparison.OrdinalIgnoreCase));
        Assert.All(found, static f => Assert.NotEmpty(f.Remedy));
        Assert.All(found, static f => Assert.Equal(f.Evidence.Contains("not known", StringComparison.Ordinal), f.IsUnknown));
    }

    [Theory]
    [MemberData(nameof(NoHitCases))]
    public void Rule_WhereNothingDoes_IsSilent(int index)
    {
        var (rule, why, facts) = NoHits[index];

        Assert.True(Of(rule, Judge(facts)).Count == 0, $"{rule}: {why}");
    }

    [Theory]
    [MemberData(nameof(UnknownCases))]
    public void Rule_WhatItNeedsIsNotKnown_SaysSoAndHoldsTheJob(int index)
    {
        var (_, rules, facts) = Unknowns[index];

        var report = Judge(facts);

        Assert.All(rules, r => Assert.Contains(Of(r, report), static f => f.Severity >= Fix && f.Evidence.Contains("not known", StringComparison.Ordinal)));
        Assert.Equal((false, true), (report.IsEligible, report.IsUnknown));
        Assert.All(report.Findings.Where(static f => f.Severity >= Fix), static f => Assert.True(f.IsUnknown, f.Evidence));
        Assert.False(EligibilityPolicy.Judge(facts with { Declared = facts.Declared with { Freeze = "year end" } }, new EligibilityOptions()).IsUnknown);
    }

    private static EligibilityReport Judge(EligibilityFacts facts) => EligibilityPolicy.Judge(facts, new EligibilityOptions());

    private static List<EligibilityFinding> Of(string rule, EligibilityReport report) => [.. report.Findings.Where(f => f.Rule == rule)];
}
