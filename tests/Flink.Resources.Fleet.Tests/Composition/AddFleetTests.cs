using Flink.Resources.Kubernetes;
using Flink.Resources.Storage.Postgres;
using Flink.Resources.Storage.Sqlite;
using Flink.Resources.Yarn;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Flink.Resources.Fleet;

public sealed class AddFleetTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Example_IsComposedAndItsOptionsAreRight()
    {
        await using var services = Build(Texts.Document(Texts.Example));

        Assert.IsAssignableFrom<IResourceBackend>(services.GetRequiredKeyedService<IResourceBackend>("yarn-east"));
        Assert.True(services.GetRequiredService<IServiceProviderIsKeyedService>().IsKeyedService(typeof(IResourceBackend), "k8s-east"));
        Assert.Equal(Texts.Database, services.GetRequiredService<IOptions<PostgresJournalOptions>>().Value.ConnectionString);
        var yarn = services.GetRequiredService<IOptionsMonitor<YarnOptions>>().Get("yarn-east");
        Assert.Equal("/flink/1.20", Assert.Single(yarn.Profiles["1.20.5"].LibraryDirectories));
        Assert.Equal("Asia/Shanghai", yarn.Profiles["1.20.5"].Environment["TZ"]);
        var kubernetes = services.GetRequiredService<IOptionsMonitor<KubernetesOptions>>().Get("k8s-east");
        Assert.Equal(("ads", "rt"), (kubernetes.Queues["root.realtime.ads"], kubernetes.QueuePriorityClasses["root.realtime.ads"]));
        Assert.StartsWith("registry/flink@sha256:", kubernetes.Profiles["1.20.5"].Image, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EveryKeyOfClusters_ReachesItsOptions()
    {
        await using var services = Build(Texts.Document(Texts.Full));

        var yarn = services.GetRequiredService<IOptionsMonitor<YarnOptions>>().Get("yarn-east");
        Assert.Equal(("hdfs://ns1", "flink", "/flink-resources", "east-1"), (yarn.FileSystem, yarn.User, yarn.StagingRoot, yarn.ControllerId));
        Assert.Equal((5d, 20d, 5, 2d, 10d), (yarn.AttemptTimeout.TotalSeconds, yarn.CallTimeout.TotalSeconds, yarn.CircuitFailures, yarn.CircuitBreak.TotalSeconds, yarn.PollInterval.TotalSeconds));
        var libraries = yarn.Profiles["1.20.5"];
        Assert.Equal(["/flink/1.20/lib", "/flink/1.20/plugins"], libraries.LibraryDirectories);
        Assert.Equal(("flink", "zookeeper", "0.3"), (libraries.Environment["HADOOP_USER_NAME"], libraries.Configuration["high-availability.type"], libraries.Configuration["taskmanager.memory.managed.fraction"]));

        var kubernetes = services.GetRequiredService<IOptionsMonitor<KubernetesOptions>>().Get("k8s-east");
        Assert.Equal(("/etc/flink/kubeconfig", "east", "flink", "flink", "east-1"), (kubernetes.KubeConfig, kubernetes.Context, kubernetes.Namespace, kubernetes.ServiceAccount, kubernetes.Holder));
        Assert.Equal(("hdfs://ns1/flink-ha", 1.5, FlinkRestAccess.Direct), (kubernetes.HighAvailabilityDirectory, kubernetes.CpuLimitFactor, kubernetes.RestAccess));
        Assert.Equal((5d, 20d, 5, 2d), (kubernetes.AttemptTimeout.TotalSeconds, kubernetes.CallTimeout.TotalSeconds, kubernetes.CircuitFailures, kubernetes.CircuitBreak.TotalSeconds));
        Assert.Equal((45d, 3d), (kubernetes.RemoveTimeout.TotalSeconds, kubernetes.FlinkTimeout.TotalSeconds));
        Assert.Equal(("top", "middle", "low"), (kubernetes.PriorityClasses[9], kubernetes.PriorityClasses[5], kubernetes.PriorityClasses[0]));
        var profile = kubernetes.Profiles["1.20.5"];
        Assert.Equal(("registry/flink:1.20", "Always", false), (profile.Image, profile.ImagePullPolicy, profile.DirectStart));
        Assert.Equal(("registry", "flink", "dedicated=flink:NoSchedule"), (Assert.Single(profile.ImagePullSecrets), profile.NodeSelector["pool"], Assert.Single(profile.Tolerations)));
        Assert.Equal(("ssd", "ssd:NoExecute"), (profile.Zones["ssd"].NodeSelector["disk"], Assert.Single(profile.Zones["ssd"].Tolerations)));
        Assert.Equal(("Asia/Shanghai", "C.UTF-8", "/opt/flink/log"), (profile.Environment["TZ"], profile.Environment["LC_ALL"], profile.Configuration["kubernetes.flink.log.dir"]));
        Assert.Equal("fleet.db", services.GetRequiredService<IOptions<SqliteJournalOptions>>().Value.Path);
    }

    [Fact]
    public async Task SimulatedClusters_ShareOneModelAndRunTheJob()
    {
        var document = Texts.Document(Texts.Small);
        await using var services = Build(document);
        var catalog = services.GetRequiredService<IBackendCatalog>();
        var job = JobKey.Parse("ads/clicks");

        var (yarn, kubernetes) = (catalog.GetRequired("yarn-sim"), catalog.GetRequired("k8s-sim"));
        var prepared = await yarn.PrepareAsync(new Fence(job, 1), document.SpecFor(job, "yarn-sim"), CancellationToken);

        Assert.Equal((BackendKind.Yarn, BackendKind.Kubernetes), (yarn.Info.Kind, kubernetes.Info.Kind));
        Assert.IsType<PrepareOutcome.Prepared>(prepared);
        Assert.IsType<MemoryJournal>(services.GetRequiredService<IJournal>());
        Assert.Same(document, services.GetRequiredService<FleetDocument>());
    }

    [Fact]
    public void SecondFleet_IsRefused()
    {
        var services = new ServiceCollection();
        services.AddFleet(Texts.Document(Texts.Small));

        Assert.Throws<InvalidOperationException>(() => services.AddFleet(Texts.Document(Texts.Small)));
    }

    private static ServiceProvider Build(FleetDocument document)
    {
        var services = new ServiceCollection();
        services.AddFleet(document);
        return services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
