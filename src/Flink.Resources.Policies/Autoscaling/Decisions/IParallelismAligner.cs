namespace Flink.Resources.Autoscaling;

/// <summary>Plugin: an alignment of one's own, chosen by its name in place of a mode. Must be pure.</summary>
public interface IParallelismAligner
{
    /// <summary>Its name in the configuration, compared ordinally; not that of a built-in mode.</summary>
    string Name { get; }

    /// <summary>
    /// The parallelism to use instead of the target. Asked only for vertices with known partitions or an input by key;
    /// what is outside of the limits is brought back to them.
    /// </summary>
    /// <param name="target">What is needed, within the limits.</param>
    /// <param name="limits">Current parallelism, limits and divisors.</param>
    int Align(int target, ParallelismLimits limits);
}
