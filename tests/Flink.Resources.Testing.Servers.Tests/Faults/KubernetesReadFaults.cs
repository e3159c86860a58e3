using Flink.Resources.Testing.Servers.Kubernetes;

namespace Flink.Resources.Testing.Servers.Faults;

public sealed class KubernetesReadFaults : ReadFaults
{
    private protected override async Task<Scene> StageAsync(Patience patience) => new KubernetesScene(await KubernetesPlace.StartAsync(), patience);
}
