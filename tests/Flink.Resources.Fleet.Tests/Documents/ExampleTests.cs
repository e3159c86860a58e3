using Flink.Resources.Health;

namespace Flink.Resources.Fleet;

public sealed class ExampleTests
{
    private readonly FleetDocument _document = Texts.Document(Texts.Example);

    [Fact]
    public void Clusters_AreWhatIsWritten()
    {
        var yarn = Assert.IsType<FleetCluster.Yarn>(_document.Clusters["yarn-east"]);
        Assert.Equal(["http://rm1:8088/", "http://rm2:8088/"], yarn.ResourceManagers.Select(static a => a.ToString()));
        Assert.Equal(["http://nn1:9870/", "http://nn2:9870/"], yarn.WebHdfs.Select(static a => a.ToString()));
        Assert.Equal(("hdfs://ns1", "flink", "/flink-resources"), (yarn.FileSystem, yarn.User, yarn.StagingRoot));
        var kubernetes = Assert.IsType<FleetCluster.Kubernetes>(_document.Clusters["k8s-east"]);
        Assert.Equal(("east", "flink", "flink", "hdfs://ns1/flink/.ha"), (kubernetes.Context, kubernetes.Namespace, kubernetes.ServiceAccount, kubernetes.HighAvailabilityDirectory));
        Assert.Equal(2, _document.Clusters.Count);
    }

    [Fact]
    public void RuntimesQueuesAndJournal_AreWhatIsWritten()
    {
        var runtime = Assert.Single(_document.Runtimes).Value;
        Assert.Equal(("f120", "1.20.5", "hdfs:///flink/1.20"), (runtime.Name, runtime.Version, Assert.Single(runtime.Libraries)));
        Assert.StartsWith("registry/flink@sha256:", runtime.Image, StringComparison.Ordinal);
        Assert.Equal("LANG=C.UTF-8 TZ=Asia/Shanghai", string.Join(' ', runtime.Environment.Select(static p => $"{p.Key}={p.Value}")));
        Assert.Equal(new QueueOnCluster("ads", "rt"), _document.Queues["root.realtime.ads"].Clusters["k8s-east"]);
        Assert.Equal(Texts.Database, Assert.IsType<FleetJournal.Postgres>(_document.Journal).ConnectionString);
    }

    [Fact]
    public void Job_IsWhatIsWritten_WithItsDefaults()
    {
        var job = _document.Jobs[JobKey.Parse("ads/clicks")];

        Assert.Equal(("k8s-east", "root.realtime.ads", "f120"), (job.Cluster, job.Queue, job.Runtime));
        Assert.Equal(("com.ads.Clicks", 16, DesiredState.Running, JobKind.Streaming), (job.EntryClass, job.Parallelism, job.State, job.Kind));
        Assert.Equal(new ArtifactRef("hdfs:///jobs/clicks-42.jar", "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"), job.Jar);
        Assert.Equal(["--env", "prod"], job.Arguments);
        Assert.Equal(new TaskManagerResources { Memory = MemorySize.Parse("4g"), CpuMillicores = 1000, Slots = 2 }, job.TaskManager);
        Assert.Equal(new ContainerResources { Memory = MemorySize.Parse("1600m"), CpuMillicores = 1000 }, job.JobManager);
        Assert.Equal("60s", Assert.Single(job.Configuration).Value);
        Assert.Equal(new SecretRef("ads-kafka", "SASL_JAAS"), job.Secrets["SASL_JAAS"]);
        Assert.Equal("application_1700000000000_0421", job.Adopt["yarn-east"]);
        Assert.Equal("hdfs://ns1/flink/ads/clicks", job.SnapshotDirectory);
        Assert.Null(job.Start);
        Assert.Null(job.Priority);
    }

    [Fact]
    public void Move_IsWhatIsWritten()
    {
        var move = _document.Jobs[JobKey.Parse("ads/clicks")].Move;

        Assert.Equal((StopMethod.Auto, TimeSpan.FromMinutes(30)), (move.Options.Stop, move.Options.Soak));
        Assert.Equal((TimeSpan.FromHours(2), OnUnhealthy.Hold), (move.Baseline, move.OnUnhealthy));
        Assert.Equal(SinkClass.Transactional, move.Options.Sinks["orders"]);
    }

    [Fact]
    public void Positions_AreThoseOfTheText()
    {
        var lines = Texts.Example.Split('\n');
        var at = _document.PositionOf("jobs.ads/clicks.cluster");

        Assert.Equal("k8s-east", lines[at.Line - 1][(at.Column - 1)..].Split(' ')[0]);
        Assert.StartsWith("ads/clicks:", lines[_document.Jobs[JobKey.Parse("ads/clicks")].At.Line - 1].TrimStart(), StringComparison.Ordinal);
        Assert.Equal(_document.PositionOf("jobs.ads/clicks"), _document.PositionOf("jobs.ads/clicks.priority"));
        Assert.Equal(new SourcePosition(1, 1), _document.PositionOf("nothing.of.that"));
    }

    [Fact]
    public void Text_OfTheDocument_HoldsNoSecret() => Assert.DoesNotContain("hunter2", $"{_document} {_document.Journal}", StringComparison.Ordinal);
}
