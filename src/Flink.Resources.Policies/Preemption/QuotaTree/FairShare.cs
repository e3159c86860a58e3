using System.Numerics;

namespace Flink.Resources.Preemption.QuotaTree;

/// <summary>
/// The weighted share of a node as an exact fraction, since equal fractions have to count as equal:
/// 1000 · borrowed / lendable of its dominant resource, divided by the node's weight.
/// </summary>
internal sealed class FairShare
{
    private static readonly FairShare Zero = new(false, 0, 1, 1, "");

    private readonly BigInteger _unweighted;
    private readonly BigInteger _lendable;
    private readonly BigInteger _numerator;
    private readonly BigInteger _denominator;

    private FairShare(bool borrowing, BigInteger unweighted, BigInteger lendable, decimal weight, string dominantResource)
    {
        Borrowing = borrowing;
        DominantResource = dominantResource;
        _unweighted = unweighted;
        _lendable = lendable;
        var (weightNumerator, weightDenominator) = Fraction(weight);
        IsInfinite = weightNumerator.IsZero && !unweighted.IsZero;
        _numerator = unweighted * weightDenominator;
        _denominator = weightNumerator.IsZero ? 1 : lendable * weightNumerator;
    }

    /// <summary>More is used than the subtree's quota in something that is listed there.</summary>
    public bool Borrowing { get; }

    /// <summary>Weight 0, and something is borrowed.</summary>
    public bool IsInfinite { get; }

    /// <summary>The resource of the largest ratio, the first in the alphabet of equal ones; empty when the share is 0.</summary>
    public string DominantResource { get; }

    /// <summary>The share rounded up; null when it is infinite.</summary>
    public BigInteger? RoundedUp => IsInfinite ? null : (_numerator + _denominator - 1) / _denominator;

    public static FairShare Of(QuotaNode node, FlavorIndex index, Int128[] usage)
    {
        if (node.Parent is null)
        {
            return Zero;
        }
        var borrowed = Borrowed(node, index, usage);
        var (over, lendable, dominant) = (BigInteger.Zero, BigInteger.One, "");
        foreach (var (resource, amount) in borrowed)
        {
            var divisor = Lendable(node.Parent, index, resource);
            if (!divisor.IsZero && amount * lendable > over * divisor)
            {
                (over, lendable, dominant) = (amount, divisor, resource);
            }
        }
        return new FairShare(borrowed.Count > 0, 1000 * over, lendable, node.FairWeight, dominant);
    }

    /// <summary>Two infinite shares compare by what they are without the weight.</summary>
    public int ComparedTo(FairShare other)
    {
        if (IsInfinite || other.IsInfinite)
        {
            return IsInfinite && other.IsInfinite
                ? (_unweighted * other._lendable).CompareTo(other._unweighted * _lendable)
                : IsInfinite.CompareTo(other.IsInfinite);
        }
        return (_numerator * other._denominator).CompareTo(other._numerator * _denominator);
    }

    /// <summary>What is above quota, by resource in alphabetical order; only resources of which something is.</summary>
    private static SortedDictionary<string, BigInteger> Borrowed(QuotaNode node, FlavorIndex index, Int128[] usage)
    {
        var borrowed = new SortedDictionary<string, BigInteger>(StringComparer.Ordinal);
        for (var fr = 0; fr < usage.Length; fr++)
        {
            if (node.Lists(fr) && usage[fr] > node.SubtreeQuota(fr))
            {
                var resource = index[fr].Resource;
                borrowed[resource] = borrowed.GetValueOrDefault(resource) + (usage[fr] - node.SubtreeQuota(fr));
            }
        }
        return borrowed;
    }

    private static BigInteger Lendable(QuotaNode parent, FlavorIndex index, string resource)
    {
        var sum = BigInteger.Zero;
        for (var fr = 0; fr < index.Count; fr++)
        {
            sum += string.Equals(index[fr].Resource, resource, StringComparison.Ordinal) ? parent.Potential(fr) : 0;
        }
        return sum;
    }

    private static (BigInteger Numerator, BigInteger Denominator) Fraction(decimal value)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var numerator = ((((BigInteger)(uint)bits[2] << 32) | (uint)bits[1]) << 32) | (uint)bits[0];
        return (numerator, BigInteger.Pow(10, (bits[3] >> 16) & 0xff));
    }
}
