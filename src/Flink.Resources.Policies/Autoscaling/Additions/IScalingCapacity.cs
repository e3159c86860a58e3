using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>An answer of <see cref="IScalingCapacity"/>.</summary>
/// <param name="IsGranted">Whether there is room.</param>
/// <param name="Explanation">Half a sentence for a person.</param>
/// <param name="After">The capacity to ask next: less what was granted; the same when nothing was.</param>
public sealed record CapacityAnswer(bool IsGranted, string Explanation, IScalingCapacity After);

/// <summary>
/// Whether some place has room for a job's task managers, in the view of one moment. Pure and immutable: a grant is
/// part of <see cref="CapacityAnswer.After"/>, so that two jobs are not promised the same room.
/// </summary>
public interface IScalingCapacity
{
    /// <summary>What is asked, for a person: a queue, a quota, nodes.</summary>
    string Name { get; }

    /// <summary>Asks for all the new task managers in place of the current ones; all or nothing.</summary>
    CapacityAnswer Ask(CapacityRequest request);
}

/// <summary>Several places that all must agree. When one refuses, nothing is taken from any.</summary>
/// <param name="Parts">In the order in which they are asked; none: everything is granted.</param>
public sealed record CombinedCapacity(ImmutableArray<IScalingCapacity> Parts) : IScalingCapacity
{
    /// <inheritdoc/>
    public string Name => string.Join(" and ", Parts.Select(static p => p.Name));

    /// <inheritdoc/>
    public CapacityAnswer Ask(CapacityRequest request)
    {
        var after = ImmutableArray.CreateBuilder<IScalingCapacity>(Parts.Length);
        var explanations = new List<string>(Parts.Length);
        foreach (var part in Parts)
        {
            var answer = part.Ask(request);
            if (!answer.IsGranted)
            {
                return answer with { After = this };
            }
            after.Add(answer.After);
            explanations.Add(answer.Explanation);
        }
        return new(true, string.Join("; ", explanations), new CombinedCapacity(after.MoveToImmutable()));
    }
}

/// <summary>The nodes of a cluster, filled as <see cref="ClusterCapacity"/> fills them.</summary>
public sealed class NodeRoom : IScalingCapacity
{
    private readonly ClusterCapacity _nodes;

    /// <summary>A view of the nodes.</summary>
    /// <param name="name">Which cluster.</param>
    /// <param name="nodes">Its nodes; copied.</param>
    public NodeRoom(string name, ClusterCapacity nodes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(nodes);
        (Name, _nodes) = (name, nodes.Copy());
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public CapacityAnswer Ask(CapacityRequest request)
    {
        var after = new NodeRoom(Name, _nodes);
        return after._nodes.TrySchedule(request)
            ? new(true, $"the nodes of {Name} have room", after)
            : new(false, $"the nodes of {Name} have no room for {Amounts.Describe(request)}", this);
    }
}
