namespace Flink.Resources.Fleet;

/// <summary>The processes of a job whose entry has no sizes: those of Flink's own default configuration.</summary>
internal static class ContainerDefaults
{
    public static MemorySize JobManagerMemory { get; } = MemorySize.FromMebibytes(1600);

    public static MemorySize TaskManagerMemory { get; } = MemorySize.FromMebibytes(1728);
}
