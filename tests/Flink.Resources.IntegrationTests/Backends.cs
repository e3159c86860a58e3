using Flink.Resources.Kubernetes;
using Flink.Resources.Yarn;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Flink.Resources.Integration;

/// <summary>Both real clusters, composed as a user would.</summary>
internal static class Backends
{
    public static IResourceBackend Yarn(string controller, Action<YarnOptions>? change = null)
    {
        var services = new ServiceCollection();
        services.AddFlinkResources().AddYarn("yarn-east", options =>
        {
            Configure(options, controller);
            change?.Invoke(options);
        });
        return Build(services, "yarn-east");
    }

    public static IResourceBackend Kubernetes(string controller, Action<KubernetesOptions>? change = null)
    {
        var services = new ServiceCollection();
        services.AddFlinkResources().AddKubernetes("k8s-east", options =>
        {
            Configure(options, controller);
            change?.Invoke(options);
        });
        return Build(services, "k8s-east");
    }

    /// <summary>Both clusters in one container, with a journal: what a program that moves jobs has.</summary>
    public static ServiceProvider Both(string controller, IJournal journal, Action<YarnOptions>? yarn = null, Action<KubernetesOptions>? kubernetes = null, ILoggerFactory? logs = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(journal);
        if (logs is not null)
        {
            services.AddSingleton(logs);
        }
        services.AddFlinkResources()
            .AddYarn("yarn-east", options =>
            {
                Configure(options, controller);
                yarn?.Invoke(options);
            })
            .AddKubernetes("k8s-east", options =>
            {
                Configure(options, controller);
                kubernetes?.Invoke(options);
            });
        return services.BuildServiceProvider();
    }

    private static IResourceBackend Build(ServiceCollection services, string name) =>
        services.BuildServiceProvider().GetRequiredService<IBackendCatalog>().GetRequired(name);

    private static void Configure(YarnOptions options, string controller)
    {
        options.ResourceManagers.Add(new Uri(Clusters.Require("TESTBED_YARN_RM")));
        options.WebHdfs.Add(new Uri(new Uri(Clusters.Require("TESTBED_WEBHDFS")).GetLeftPart(UriPartial.Authority)));
        options.FileSystem = Clusters.Hdfs;
        options.User = "root";
        options.StagingRoot = "/tmp/flink-resources-tests/yarn";
        options.ControllerId = $"{controller}-{Clusters.Run}";
        var profile = new YarnFlinkProfile();
        profile.LibraryDirectories.Add(Clusters.Require("TESTBED_FLINK_HDFS_LIB"));
        profile.LibraryDirectories.Add(Clusters.Require("TESTBED_FLINK_HDFS_PLUGINS"));
        options.Profiles["1.20"] = profile;
        if (Clusters.HasNewerFlink)
        {
            var newer = new YarnFlinkProfile();
            newer.LibraryDirectories.Add(Clusters.Require("TESTBED_FLINK2_HDFS_LIB"));
            newer.LibraryDirectories.Add(Clusters.Require("TESTBED_FLINK2_HDFS_PLUGINS"));
            options.Profiles[NewerFlinkTests.Version] = newer;
        }
    }

    private static void Configure(KubernetesOptions options, string controller)
    {
        options.KubeConfig = Clusters.Require("KUBECONFIG");
        options.ServiceAccount = Environment.GetEnvironmentVariable("TESTBED_K8S_SERVICE_ACCOUNT") is { Length: > 0 } account ? account : "testbed";
        options.HighAvailabilityDirectory = $"{Clusters.Hdfs}/tmp/flink-resources-tests/ha";
        options.Holder = $"{controller}-{Clusters.Run}";
        options.CpuLimitFactor = 20;
        var profile = new KubernetesFlinkProfile { Image = Clusters.Require("TESTBED_FLINK_IMAGE") };
        // Both clusters write the same directories, as the same user.
        profile.Environment["HADOOP_USER_NAME"] = "root";
        options.Profiles["1.20"] = profile;
        if (Clusters.HasNewerFlink)
        {
            var newer = new KubernetesFlinkProfile { Image = Clusters.Require("TESTBED_FLINK2_IMAGE") };
            newer.Environment["HADOOP_USER_NAME"] = "root";
            options.Profiles[NewerFlinkTests.Version] = newer;
        }
    }
}
