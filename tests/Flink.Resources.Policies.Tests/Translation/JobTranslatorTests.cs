using System.Collections.Immutable;

namespace Flink.Resources.Translation;

public sealed class JobTranslatorTests
{
    [Fact]
    public void Translate_ThereAndBack_ListsWhatWasLost()
    {
        var job = Jobs.OnYarn(
            ("yarn.containers.vcores", "3"), ("yarn.tags", "a,b"), ("yarn.application-attempts", "3"), ("taskmanager.numberOfTaskSlots", "3"), ("my.key", "x"),
            ("state.backend", "rocksdb"), ("yarn.application.name", "Clicks"));
        var there = Jobs.Translate(job);
        var spec = Jobs.SpecOf(there);
        var running = Jobs.OnKubernetes() with
        {
            Configuration = spec.Configuration.Add("kubernetes.taskmanager.cpu.amount", "1.5").Add("taskmanager.numberOfTaskSlots", "3"),
            Queue = spec.Queue,
        };
        var back = Jobs.Translate(running);
        var lost = RoundTrip.Lost(there.Report, back.Report).Select(static l => l.Key).ToList();

        Assert.Equal("a,b", Jobs.SpecOf(back).Configuration["yarn.tags"]);
        Assert.Equal(3000, Jobs.SpecOf(back).TaskManager.CpuMillicores);
        Assert.Equal("rocksdb", Jobs.SpecOf(back).Configuration["state.backend.type"]);
        Assert.Contains("yarn.application-attempts", lost, StringComparer.Ordinal);
        Assert.DoesNotContain("my.key", lost, StringComparer.Ordinal);
        Assert.DoesNotContain("yarn.tags", lost, StringComparer.Ordinal);
        Assert.DoesNotContain("taskmanager.numberOfTaskSlots", lost, StringComparer.Ordinal);
        Assert.DoesNotContain("state.backend", lost, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("1.13", "state.checkpoints.dir", "1.20", "execution.checkpointing.dir")]
    [InlineData("1.20", "execution.checkpointing.dir", "2.1", "execution.checkpointing.dir")]
    [InlineData("1.16", "state.checkpoints.dir", "1.19", "state.checkpoints.dir")]
    [InlineData("1.16", "env.java.opts", "1.18", "env.java.opts.all")]
    [InlineData("1.13", "env.java.opts", "1.16", "env.java.opts")]
    [InlineData("1.17", "state.backend", "2.0", "state.backend.type")]
    public void Translate_RenamedKey_HasTheNameOfTheTargetsVersion(string from, string key, string to, string expected)
    {
        var job = Jobs.OnYarn((key, "hdfs://ns1/x")) with { FlinkVersion = from };
        var result = Jobs.Translate(job, Jobs.Kubernetes with { FlinkVersion = to, Artifacts = Jobs.Kubernetes.Artifacts.Add(job.Jar!.Uri, new ArtifactRef("local:///opt/flink/usrlib/job.jar")) });

        Assert.Equal("hdfs://ns1/x", Jobs.SpecOf(result).Configuration[expected]);
        Assert.Equal(from != to, result.Report.IsOneWay);
        Assert.Contains(result.Report.Findings, static f => f is { Rule: TranslationRule.FlinkVersion, Severity: FindingSeverity.Warn });
    }

    [Fact]
    public void Translate_BothNamesOfAnOption_TheOneThatFlinkTakesCounts()
    {
        var result = Jobs.Translate(Jobs.OnYarn(("state.checkpoints.dir", "hdfs://ns1/old"), ("execution.checkpointing.dir", "hdfs://ns1/new")));

        Assert.Equal("hdfs://ns1/new", Jobs.SpecOf(result).Configuration["execution.checkpointing.dir"]);
        Assert.Equal(KeyOutcome.DroppedSafe, Assert.Single(result.Report.Entries, static e => e.Key == "state.checkpoints.dir").Outcome);
    }

    [Fact]
    public void Translate_NameThatTheJobsFlinkDoesNotKnow_WasNeverInEffect()
    {
        var job = Jobs.OnYarn(("state.checkpoints.dir", "hdfs://ns1/old"), ("execution.checkpointing.dir", "hdfs://ns1/new")) with { FlinkVersion = "1.19" };

        Assert.Equal("hdfs://ns1/old", Jobs.SpecOf(Jobs.Translate(job)).Configuration["execution.checkpointing.dir"]);
    }

    [Fact]
    public void Translate_OlderFlinkOnTheTarget_IsBlocked() => Assert.Contains(
        Jobs.BlockersOf(Jobs.Translate(Jobs.OnYarn() with { FlinkVersion = "2.1" })), static b => b.Field == "FlinkVersion");

    [Fact]
    public void Translate_UnreadableVersion_IsBlocked() => Assert.Contains(
        Jobs.BlockersOf(Jobs.Translate(Jobs.OnYarn() with { FlinkVersion = "latest" })), static b => b.Field == "FlinkVersion");

    [Fact]
    public void Translate_UnmappedQueue_IsBlocked() => Assert.Contains(
        Jobs.BlockersOf(Jobs.Translate(Jobs.OnYarn() with { Queue = "root.unknown" })), static b => b.Field == "Queue");

    [Theory]
    [InlineData("root.ads", "root.ads")]
    [InlineData("ads", "root.ads")]
    [InlineData("root.realtime.a.b", "root.rt.a.b")]
    [InlineData("root.batch.x", "root.night")]
    [InlineData("root.realtime", null)]
    public void Queues_ExactThenPattern(string queue, string? expected) => Assert.Equal(expected, Queues.Translate(Jobs.Kubernetes, queue));

    [Fact]
    public void Translate_UnknownEnvironment_IsAskedForNotAssumed()
    {
        var blockers = Jobs.BlockersOf(Jobs.Translate(Jobs.OnYarn() with { Environment = new JobEnvironment() })).Select(static b => b.Field);

        Assert.Equal(["Environment[HADOOP_USER_NAME]", "Environment[LANG]", "Environment[LC_ALL]", "Environment[TZ]", "JavaMajor"], blockers, StringComparer.Ordinal);
    }

    [Theory]
    [InlineData("Asia/Shanghai", "Asia/Shanghai")]
    [InlineData("GMT+08:00", "Etc/GMT-8")]
    [InlineData("GMT-3", "Etc/GMT+3")]
    [InlineData("GMT+05:30", null)]
    [InlineData("a b", null)]
    public void Translate_TimeZone_IsOneThatEverybodyReadsAlike(string zone, string? expected)
    {
        var result = Jobs.Translate(Jobs.OnYarn() with { Environment = Jobs.Shanghai with { TimeZone = zone } });

        Assert.Equal(expected, result is TranslationResult.Translated { Spec: var spec } ? spec.Environment["TZ"] : null);
    }

    [Fact]
    public void Translate_AnotherCharset_IsGivenToTheJvm()
    {
        var job = Jobs.OnYarn(("env.java.opts.all", "-Dx=y")) with { Environment = Jobs.Shanghai with { Charset = "GBK" } };

        Assert.Equal("-Dx=y -Dfile.encoding=GBK", Jobs.SpecOf(Jobs.Translate(job)).Configuration["env.java.opts.all"]);
    }

    [Fact]
    public void Translate_AnotherJava_IsAChangeNotABlock() => Assert.Equal(
        KeyOutcome.SemanticChange, Assert.Single(Jobs.Translate(Jobs.OnYarn() with { Environment = Jobs.Shanghai with { JavaMajor = 8 } }).Report.Fields, static f => f.Key == "JavaMajor").Outcome);

    [Fact]
    public void Translate_HiddenSecret_BlocksUnlessThePlaceSuppliesIt()
    {
        var job = Jobs.OnYarn(("s3.secret-key", "******"));

        Assert.Contains(Jobs.BlockersOf(Jobs.Translate(job)), static b => b.Field == "Configuration[s3.secret-key]");
        Assert.False(Jobs.SpecOf(Jobs.Translate(job, Jobs.Kubernetes with { SuppliedKeys = ["s3.*"] })).Configuration.ContainsKey("s3.secret-key"));
    }

    [Fact]
    public void Translate_InlineSecret_IsAFindingByName()
    {
        var finding = Assert.Single(Jobs.Translate(Jobs.OnYarn(("s3.secret-key", "abc"))).Report.Findings, static f => f.Rule == TranslationRule.InlineSecret);

        Assert.Equal((FindingSeverity.Fix, "s3.secret-key"), (finding.Severity, finding.Evidence));
    }

    [Theory]
    [InlineData("properties.transactional.id.prefix", "application_1700000000000_0001-sink", true)]
    [InlineData("properties.group.id", "${HOSTNAME}-reader", true)]
    [InlineData("properties.group.id", "clicks-reader", false)]
    [InlineData("some.other.key", "application_1700000000000_0001", false)]
    public void Translate_IdentityOfAPlace_IsAFinding(string key, string value, bool expected) => Assert.Equal(
        expected, Jobs.Translate(Jobs.OnYarn((key, value))).Report.Findings.Any(static f => f.Rule == TranslationRule.PlaceInIdentity));

    [Fact]
    public void Translate_RunningStateBackendIsAnother_IsAFinding() => Assert.Contains(
        Jobs.Translate(Jobs.OnYarn(("state.backend.type", "hashmap")) with { StateBackend = "EmbeddedRocksDBStateBackend" }).Report.Findings,
        static f => f.Rule == TranslationRule.StateBackend);

    [Fact]
    public void Translate_UsedMoreCpuThanAskedFor_IsRaised() => Assert.Equal(
        3300, Jobs.SpecOf(Jobs.Translate(Jobs.OnYarn(("yarn.containers.vcores", "2")) with { TaskManager = new ObservedContainer(MemorySize.FromMebibytes(4096), 3300) })).TaskManager.CpuMillicores);

    [Fact]
    public void Translate_DividedMemory_IsNotRaised()
    {
        var job = Jobs.OnYarn(("taskmanager.memory.flink.size", "1280m"));

        // 1280 MiB and 256 MiB of metaspace make 192 MiB of overhead.
        Assert.Equal(MemorySize.FromMebibytes(1728), Jobs.SpecOf(Jobs.Translate(job)).TaskManager.Memory);
    }

    [Fact]
    public void Translate_Decision_GoesBeforeTheTable()
    {
        var target = Jobs.Kubernetes with
        {
            Decisions = Jobs.Kubernetes.Decisions
                .Add("yarn.application-master.port", new KeyDecision.Drop("a network policy is there"))
                .Add("yarn.container-start-command-template", new KeyDecision.Replace(Jobs.Map(("env.java.opts.all", "-Xss4m")), "only the stack differs")),
        };
        var spec = Jobs.SpecOf(Jobs.Translate(Jobs.OnYarn(("yarn.application-master.port", "50100-50200"), ("yarn.container-start-command-template", "nice %java%")), target));

        Assert.Equal("-Xss4m", spec.Configuration["env.java.opts.all"]);
    }

    [Fact]
    public void Translate_DecisionForAnOwnedKey_IsBlocked() => Assert.Contains(
        Jobs.BlockersOf(Jobs.Translate(Jobs.OnYarn(("x", "1")), Jobs.Kubernetes with
        {
            Decisions = Jobs.Kubernetes.Decisions.Add("x", new KeyDecision.Replace(Jobs.Map(("execution.savepoint.path", "hdfs://ns1/s")), "wrong")),
        })),
        static b => b.Field.Contains("execution.state-recovery.path", StringComparison.Ordinal));

    [Fact]
    public void Translate_JarWithoutDigest_IsPinnedFirst() => Assert.Contains(
        Jobs.BlockersOf(Jobs.Translate(Jobs.OnYarn() with { Jar = new ArtifactRef("hdfs://ns1/jobs/job.jar") })), static b => b.Field == "Jar");

    [Fact]
    public void Translate_ChosenJarHasOtherBytes_IsBlocked() => Assert.Contains(
        Jobs.BlockersOf(Jobs.Translate(Jobs.OnYarn(), Jobs.Kubernetes with
        {
            Artifacts = Jobs.Kubernetes.Artifacts.Add("hdfs://ns1/jobs/job.jar", new ArtifactRef("s3://jobs/job.jar", new string('c', 64))),
        })),
        static b => b.Field == "Jar" && b.Expected.Contains("digest", StringComparison.Ordinal));

    [Fact]
    public void Translate_SameVariableTwoValues_IsAsked() => Assert.Equal(
        2, Jobs.BlockersOf(Jobs.Translate(Jobs.OnYarn(("containerized.master.env.A", "1"), ("containerized.taskmanager.env.A", "2")))).Length);

    [Fact]
    public void Translate_SamePlaceOrShortKey_IsMisuse()
    {
        Assert.Throws<ArgumentException>(static () => JobTranslator.Translate(Jobs.OnYarn(), Jobs.Yarn, Jobs.DigestKey));
        Assert.Throws<ArgumentException>(static () => JobTranslator.Translate(Jobs.OnYarn(), Jobs.Kubernetes, new byte[8]));
    }

    [Fact]
    public void Translate_Source_StaysAsItWas()
    {
        var job = Jobs.OnYarn(("yarn.tags", "a"), ("state.backend", "rocksdb"));
        var before = job with { };

        Jobs.Translate(job);

        Assert.Equal(before, job);
        Assert.Equal(Jobs.Map(("yarn.tags", "a"), ("state.backend", "rocksdb")), job.Configuration);
    }

    [Fact]
    public void Checks_NameEachMistake()
    {
        var spec = Jobs.SpecOf(Jobs.Translate(Jobs.OnYarn(("my.token", "abc")))) with { Jar = new ArtifactRef("/home/job.jar") };
        var target = Jobs.Kubernetes with { MaximumMemory = MemorySize.FromMebibytes(1024), MaximumCpuMillicores = 400, TakenClusterIds = ["ads-clicks-e1"] };
        var errors = TranslationChecks.Check(
            spec with
            {
                Configuration = spec.Configuration.Add("yarn.tags", "x").Add("state.checkpoints.dir", "hdfs://yarn-only/x").Add("execution.checkpointing.dir", "hdfs://ns1/x")
                    .Add("kubernetes.cluster-id", "mine").Add("execution.state-recovery.path", "hdfs://ns1/s"),
            },
            target, "ads-clicks-e1");

        Assert.Equal(
            [
                "ClusterId", "Configuration[execution.checkpointing.dir]", "Configuration[execution.state-recovery.path]", "Configuration[kubernetes.cluster-id]",
                "Configuration[state.checkpoints.dir]", "Configuration[yarn.tags]", "Jar", "JobManager.CpuMillicores", "JobManager.Memory", "TaskManager.CpuMillicores", "TaskManager.Memory",
            ],
            errors.Select(static e => e.Field).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.All(errors, static e => Assert.DoesNotContain("abc", e.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a#b")]
    [InlineData("a\nb")]
    [InlineData("")]
    [InlineData(" a")]
    public void Checks_ValueThatAnOldFileCannotCarry_IsNamed(string value)
    {
        var spec = Jobs.SpecOf(Jobs.Translate(Jobs.OnYarn())) with { FlinkVersion = "1.18", Configuration = Jobs.Map(("my.key", value)) };

        Assert.Contains(TranslationChecks.Check(spec, Jobs.Kubernetes with { FlinkVersion = "1.18" }), static e => e.Field == "Configuration[my.key]");
        Assert.DoesNotContain(TranslationChecks.Check(spec, Jobs.Kubernetes), static e => e.Field == "Configuration[my.key]");
    }

    [Theory]
    [InlineData("kubernetes.jobmanager.cpu", "1.16", "kubernetes.jobmanager.cpu")]
    [InlineData("kubernetes.jobmanager.cpu", "1.17", "kubernetes.jobmanager.cpu.amount")]
    [InlineData("kubernetes.jobmanager.cpu.amount", "1.13", "kubernetes.jobmanager.cpu")]
    [InlineData("execution.savepoint.path", "2.0", "execution.state-recovery.path")]
    [InlineData("never.renamed", "2.0", "never.renamed")]
    public void Aliases_NameIn_IsThatOfTheVersion(string key, string version, string expected) => Assert.Equal(expected, FlinkKeyAliases.NameIn(key, version));

    [Fact]
    public void Aliases_EachNameOnce() => Assert.Distinct(FlinkKeyAliases.All.SelectMany(static a => a.Names, static (_, n) => n.Key), StringComparer.Ordinal);
}
