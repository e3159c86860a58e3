using Flink.Resources.Testing.Servers.Kubernetes;

namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>The real backend over a fake cluster with short time-outs.</summary>
internal sealed class KubernetesScene(FakeKubernetes kubernetes) : Scene(kubernetes)
{
    public override IResourceBackend Backend { get; } = New(kubernetes);

    public override ApplicationSpec Spec => KubernetesPlace.Spec(Fence.Job, TestJobs.Streaming);

    public override int Started => kubernetes.Runs.Length;

    public override bool IsLive =>
        !kubernetes.List("/apis/apps/v1/deployments").IsEmpty || !kubernetes.List("/api/v1/pods").IsEmpty;

    public override IResourceBackend Restarted() => New(kubernetes);

    private static IResourceBackend New(FakeKubernetes kubernetes) => KubernetesPlace.Backend(kubernetes, "one", static options =>
    {
        options.AttemptTimeout = TimeSpan.FromSeconds(1);
        options.CallTimeout = TimeSpan.FromSeconds(3);
    });
}
