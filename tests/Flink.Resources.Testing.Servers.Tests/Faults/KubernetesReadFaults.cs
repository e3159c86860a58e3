using Flink.Resources.Testing.Servers.Kubernetes;

namespace Flink.Resources.Testing.Servers.Faults;

public sealed class KubernetesReadFaults : ReadFaults
{
    private protected override async Task<Scene> StageAsync() => new KubernetesScene(await KubernetesPlace.StartAsync());
}
