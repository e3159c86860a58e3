using System.Globalization;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Reads Kubernetes quantities: <c>100m</c>, <c>1.5</c>, <c>1Gi</c>, <c>1e3</c>.</summary>
internal static class Quantity
{
    public static ResourceAmount Amount(JsonNode? resources) => new(
        new MemorySize(Whole(Read(resources.Text("memory")))), Whole(Read(resources.Text("cpu")) * 1000));

    /// <summary>The number; 0 when it is none.</summary>
    public static decimal Read(string? text)
    {
        var trimmed = (text ?? string.Empty).Trim();
        var (suffix, factor) = Array.Find(Factors, f => trimmed.EndsWith(f.Suffix, StringComparison.Ordinal)) is { Suffix: not null } found ? found : (string.Empty, 1m);
        return decimal.TryParse(trimmed.AsSpan(0, trimmed.Length - suffix.Length), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? Math.Clamp(number, -Largest / factor, Largest / factor) * factor
            : 0;
    }

    /// <summary>The sum of both.</summary>
    public static ResourceAmount Plus(ResourceAmount left, ResourceAmount right) =>
        new(new MemorySize(left.Memory.Bytes + right.Memory.Bytes), left.CpuMillicores + right.CpuMillicores);

    /// <summary>The larger of both, each for itself.</summary>
    public static ResourceAmount Larger(ResourceAmount left, ResourceAmount right) => new(
        new MemorySize(Math.Max(left.Memory.Bytes, right.Memory.Bytes)), Math.Max(left.CpuMillicores, right.CpuMillicores));

    // Some quotas say 9E for "no limit"; that times 1000 must not throw.
    private const decimal Largest = long.MaxValue;

    private static long Whole(decimal number) => (long)Math.Min(Math.Ceiling(number), Largest);

    private static (string Suffix, decimal Factor)[] Factors { get; } =
    [
        ("Ki", 1024m), ("Mi", 1048576m), ("Gi", 1073741824m), ("Ti", 1099511627776m), ("Pi", 1125899906842624m),
        ("Ei", 1152921504606846976m), ("n", 0.000000001m), ("u", 0.000001m), ("m", 0.001m), ("k", 1000m), ("M", 1000000m),
        ("G", 1000000000m), ("T", 1000000000000m), ("P", 1000000000000000m), ("E", 1000000000000000000m),
    ];
}
