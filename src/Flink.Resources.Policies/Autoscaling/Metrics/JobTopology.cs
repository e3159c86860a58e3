using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>How records travel along an edge.</summary>
public enum ShipStrategy
{
    /// <summary>Another strategy.</summary>
    Custom = 0,

    /// <summary>One to one.</summary>
    Forward,

    /// <summary>Round robin over all.</summary>
    Rebalance,

    /// <summary>Round robin over a few.</summary>
    Rescale,

    /// <summary>By key.</summary>
    Hash,

    /// <summary>To everyone.</summary>
    Broadcast,
}

/// <summary>One node of the job graph.</summary>
public sealed record JobVertex
{
    /// <summary>Identity, compared ordinally.</summary>
    public required string Id { get; init; }

    /// <summary>Current parallelism.</summary>
    public int Parallelism { get; init; } = 1;

    /// <summary>Number of key groups, the ceiling of the parallelism.</summary>
    public int MaxParallelism { get; init; } = 1;

    /// <summary>Partitions of a source; 0 when unknown.</summary>
    public int SourcePartitions { get; init; }

    /// <summary>Upstream vertices and how their records arrive; none for a source.</summary>
    public ImmutableArray<JobEdge> Inputs { get; init; } = [];
}

/// <summary>An input of a vertex.</summary>
/// <param name="From">The upstream vertex.</param>
/// <param name="Strategy">How the records travel.</param>
public sealed record JobEdge(string From, ShipStrategy Strategy);

/// <summary>The job graph in an order in which inputs come first; ties by name.</summary>
public sealed class JobTopology
{
    private readonly FrozenDictionary<string, int> _positions;

    /// <summary>Orders the vertices.</summary>
    /// <exception cref="ArgumentException">Two vertices have one id, an input is not there, or there is a cycle.</exception>
    public JobTopology(IEnumerable<JobVertex> vertices)
    {
        ArgumentNullException.ThrowIfNull(vertices);
        var sorted = Sort([.. vertices.OrderBy(static v => v.Id, StringComparer.Ordinal)]);
        Vertices = sorted;
        _positions = sorted.Index().ToFrozenDictionary(static v => v.Item.Id, static v => v.Index, StringComparer.Ordinal);
        var outputs = new List<int>[sorted.Length];
        var inputs = new int[sorted.Length][];
        var hash = new bool[sorted.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            outputs[i] = [];
            inputs[i] = [.. sorted[i].Inputs.Select(e => _positions[e.From])];
            hash[i] = sorted[i].Inputs.Any(static e => e.Strategy == ShipStrategy.Hash);
            foreach (var from in inputs[i])
            {
                outputs[from].Add(i);
            }
        }
        InputPositions = [.. inputs.Select(static x => x.ToImmutableArray())];
        OutputPositions = [.. outputs.Select(static x => x.ToImmutableArray())];
        HasHashInput = [.. hash];
    }

    /// <summary>All vertices, inputs first.</summary>
    public ImmutableArray<JobVertex> Vertices { get; }

    internal ImmutableArray<ImmutableArray<int>> InputPositions { get; }

    internal ImmutableArray<ImmutableArray<int>> OutputPositions { get; }

    internal ImmutableArray<bool> HasHashInput { get; }

    /// <summary>The position of a vertex in <see cref="Vertices"/>; -1 when it is not there.</summary>
    public int PositionOf(string id) => _positions.TryGetValue(id, out var position) ? position : -1;

    internal bool IsSource(int position) => InputPositions[position].IsEmpty;

    private static ImmutableArray<JobVertex> Sort(JobVertex[] vertices)
    {
        var byId = new Dictionary<string, JobVertex>(vertices.Length, StringComparer.Ordinal);
        foreach (var vertex in vertices)
        {
            if (!byId.TryAdd(vertex.Id, vertex))
            {
                throw new ArgumentException($"Two vertices are called '{vertex.Id}'.", nameof(vertices));
            }
        }
        if (vertices.SelectMany(static v => v.Inputs).FirstOrDefault(e => !byId.ContainsKey(e.From)) is { } missing)
        {
            throw new ArgumentException($"The input '{missing.From}' is not a vertex of this job.", nameof(vertices));
        }
        var done = new HashSet<string>(StringComparer.Ordinal);
        var result = ImmutableArray.CreateBuilder<JobVertex>(vertices.Length);
        var open = vertices;
        while (open.Length > 0)
        {
            var level = Array.FindAll(open, v => v.Inputs.All(e => done.Contains(e.From)));
            if (level.Length == 0)
            {
                throw new ArgumentException($"The vertex '{open[0].Id}' is part of, or below, a cycle.", nameof(vertices));
            }
            result.AddRange(level);
            done.UnionWith(level.Select(static v => v.Id));
            open = Array.FindAll(open, v => !done.Contains(v.Id));
        }
        return result.MoveToImmutable();
    }
}
