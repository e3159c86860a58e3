using Flink.Resources.Kubernetes;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>The real Kubernetes backend over a fake cluster.</summary>
internal static class KubernetesPlace
{
    public const string Image = "flink:1.20";

    public static async Task<FakeKubernetes> StartAsync(FakeKubernetesOptions? options = null)
    {
        var kubernetes = await FakeKubernetes.StartAsync(options, TestContext.Current.CancellationToken);
        kubernetes.RetryAfter = TimeSpan.Zero;
        TestJobs.AddTo(kubernetes.Jobs);
        return kubernetes;
    }

    public static IResourceBackend Backend(FakeKubernetes kubernetes, string holder, Action<KubernetesOptions>? change = null)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        kubernetes.WriteKubeConfig(file);
        var services = new ServiceCollection();
        services.AddFlinkResources().AddKubernetes("k8s", options =>
        {
            options.KubeConfig = file;
            options.HighAvailabilityDirectory = "hdfs://nn/ha";
            options.Holder = holder;
            options.Profiles["1.20"] = new KubernetesFlinkProfile { Image = Image };
            change?.Invoke(options);
        });
        var backend = services.BuildServiceProvider().GetRequiredService<IBackendCatalog>().GetRequired("k8s");
        File.Delete(file);
        return backend;
    }

    public static ApplicationSpec Spec(JobKey job, string entryClass) => TestJobs.Spec(job, "local:///opt/flink/usrlib/jobs.jar", entryClass);
}
