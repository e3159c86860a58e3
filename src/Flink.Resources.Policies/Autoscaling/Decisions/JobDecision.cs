using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>What is decided for a whole job before the gates.</summary>
/// <param name="Vertices">Per vertex, inputs first.</param>
/// <param name="Delayed">Scale-downs that wait afterwards, by vertex.</param>
public sealed record JobDecision(
    ImmutableArray<VertexDecision> Vertices, ImmutableSortedDictionary<string, DelayedScaleDown> Delayed)
{
    /// <summary>Steps proposed by windows since some time, by vertex; see <see cref="AutoscalerAdditions.AgreeingWindows"/>.</summary>
    public ImmutableSortedDictionary<string, StepProposal> Proposals { get; init; } =
        ImmutableSortedDictionary.Create<string, StepProposal>(StringComparer.Ordinal);

    /// <summary>
    /// The health score with which it was decided; null: not known, or the way back is off. What is carried out can be
    /// undone only when it is known.
    /// </summary>
    public double? Health { get; init; }

    /// <summary>Set when this decision undoes the last scaling.</summary>
    public ScalingRestoration? Restoration { get; init; }

    /// <summary>Whether any vertex changes.</summary>
    public bool IsChange => Vertices.Any(static v => v.IsChange);

    /// <summary>The vertices that change.</summary>
    public IEnumerable<VertexDecision> Changes => Vertices.Where(static v => v.IsChange);

    /// <summary>The parallelism of every vertex, changed or not.</summary>
    public ImmutableSortedDictionary<string, int> Parallelism() => Vertices.ToImmutableSortedDictionary(
        static v => v.Evaluation.Id, static v => v.NewParallelism, StringComparer.Ordinal);
}

/// <summary>Decides for a whole job.</summary>
public static class JobScaler
{
    /// <summary>
    /// Decides for each vertex, then by the rule of the job: if no changed vertex is outside its bounds nothing is
    /// scaled; if any is, all changed ones are, because one restart pays for all.
    /// </summary>
    /// <param name="settings">The settings.</param>
    /// <param name="vertices">Rates per vertex, inputs first.</param>
    /// <param name="memory">What is remembered of a vertex, by its id.</param>
    /// <param name="excluded">Vertices that are left alone, whether by configuration or in this cycle.</param>
    /// <param name="restartTime">Expected downtime of one rescale.</param>
    /// <param name="now">The time of the cycle.</param>
    public static JobDecision Decide(
        AutoscalerSettings settings,
        ImmutableArray<VertexEvaluation> vertices,
        Func<string, VertexMemory> memory,
        IReadOnlySet<string> excluded,
        TimeSpan restartTime,
        DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(excluded);
        var decisions = ImmutableArray.CreateBuilder<VertexDecision>(vertices.Length);
        var pending = ImmutableSortedDictionary.CreateBuilder<string, DelayedScaleDown>(StringComparer.Ordinal);
        foreach (var vertex in vertices)
        {
            var known = memory(vertex.Id);
            var (decision, delayed) = excluded.Contains(vertex.Id)
                ? (VertexScaler.Unchanged(vertex, VertexReason.Excluded), known.Delayed)
                : VertexScaler.Decide(settings, vertex, known, restartTime, now);
            decisions.Add(decision);
            if (delayed is not null)
            {
                pending[vertex.Id] = delayed;
            }
        }
        var proposals = settings.Extensions.ChangesDecisions ? JobAdditions.Apply(settings, decisions, memory, restartTime, now) : null;
        if (!decisions.Any(static d => d.IsChange && d.OutsideUtilizationBound))
        {
            HoldBack(decisions);
        }
        var decided = new JobDecision(decisions.MoveToImmutable(), pending.ToImmutable());
        return proposals is null ? decided : decided with { Proposals = proposals };
    }

    private static void HoldBack(ImmutableArray<VertexDecision>.Builder decisions)
    {
        for (var i = 0; i < decisions.Count; i++)
        {
            if (decisions[i] is { IsChange: true } change)
            {
                decisions[i] = change with
                {
                    NewParallelism = change.Evaluation.Parallelism,
                    OutsideUtilizationBound = false,
                    Reason = VertexReason.NobodyOutside,
                };
            }
        }
    }
}
