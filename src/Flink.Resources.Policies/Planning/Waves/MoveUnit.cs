using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>What can only be moved as one: a job, or all jobs of a session.</summary>
internal sealed class MoveUnit(ImmutableArray<FleetJob> jobs, int consumers)
{
    /// <summary>Its jobs in their order.</summary>
    public ImmutableArray<FleetJob> Jobs { get; } = jobs;

    public FleetJob First => Jobs[0];

    public string? Session => First.Session;

    /// <summary>The most important of its jobs.</summary>
    public JobPriority Priority { get; } = jobs.Max(static j => j.Priority);

    public bool MovesAlone { get; } = jobs.Any(static j => j.MovesAlone());

    public bool IsStateful { get; } = jobs.Any(static j => !j.IsStateless);

    /// <summary>What is not known counts as the largest.</summary>
    public long StateBytes { get; } = jobs.Aggregate(0L, static (sum, j) => j.IsStateless ? sum : j.StateBytes is { } bytes && sum <= long.MaxValue - bytes ? sum + bytes : long.MaxValue);

    /// <summary>How many other jobs read what it writes.</summary>
    public int Consumers { get; } = consumers;

    /// <summary>Why it did not come into an earlier wave of its stage; null when nothing stood against it.</summary>
    public string? Waited { get; set; }

    /// <summary>Its place in the order, in words.</summary>
    public string Describe() => string.Create(CultureInfo.InvariantCulture,
        $"priority {Priority.Value}, {State()}, {Consumers} {(Consumers == 1 ? "job reads" : "jobs read")} what it writes");

    private string State() => !IsStateful ? "stateless" : StateBytes == long.MaxValue ? "state of unknown size" : string.Create(CultureInfo.InvariantCulture, $"{(double)StateBytes / (1L << 30):0.##} GiB of state");
}
