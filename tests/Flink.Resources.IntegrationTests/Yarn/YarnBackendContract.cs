using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Integration.Yarn;

public sealed class YarnBackendContract : ResourceBackendContract
{
    protected override BackendUnderTest Place { get; } = new YarnUnderTest();
}
