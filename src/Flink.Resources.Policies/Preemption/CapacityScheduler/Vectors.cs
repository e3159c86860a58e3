using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>Arithmetic of resource vectors, number by number; what would overflow stays at the largest number.</summary>
internal static class Vectors
{
    public static long[] Add(long[] left, long[] right) => Combine(left, right, static (l, r) => Saturate((Int128)l + r));

    public static long[] Subtract(long[] left, long[] right) => Combine(left, right, static (l, r) => Saturate((Int128)l - r));

    public static long[] SubtractToZero(long[] left, long[] right) =>
        Combine(left, right, static (l, r) => Math.Max(0, Saturate((Int128)l - r)));

    public static long[] Min(long[] left, long[] right) => Combine(left, right, Math.Min);

    public static long[] Max(long[] left, long[] right) => Combine(left, right, Math.Max);

    public static long[] AtLeastZero(long[] vector) => Array.ConvertAll(vector, static v => Math.Max(0, v));

    public static long[] Times(long[] vector, long count) => Array.ConvertAll(vector, v => Saturate((Int128)v * count));

    /// <summary>Times a factor, cut down to whole numbers as Java's cast does.</summary>
    public static long[] CutDown(long[] vector, double factor) => Array.ConvertAll(vector, v => (long)(v * factor));

    public static bool AreEqual(long[] left, long[] right) => left.AsSpan().SequenceEqual(right);

    public static long[] Of(ImmutableArray<long> numbers) => [.. numbers];

    public static ImmutableArray<long> Frozen(long[] numbers) => ImmutableCollectionsMarshal.AsImmutableArray((long[])numbers.Clone());

    private static long[] Combine(long[] left, long[] right, Func<long, long, long> combine)
    {
        var result = new long[left.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = combine(left[i], right[i]);
        }
        return result;
    }

    private static long Saturate(Int128 value) => (long)Int128.Clamp(value, long.MinValue, long.MaxValue);
}
