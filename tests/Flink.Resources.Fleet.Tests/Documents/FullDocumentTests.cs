using Flink.Resources.Health;
using Flink.Resources.Kubernetes;

namespace Flink.Resources.Fleet;

/// <summary>A document that has every key there is.</summary>
public sealed class FullDocumentTests
{
    private readonly FleetDocument _document = Texts.Document(Texts.Full);

    private JobEntry Clicks => _document.Jobs[JobKey.Parse("ads/clicks")];

    private JobEntry Views => _document.Jobs[JobKey.Parse("ads/views")];

    [Fact]
    public void EveryKeyOfTheSchema_StandsInIt()
    {
        var written = _document.Positions.Keys.Select(static p => p[(p.LastIndexOf('.') + 1)..].Split('[')[0]).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(SchemaWalk.Sections().SelectMany(static s => s.Keys), k => !written.Contains(k.Name));
    }

    [Fact]
    public void YarnCluster_TakesEveryKey()
    {
        var yarn = Assert.IsType<FleetCluster.Yarn>(_document.Clusters["yarn-east"]);

        Assert.Equal("https://rm2.example:8090/", yarn.ResourceManagers[1].ToString());
        Assert.Equal("http://nn1:9870/", Assert.Single(yarn.WebHdfs).ToString());
        Assert.Equal(["SASL_JAAS", "TRUST"], yarn.Provides);
        Assert.Equal(("east-1", "flink", "zookeeper"), (yarn.Controller, yarn.Environment["HADOOP_USER_NAME"], yarn.Configuration["high-availability.type"]));
        Assert.Equal(
            new CallSettings
            {
                AttemptTimeout = TimeSpan.FromSeconds(5), CallTimeout = TimeSpan.FromSeconds(20), CircuitFailures = 5,
                CircuitBreak = TimeSpan.FromSeconds(2), PollInterval = TimeSpan.FromSeconds(10),
            },
            yarn.Calls);
    }

    [Fact]
    public void KubernetesCluster_TakesEveryKey()
    {
        var cluster = Assert.IsType<FleetCluster.Kubernetes>(_document.Clusters["k8s-east"]);

        Assert.Equal(("/etc/flink/kubeconfig", "hdfs://ns1/flink-ha", 1.5), (cluster.KubeConfig, cluster.HighAvailabilityDirectory, cluster.CpuLimitFactor));
        Assert.Equal((FlinkRestAccess.Direct, "Always"), (cluster.RestAccess, cluster.ImagePullPolicy));
        Assert.Equal("0=low 5=middle 9=top", string.Join(' ', cluster.PriorityClasses.Select(static p => $"{p.Key}={p.Value}")));
        Assert.Equal(("registry", "flink", "dedicated=flink:NoSchedule"), (Assert.Single(cluster.ImagePullSecrets), cluster.Nodes.NodeSelector["pool"], Assert.Single(cluster.Nodes.Tolerations)));
        Assert.Equal(("ssd", "ssd:NoExecute"), (cluster.Zones["ssd"].NodeSelector["disk"], Assert.Single(cluster.Zones["ssd"].Tolerations)));
        Assert.Equal((TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(3)), (cluster.RemoveTimeout, cluster.FlinkTimeout));
    }

    [Fact]
    public void SimulatedCluster_TakesEveryKey()
    {
        var cluster = Assert.IsType<FleetCluster.Simulated>(_document.Clusters["sim"]);

        Assert.Equal((BackendKind.Yarn, 4, MemorySize.Parse("64g"), 16_000), (cluster.Like, cluster.Nodes, cluster.NodeMemory, cluster.NodeCpuMillicores));
    }

    [Fact]
    public void Job_WinsOverTheDefaults_KeyByKey()
    {
        Assert.Equal("own", Clicks.Configuration["a.b"]);
        Assert.Equal("60s", Clicks.Configuration["execution.checkpointing.interval"]);
        Assert.Equal("shared", Views.Configuration["a.b"]);
        Assert.Equal(["MODE", "REGION"], Clicks.Environment.Keys);
        Assert.Equal((new SecretRef("ads-kafka", "SASL_JAAS"), new SecretRef("tls", "ca.crt")), (Clicks.Secrets["SASL_JAAS"], Clicks.Secrets["TRUST"]));
        Assert.Equal(["audit", "orders"], Clicks.Move.Options.Sinks.Keys);
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(90)), (Clicks.Move.Options.Soak, Views.Move.Options.Soak));
        Assert.Equal((16, 2), (Clicks.Parallelism, Views.Parallelism));
        Assert.Equal((new JobPriority(7), new JobPriority(6)), (Clicks.Priority, Views.Priority));
        Assert.Equal(("hdfs://ns1/own/ads/clicks", "hdfs://ns1/flink/ads/views"), (Clicks.SnapshotDirectory, Views.SnapshotDirectory));
        Assert.Equal((2000, 500), (Clicks.JobManager.CpuMillicores, Views.JobManager.CpuMillicores));
        Assert.Equal((4, 2), (Clicks.TaskManager.Slots, Views.TaskManager.Slots));
    }

    [Fact]
    public void Job_TakesEveryKey()
    {
        Assert.Equal((JobKind.NearRealTime, DesiredState.Stopped, "ssd"), (Clicks.Kind, Clicks.State, Clicks.Zone));
        Assert.Same(RestorePoint.None, Clicks.Start);
        Assert.Equal(new RestorePoint.Snapshot("hdfs://ns1/flink/savepoint-1"), Views.Start);
        Assert.Equal(["--env", "prod", ""], Clicks.Arguments);
        Assert.Equal(["hdfs:///jobs/geo.dat", "s3://jobs/rules.bin"], Clicks.Files.Select(static f => f.Uri));
        Assert.NotNull(Clicks.Files[1].Sha256);
        Assert.NotNull(Views.Jar.Sha256);
        var facts = Clicks.Facts;
        Assert.Equal(("clicks-team", "Singles' Day", "E18"), (facts.Owner, facts.Freeze, Assert.Single(facts.Acknowledged)));
        Assert.Equal(("clicks", "orders audit", Views.Job), (Assert.Single(facts.Reads), string.Join(' ', facts.Writes), facts.StandbyOf));
        Assert.Equal((true, true, true, true), (facts.IsStateless, facts.IsVolunteer, facts.IsSynthetic, facts.IsApproved));
        Assert.Equal((TimeSpan.FromDays(3), TimeSpan.FromMinutes(1)), (facts.SourceRetention, facts.LagObjective));
        Assert.False(Views.Facts.IsApproved);
    }

    [Fact]
    public void Move_TakesEveryKey()
    {
        var (move, options) = (Views.Move, Views.Move.Options);

        Assert.Equal((StopMethod.LastCheckpoint, TimeSpan.FromMinutes(30), OnUnhealthy.RollBack), (options.Stop, move.Baseline, move.OnUnhealthy));
        Assert.Equal((true, TimeSpan.FromMinutes(20)), (options.AcceptsDuplicates, move.MaximumCatchUp));
        Assert.Equal(
            [11d, 12, 13, 14, 15, 16],
            new[] { options.ValidationTimeout, options.PreparationTimeout, options.StopTimeout, options.DeathTimeout, options.SubmissionTimeout, options.RestoreTimeout }.Select(static t => t.TotalMinutes));
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.PollInterval);
    }

    [Fact]
    public void Campaign_TakesEveryKey()
    {
        var campaign = _document.Campaign;

        Assert.Equal(
            new CampaignLimits
            {
                InFlight = 20, PerQueue = 4, PerTeam = 3, PerSource = 6, PerTarget = 7, Soaking = 60, Important = 2, PodsPerSecond = 15.5,
                SavepointsPerSecond = MemorySize.Parse("1g"), PerWave = 25, WaveShare = 0.25, Headroom = 0.3, CatchUpShare = 0.1,
            },
            campaign.Limits);
        Assert.Equal(
            new CampaignAborts
            {
                WaveFailureShare = 0.2, WaveFailures = 3, CampaignFailureShare = 0.1, SameCause = 4, MeanScore = 7,
                MeanScoreFor = TimeSpan.FromMinutes(20), Degrading = 5, RearmAfter = null,
            },
            campaign.Aborts);
        Assert.Equal((new Tier(1), "E07"), (campaign.ApprovalFrom, Assert.Single(campaign.Acknowledged)));
        var window = Assert.Single(campaign.Windows);
        Assert.Equal(("0 22 * * 1-5", TimeSpan.FromHours(8), "Asia/Shanghai", "nights"), (window.Cron, window.Length, window.Zone, window.Reason));
        var blackout = Assert.Single(campaign.Blackouts);
        Assert.Equal((new DateTimeOffset(2026, 11, 9, 16, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 11, 11, 16, 0, 0, TimeSpan.Zero)), (blackout.From, blackout.To));
    }

    [Theory]
    [InlineData("none", null)]
    [InlineData("P3", 3)]
    public void Approval_IsATierOrNone(string written, int? tier)
    {
        var document = Texts.Document($"{Texts.Small}\ncampaign: {{approval: {written}}}");

        Assert.Equal(tier, document.Campaign.ApprovalFrom?.Value);
    }

    [Fact]
    public void SqliteFile_IsSeenFromTheFolderOfTheDocument()
    {
        var result = Texts.Read(Texts.Full, Path.Combine("/etc", "fleets", "east.yaml"));

        Assert.Equal(Path.Combine("/etc", "fleets", "fleet.db"), Assert.IsType<FleetJournal.Sqlite>(result.Document!.Journal).File);
    }
}
