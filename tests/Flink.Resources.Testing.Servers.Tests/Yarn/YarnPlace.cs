using Flink.Resources.Yarn;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Testing.Servers.Yarn;

/// <summary>The real YARN backend over a fake cluster.</summary>
internal static class YarnPlace
{
    public const string Jar = "/flink/jobs/jobs.jar";

    public static async Task<FakeYarn> StartAsync()
    {
        var yarn = await FakeYarn.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        yarn.RetryAfter = TimeSpan.Zero;
        yarn.Hdfs.Write("/flink/lib/flink-dist-1.20.5.jar", "dist");
        yarn.Hdfs.Write("/flink/lib/log4j-api-2.24.3.jar", "log4j");
        yarn.Hdfs.Write("/flink/plugins/metrics-jmx/flink-metrics-jmx-1.20.5.jar", "jmx");
        yarn.Hdfs.Write(Jar, "jobs");
        TestJobs.AddTo(yarn.Jobs);
        return yarn;
    }

    public static IResourceBackend Backend(FakeYarn yarn, string controller, Action<YarnOptions>? change = null)
    {
        var services = new ServiceCollection();
        services.AddFlinkResources().AddYarn("yarn", options =>
        {
            options.ResourceManagers.Add(yarn.ResourceManager);
            options.WebHdfs.Add(yarn.WebHdfs);
            options.FileSystem = yarn.FileSystem;
            options.User = "flink";
            options.StagingRoot = "/flink-resources";
            options.ControllerId = controller;
            var profile = new YarnFlinkProfile();
            profile.LibraryDirectories.Add("/flink/lib");
            profile.LibraryDirectories.Add("/flink/plugins");
            options.Profiles["1.20"] = profile;
            change?.Invoke(options);
        });
        return services.BuildServiceProvider().GetRequiredService<IBackendCatalog>().GetRequired("yarn");
    }

    public static ApplicationSpec Spec(FakeYarn yarn, JobKey job, string entryClass) => TestJobs.Spec(job, yarn.FileSystem + Jar, entryClass);
}
