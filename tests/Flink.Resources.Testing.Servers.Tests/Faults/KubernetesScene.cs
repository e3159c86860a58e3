using Flink.Resources.Testing.Servers.Kubernetes;

namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>The real backend over a fake cluster.</summary>
internal sealed class KubernetesScene(FakeKubernetes kubernetes, Patience patience = Patience.Long) : Scene(kubernetes)
{
    public override IResourceBackend Backend { get; } = New(kubernetes, patience);

    public override ApplicationSpec Spec => KubernetesPlace.Spec(Fence.Job, TestJobs.Streaming);

    public override int Started => kubernetes.Runs.Length;

    public override bool IsLive =>
        !kubernetes.List("/apis/apps/v1/deployments").IsEmpty || !kubernetes.List("/api/v1/pods").IsEmpty;

    public override IResourceBackend Restarted() => New(kubernetes, Patience.Long);

    private static IResourceBackend New(FakeKubernetes kubernetes, Patience patience) => KubernetesPlace.Backend(kubernetes, "one", options =>
    {
        options.AttemptTimeout = patience.Attempt();
        options.CallTimeout = patience.Call();
    });
}
