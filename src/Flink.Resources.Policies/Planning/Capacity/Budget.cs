using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Memory and CPU that can be subtracted from.</summary>
internal readonly record struct Amount(double Memory, double Cpu)
{
    public static Amount Unlimited { get; } = new(double.PositiveInfinity, double.PositiveInfinity);

    public static Amount operator +(Amount left, Amount right) => new(left.Memory + right.Memory, left.Cpu + right.Cpu);

    public static Amount operator -(Amount left, Amount right) => new(left.Memory - right.Memory, left.Cpu - right.Cpu);

    public static Amount operator *(Amount left, double factor) => new(left.Memory * factor, left.Cpu * factor);

    public static Amount Of(ResourceAmount amount) => new(amount.Memory.Bytes, amount.CpuMillicores);

    public static Amount Of(JobNeed need) => Of(need.JobManager) + (Of(need.TaskManager) * need.TaskManagers);

    public bool FitsIn(Amount other) => Memory <= other.Memory && Cpu <= other.Cpu;

    /// <summary>Nothing is free below nothing; what has no limit is the largest amount.</summary>
    public ResourceAmount ToResources() => new(new MemorySize(Whole(Memory)), Whole(Cpu));

    public override string ToString() => double.IsPositiveInfinity(Memory) && double.IsPositiveInfinity(Cpu)
        ? "no limit"
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, Cpu) / 1000:0.##} cores and {Math.Max(0, Memory) / (1L << 30):0.##} GiB");

    private static long Whole(double value) => value >= long.MaxValue ? long.MaxValue : (long)Math.Max(0, Math.Ceiling(value));
}

/// <summary>What a queue, or nodes of one kind, have left, and what a wave takes of it.</summary>
internal sealed class Budget(string name, Amount free)
{
    /// <summary>What it is, for reasons.</summary>
    public string Name => name;

    /// <summary>Free before the wave.</summary>
    public Amount Free { get; set; } = free;

    /// <summary>What jobs of the wave that come here take, without headroom.</summary>
    public Amount There { get; set; }

    /// <summary>What jobs that left from here take when they come back.</summary>
    public Amount Back { get; set; }

    /// <summary>What is promised of it.</summary>
    public Amount Promised(double headroom) => (There * (1 + headroom)) + Back;
}
