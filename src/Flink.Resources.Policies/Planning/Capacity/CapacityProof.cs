using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Whether there is room for jobs on the target and for their way back, line by line.</summary>
/// <param name="Lines">What was compared, in the order of backends, queues and flavours. What does not hold says why.</param>
public sealed record CapacityProof(ImmutableArray<CapacityLine> Lines)
{
    /// <summary>There is room for all of it.</summary>
    public bool Holds => Lines.All(static l => l.Holds);

    /// <summary>Why it does not hold, in plain words; empty when it holds.</summary>
    public string Reason => string.Join(' ', Lines.Where(static l => !l.Holds).Select(static l => l.Explanation));
}

/// <summary>Which way a line of a proof is about.</summary>
public enum CapacityWay
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>Room on the target.</summary>
    There,

    /// <summary>Room on the source, should the jobs come back.</summary>
    Back,

    /// <summary>Enough power on the target to work off what came in meanwhile.</summary>
    CatchUp,
}

/// <summary>One comparison of need and room.</summary>
/// <param name="Way">What it is about.</param>
/// <param name="Place">The backend and queue.</param>
/// <param name="Flavour">The kind of nodes; null for any.</param>
/// <param name="Need">What is needed, the headroom included.</param>
/// <param name="Free">What is free; null when it is not known, or held.</param>
/// <param name="Holds">Whether it is enough.</param>
/// <param name="Explanation">Both in plain words.</param>
public sealed record CapacityLine(
    CapacityWay Way, Placement Place, string? Flavour, ResourceAmount Need, ResourceAmount? Free, bool Holds, string Explanation);
