using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// A Kubernetes ResourceQuota: hard limits of a namespace and what of them is used. A resource that the quota does not
/// name is not limited.
/// </summary>
/// <param name="Name">The namespace, or the quota.</param>
/// <param name="FreeCpu">Cores left (<c>hard - used</c> of <c>requests.cpu</c> or <c>limits.cpu</c>); null: not limited.</param>
/// <param name="FreeMemoryBytes">Bytes left; null: not limited.</param>
/// <param name="FreePods">Pods left; null: not limited.</param>
public sealed record NamespaceQuota(string Name, double? FreeCpu, double? FreeMemoryBytes, long? FreePods) : IScalingCapacity
{
    /// <inheritdoc/>
    public CapacityAnswer Ask(CapacityRequest request)
    {
        var growth = Amounts.Growth(request);
        var pods = (Int128)request.New - request.Current;
        var free = new NodeAmount(FreeCpu ?? double.PositiveInfinity, FreeMemoryBytes ?? double.PositiveInfinity);
        if (!Amounts.Fits(growth, free))
        {
            return new(false, $"the quota of {Name} leaves {Left(FreeCpu, "cores")} and {Left(FreeMemoryBytes, "bytes")}, {Amounts.Describe(growth)} more are needed", this);
        }
        if (pods > 0 && pods > (FreePods ?? Int128.MaxValue))
        {
            return new(false, string.Create(CultureInfo.InvariantCulture, $"the quota of {Name} leaves {FreePods} pods, {pods} more are needed"), this);
        }
        var after = this with
        {
            FreeCpu = FreeCpu - growth.Cpu,
            FreeMemoryBytes = FreeMemoryBytes - growth.MemoryBytes,
            FreePods = FreePods is { } left ? (long)Int128.Clamp(left - pods, long.MinValue, long.MaxValue) : null,
        };
        return new(true, $"the quota of {Name} has room", after);
    }

    private static string Left(double? amount, string unit) => amount is { } number
        ? string.Create(CultureInfo.InvariantCulture, $"{number:0.###} {unit}")
        : $"any number of {unit}";
}
