namespace Flink.Resources.Fleet;

public sealed class SpecificationTests
{
    private static readonly JobKey _clicks = JobKey.Parse("ads/clicks");
    private static readonly JobKey _views = JobKey.Parse("ads/views");

    [Fact]
    public void Spec_OfTheExample_IsWhatRuns()
    {
        var spec = Texts.Document(Texts.Example).SpecFor(_clicks, "k8s-east");

        Assert.Equal((_clicks, JobKind.Streaming, "root.realtime.ads", "1.20.5"), (spec.Job, spec.Kind, spec.Queue, spec.FlinkVersion));
        Assert.Equal("hdfs://ns1/jobs/clicks-42.jar", spec.Jar.Uri);
        Assert.Equal(("com.ads.Clicks", 16, 2), (spec.EntryClass, spec.Parallelism, spec.TaskManager.Slots));
        Assert.Equal(
            [
                "execution.checkpointing.dir=hdfs://ns1/flink/ads/clicks/checkpoints", "execution.checkpointing.interval=60s",
                "execution.checkpointing.savepoint-dir=hdfs://ns1/flink/ads/clicks/savepoints",
                "kubernetes.env.secretKeyRef=env:SASL_JAAS,secret:ads-kafka,key:SASL_JAAS",
            ],
            spec.Configuration.Select(static p => $"{p.Key}={p.Value}"));
        Assert.Empty(spec.Environment);
    }

    [Fact]
    public void Spec_OnYarn_HasItsQueueAndNoKubernetesKeys()
    {
        var spec = Texts.Document(Texts.Full).SpecFor(_clicks, "yarn-east");

        Assert.Equal(("root.prod.realtime.ads", new JobPriority(7), "ssd"), (spec.Queue, spec.Priority, spec.Zone));
        Assert.DoesNotContain(spec.Configuration.Keys, static k => k.StartsWith("kubernetes.", StringComparison.Ordinal));
        Assert.Equal(["MODE", "REGION"], spec.Environment.Keys);
        Assert.Equal(["hdfs://ns1/jobs/geo.dat", "s3://jobs/rules.bin"], spec.Files.Select(static f => f.Uri));
    }

    [Fact]
    public void Spec_OnKubernetes_NamesSecretsAndKeepsTheQueue()
    {
        var spec = Texts.Document(Texts.Full).SpecFor(_clicks, "k8s-east");

        Assert.Equal("root.realtime.ads", spec.Queue);
        Assert.Equal("env:SASL_JAAS,secret:ads-kafka,key:SASL_JAAS;env:TRUST,secret:tls,key:ca.crt", spec.Configuration["kubernetes.env.secretKeyRef"]);
        Assert.Equal("hdfs://ns1/own/ads/clicks/checkpoints", spec.Configuration["execution.checkpointing.dir"]);
    }

    [Theory]
    [InlineData("1.19.1", "state.checkpoints.dir", "state.savepoints.dir")]
    [InlineData("1.20", "execution.checkpointing.dir", "execution.checkpointing.savepoint-dir")]
    [InlineData("2.1.0", "execution.checkpointing.dir", "execution.checkpointing.savepoint-dir")]
    public void Directories_HaveTheNamesOfTheVersion(string version, string checkpoints, string savepoints)
    {
        var spec = Texts.Document(Texts.Small.Replace("1.20.5", version, StringComparison.Ordinal)).SpecFor(_clicks, "yarn-sim");

        Assert.Equal([checkpoints, savepoints], spec.Configuration.Keys);
    }

    [Theory]
    [InlineData("parallelism: 2", "parallelism: 2\n    flink: {state.checkpoints.dir: 'hdfs://ns1/mine'}")]
    [InlineData("libs: /flink/1.20", "libs: /flink/1.20, flink: {execution.checkpointing.dir: 'hdfs://ns1/mine'}")]
    public void Directory_ThatUsersGive_Stays(string right, string mine)
    {
        var spec = Texts.Document(Texts.Small.Replace(right, mine, StringComparison.Ordinal)).SpecFor(_clicks, "yarn-sim");

        Assert.DoesNotContain(spec.Configuration, static p => p.Value.EndsWith("/checkpoints", StringComparison.Ordinal));
    }

    [Fact]
    public void Spec_OfNothing_IsRefused()
    {
        var document = Texts.Document(Texts.Full);

        Assert.Throws<ArgumentException>(() => document.SpecFor(JobKey.Parse("no/body"), "yarn-east"));
        Assert.Contains("it has k8s-east, sim, yarn-east", Assert.Throws<ArgumentException>(() => document.SpecFor(_views, "nowhere")).Message, StringComparison.Ordinal);
    }
}
