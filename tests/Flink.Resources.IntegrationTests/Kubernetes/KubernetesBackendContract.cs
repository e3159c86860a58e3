using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Integration.Kubernetes;

public sealed class KubernetesBackendContract : ResourceBackendContract
{
    protected override BackendUnderTest Place { get; } = new KubernetesUnderTest();
}
