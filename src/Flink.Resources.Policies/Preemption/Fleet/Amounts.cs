namespace Flink.Resources.Preemption.Fleet;

/// <summary>Arithmetic of memory and CPU, each for itself.</summary>
internal static class Amounts
{
    extension(ResourceAmount amount)
    {
        /// <summary>Whether both numbers are at most those of the other.</summary>
        public bool FitsIn(ResourceAmount other) => amount.Memory.Bytes <= other.Memory.Bytes && amount.CpuMillicores <= other.CpuMillicores;

        public bool IsNothing => amount.Memory.Bytes <= 0 && amount.CpuMillicores <= 0;

        public ResourceAmount AtLeastZero() => Of(Math.Max(0, amount.Memory.Bytes), Math.Max(0, amount.CpuMillicores));

        /// <summary>The smaller of each.</summary>
        public ResourceAmount Least(ResourceAmount other) =>
            Of(Math.Min(amount.Memory.Bytes, other.Memory.Bytes), Math.Min(amount.CpuMillicores, other.CpuMillicores));

        /// <summary>The larger of each.</summary>
        public ResourceAmount Most(ResourceAmount other) =>
            Of(Math.Max(amount.Memory.Bytes, other.Memory.Bytes), Math.Max(amount.CpuMillicores, other.CpuMillicores));

        /// <summary>The larger of the two shares; a resource that does not exist has none.</summary>
        public double ShareOf(ResourceAmount total) => Math.Max(
            total.Memory.Bytes > 0 ? (double)amount.Memory.Bytes / total.Memory.Bytes : 0,
            total.CpuMillicores > 0 ? (double)amount.CpuMillicores / total.CpuMillicores : 0);

        /// <summary>How many of a size fit in, at most <paramref name="limit"/>.</summary>
        public int UnitsOf(ResourceAmount size, int limit)
        {
            long units = limit;
            units = size.Memory.Bytes > 0 ? Math.Min(units, amount.Memory.Bytes / size.Memory.Bytes) : units;
            units = size.CpuMillicores > 0 ? Math.Min(units, amount.CpuMillicores / size.CpuMillicores) : units;
            return (int)Math.Max(0, units);
        }

        /// <summary>How many of a size cover the amount, at most <paramref name="limit"/>.</summary>
        public int UnitsToCover(ResourceAmount size, int limit)
        {
            var memory = Ceiling(amount.Memory.Bytes, size.Memory.Bytes, limit);
            return (int)Math.Min(limit, Math.Max(memory, Ceiling(amount.CpuMillicores, size.CpuMillicores, limit)));
        }
    }

    extension(ResourceAmount)
    {
        public static ResourceAmount operator +(ResourceAmount left, ResourceAmount right) =>
            Of(left.Memory.Bytes + right.Memory.Bytes, left.CpuMillicores + right.CpuMillicores);

        public static ResourceAmount operator -(ResourceAmount left, ResourceAmount right) =>
            Of(left.Memory.Bytes - right.Memory.Bytes, left.CpuMillicores - right.CpuMillicores);

        public static ResourceAmount operator *(ResourceAmount amount, long count) =>
            Of(Times(amount.Memory.Bytes, count), Times(amount.CpuMillicores, count));
    }

    /// <summary>So much stands for more than anything there is; sums of a few of them stay in range.</summary>
    private const long Endless = 1L << 60;

    public static ResourceAmount Of(long memoryBytes, long cpuMillicores) => new(new MemorySize(memoryBytes), cpuMillicores);

    /// <summary>A fraction of an amount, rounded down.</summary>
    public static ResourceAmount Fraction(ResourceAmount amount, double factor) =>
        Of((long)(amount.Memory.Bytes * factor), (long)(amount.CpuMillicores * factor));

    public static string Text(ResourceAmount amount) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{amount.Memory} and {amount.CpuMillicores} millicores");

    private static long Times(long amount, long count) => (long)Int128.Clamp((Int128)amount * count, -Endless, Endless);

    private static long Ceiling(long amount, long size, int limit) => amount <= 0 ? 0 : size <= 0 ? limit : ((amount - 1) / size) + 1;
}
