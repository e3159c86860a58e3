using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>Arithmetic of cores and bytes.</summary>
internal static class Amounts
{
    private const double Tolerance = 1e-9; // cores are floating-point: ten times 0.1 must fit into 1

    /// <summary>What a request takes more than now; negative when it takes less.</summary>
    public static NodeAmount Growth(CapacityRequest request) => Times(request, (double)request.New - request.Current);

    public static NodeAmount Times(CapacityRequest request, double count) => new(request.Cpu * count, request.MemoryBytes * count);

    /// <summary>Whether a growth fits; what does not grow always fits.</summary>
    public static bool Fits(NodeAmount growth, NodeAmount free) =>
        (growth.Cpu <= 0 || growth.Cpu <= free.Cpu + Math.Abs(free.Cpu) * Tolerance)
        && (growth.MemoryBytes <= 0 || growth.MemoryBytes <= free.MemoryBytes);

    public static string Describe(NodeAmount amount) => string.Create(CultureInfo.InvariantCulture,
        $"{amount.Cpu:0.###} cores and {amount.MemoryBytes / (1 << 20):0.#} MiB");

    public static string Describe(CapacityRequest request) => string.Create(CultureInfo.InvariantCulture,
        $"{request.New} task managers of {request.Cpu:0.###} cores and {request.MemoryBytes / (double)(1 << 20):0.#} MiB in place of {request.Current}");
}
