using Flink.Resources.Testing.Servers.Kubernetes;

namespace Flink.Resources.Testing.Servers.Faults;

public sealed class KubernetesFaults : BackendFaults
{
    private protected override async Task<Scene> StageAsync() => new KubernetesScene(await KubernetesPlace.StartAsync());

    private sealed class KubernetesScene(FakeKubernetes kubernetes) : Scene(kubernetes)
    {
        public override IResourceBackend Backend { get; } = KubernetesPlace.Backend(kubernetes, "one", static options =>
        {
            options.AttemptTimeout = TimeSpan.FromSeconds(1);
            options.CallTimeout = TimeSpan.FromSeconds(3);
        });

        public override ApplicationSpec Spec => KubernetesPlace.Spec(Fence.Job, TestJobs.Streaming);

        public override int Started => kubernetes.Runs.Length;

        public override bool IsLive =>
            !kubernetes.List("/apis/apps/v1/deployments").IsEmpty || !kubernetes.List("/api/v1/pods").IsEmpty;
    }
}
