using System.Collections.Immutable;

namespace Flink.Resources.Translation;

public sealed class SourceDefinitionTests
{
    private static readonly (string, string)[] _running =
    [
        ("$internal.application.main", "ads.Clicks"), ("$internal.application.program-args", "['--rate', '100']"), ("blob.server.port", "43033"),
        ("execution.attached", "true"), ("execution.checkpointing.interval", "2s"), ("execution.state-recovery.claim-mode", "NO_CLAIM"), ("execution.target", "embedded"),
        ("high-availability.cluster-id", "application_1_2"), ("internal.io.tmpdirs.use-local-default", "true"), ("io.tmp.dirs", "/nm/local/appcache/application_1_2"),
        ("jobmanager.memory.process.size", "1024m"), ("jobmanager.rpc.address", "host1"), ("parallelism.default", "4"), ("pipeline.classpaths", "[]"),
        ("pipeline.jars", "['file:/nm/local/clicks.jar']"), ("rest.address", "host1"), ("taskmanager.memory.process.size", "1728m"), ("taskmanager.numberOfTaskSlots", "2"),
        ("web.tmpdir", "/tmp/flink-web-1"), ("yarn.application.name", "clicks"), ("yarn.application.queue", "root.ads"), ("yarn.appmaster.vcores", "2"),
        ("yarn.provided.lib.dirs", "hdfs://ns1/flink/lib"),
    ];

    private static SourceJob Job(params (string, string)[] more) => Jobs.OnYarn([.. _running, .. more]) with { Jar = null, JobManager = null, TaskManager = null };

    private static ApplicationSpec SpecOf(SourceJob job, params string[] supplied) =>
        Assert.IsType<SourceDefinitionResult.Complete>(SourceDefinition.Read(job, ImmutableSortedSet.Create(StringComparer.Ordinal, supplied))).Spec;

    private static ImmutableArray<SpecError> ErrorsOf(SourceJob job) =>
        Assert.IsType<SourceDefinitionResult.Incomplete>(SourceDefinition.Read(job, [])).Errors;

    [Fact]
    public void Read_ARunningJob_LeavesOutWhatAStartMakesAnew()
    {
        var spec = SpecOf(Job());

        Assert.Equal([KeyValuePair.Create("execution.checkpointing.interval", "2s")], spec.Configuration);
        Assert.Equal(("ads.Clicks", "file:/nm/local/clicks.jar", "root.ads", 4), (spec.EntryClass, spec.Jar.Uri, spec.Queue, spec.Parallelism));
        Assert.Equal(["--rate", "100"], spec.Arguments);
    }

    [Fact]
    public void Read_Sizes_AreThoseOfTheConfigurationInItsOwnUnits()
    {
        var spec = SpecOf(Job());

        Assert.Equal((1024, 2000), (spec.JobManager.Memory.Mebibytes, spec.JobManager.CpuMillicores));
        // Without yarn.containers.vcores a TaskManager has a vcore per slot.
        Assert.Equal((1728, 2000, 2), (spec.TaskManager.Memory.Mebibytes, spec.TaskManager.CpuMillicores, spec.TaskManager.Slots));
    }

    [Theory]
    [InlineData("some.password", "******")]
    [InlineData("some.password", "hunter2")]
    [InlineData("jdbc.url", "jdbc:postgresql://ads:hunter2@db/ads")]
    public void Read_ASecretThatNobodySupplies_IsRefusedByItsKeyAlone(string key, string value)
    {
        var error = Assert.Single(ErrorsOf(Job((key, value))));

        Assert.Equal($"Configuration[{key}]", error.Field);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("some.password")]
    [InlineData("some.*")]
    public void Read_ASecretThatThePlaceSupplies_IsLeftOut(string supplied) =>
        Assert.DoesNotContain("some.password", SpecOf(Job(("some.password", "******")), supplied).Configuration.Keys);

    [Fact]
    public void Read_ASecretAmongTheArguments_IsRefused()
    {
        var error = Assert.Single(ErrorsOf(Job() with { Arguments = ["--password", "hunter2"] }));

        Assert.Equal("Arguments", error.Field);
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_VariablesOfBothContainers_BecomeTheEnvironment()
    {
        var spec = SpecOf(Job(("containerized.master.env.TOPIC", "a"), ("containerized.taskmanager.env.TOPIC", "a"), ("containerized.master.env.JAVA_HOME", "/java")));

        Assert.Equal([KeyValuePair.Create("TOPIC", "a")], spec.Environment);
    }

    [Fact]
    public void Read_VariablesThatDiffer_AreRefused() =>
        Assert.Equal("containerized.taskmanager.env.TOPIC", Assert.Single(ErrorsOf(Job(("containerized.master.env.TOPIC", "a"), ("containerized.taskmanager.env.TOPIC", "b")))).Field);

    [Fact]
    public void Read_ArchivesAndMissingParts_AreAllNamedAtOnce()
    {
        var errors = ErrorsOf(Jobs.OnYarn(("yarn.ship-archives", "a.zip")) with { Jar = null, Queue = null, JobManager = null, TaskManager = null });

        Assert.Equal(
            ["Configuration[yarn.ship-archives]", "Jar", "JobManager.Memory", "Queue", "TaskManager.Memory"], errors.Select(static e => e.Field));
    }
}
