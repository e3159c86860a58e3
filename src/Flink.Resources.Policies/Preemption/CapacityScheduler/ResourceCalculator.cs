using System.Diagnostics;

namespace Flink.Resources.Preemption.CapacityScheduler;

/// <summary>YARN's <c>ResourceCalculator</c>: what "more" means between vectors of several resources.</summary>
internal abstract class ResourceCalculator
{
    public static ResourceCalculator For(CapacityCalculator calculator) => calculator switch
    {
        CapacityCalculator.Memory => new MemoryCalculator(),
        CapacityCalculator.Dominant => new DominantCalculator(),
        _ => throw new ArgumentException("The resource calculator is not stated.", nameof(calculator)),
    };

    /// <summary>Below, at or above zero as left is less than, equal to or more than right, shares being parts of <paramref name="total"/>.</summary>
    public abstract int Compare(long[] total, long[] left, long[] right);

    public abstract bool FitsIn(long[] smaller, long[] larger);

    public abstract bool AnyAboveZero(long[] vector);

    public abstract bool AnyZeroOrBelow(long[] vector);

    /// <summary>The ratio of two vectors, a 32-bit float as in YARN.</summary>
    public abstract float Divide(long[] total, long[] numerator, long[] denominator);

    /// <summary>Times a factor, rounded as this calculator does.</summary>
    public abstract long Scale(long value, double factor);

    public bool IsAboveZero(long[] total, long[] vector) => Compare(total, vector, new long[vector.Length]) > 0;

    /// <summary>One whole vector of the two; the left one when they are equal.</summary>
    public long[] Smaller(long[] total, long[] left, long[] right) => Compare(total, left, right) <= 0 ? left : right;

    /// <summary>One whole vector of the two; the left one when they are equal.</summary>
    public long[] Larger(long[] total, long[] left, long[] right) => Compare(total, left, right) >= 0 ? left : right;

    public long[] Scale(long[] vector, double factor) => Array.ConvertAll(vector, v => Scale(v, factor));

    private sealed class MemoryCalculator : ResourceCalculator
    {
        public override int Compare(long[] total, long[] left, long[] right) => left[0].CompareTo(right[0]);

        public override bool FitsIn(long[] smaller, long[] larger) => smaller[0] <= larger[0];

        public override bool AnyAboveZero(long[] vector) => vector[0] > 0;

        public override bool AnyZeroOrBelow(long[] vector) => vector[0] <= 0;

        public override float Divide(long[] total, long[] numerator, long[] denominator) => (float)numerator[0] / denominator[0];

        public override long Scale(long value, double factor) => (long)((value * factor) + 0.5);
    }

    private sealed class DominantCalculator : ResourceCalculator
    {
        public override int Compare(long[] total, long[] left, long[] right)
        {
            if (Vectors.AreEqual(left, right))
            {
                return 0;
            }
            var leftShares = Shares(total, left);
            var rightShares = Shares(total, right);
            for (var i = leftShares.Length - 1; i >= 0; i--)
            {
                if (leftShares[i].CompareTo(rightShares[i]) is not 0 and var order)
                {
                    return order;
                }
            }
            return 0;
        }

        public override bool FitsIn(long[] smaller, long[] larger) => !smaller.Where((amount, i) => amount > larger[i]).Any();

        public override bool AnyAboveZero(long[] vector) => Array.Exists(vector, static v => v > 0);

        public override bool AnyZeroOrBelow(long[] vector) => Array.Exists(vector, static v => v <= 0);

        public override float Divide(long[] total, long[] numerator, long[] denominator)
        {
            var divisor = Math.Max(0, Shares(total, denominator)[^1]);
            Debug.Assert(divisor > 0, "Callers divide only by what is above zero.");
            return (float)(Math.Max(0, Shares(total, numerator)[^1]) / divisor);
        }

        public override long Scale(long value, double factor) => (long)Math.Ceiling(value * factor);

        /// <summary>Each number's part of the whole, in ascending order; a resource that does not exist has no share.</summary>
        private static double[] Shares(long[] total, long[] vector)
        {
            var shares = new double[vector.Length];
            for (var i = 0; i < shares.Length; i++)
            {
                shares[i] = total[i] == 0 ? 0 : (double)vector[i] / total[i];
            }
            Array.Sort(shares);
            return shares;
        }
    }
}
