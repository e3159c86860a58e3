using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>Additions that look at all decisions of a job before its rule does.</summary>
internal static class JobAdditions
{
    /// <summary>Changes the decisions.</summary>
    /// <returns>The proposals to remember; none while windows need not agree.</returns>
    public static ImmutableSortedDictionary<string, StepProposal> Apply(
        AutoscalerSettings settings, ImmutableArray<VertexDecision>.Builder decisions, Func<string, VertexMemory> memory,
        TimeSpan restartTime, DateTimeOffset now)
    {
        var extensions = settings.Extensions;
        var known = decisions.Select(d => memory(d.Evaluation.Id)).ToArray();
        if (extensions.WayBack)
        {
            Each(decisions, (d, i) => WayBack.Block(d, known[i].Blocked, now));
        }
        if (extensions.BottleneckPropagation)
        {
            PropagateBottlenecks(settings, decisions, known, restartTime);
        }
        var proposals = ImmutableSortedDictionary.CreateBuilder<string, StepProposal>(StringComparer.Ordinal);
        if (extensions.AgreeingWindows)
        {
            Each(decisions, (d, i) =>
            {
                var (decision, proposal) = AgreeingWindows.Compare(settings, d, known[i].Proposal, now);
                if (proposal is not null)
                {
                    proposals[d.Evaluation.Id] = proposal;
                }
                return decision;
            });
        }
        return proposals.ToImmutable();
    }

    private static void PropagateBottlenecks(
        AutoscalerSettings settings, ImmutableArray<VertexDecision>.Builder decisions, VertexMemory[] known, TimeSpan restartTime)
    {
        var behind = BottleneckPropagation.Behind(settings, decisions, restartTime);
        Each(decisions, (d, i) => !d.IsChange || d.NewParallelism < d.Evaluation.Parallelism
            ? d
            : BottleneckPropagation.External(settings, d.Evaluation.Id) is not null
                ? d.Held(VertexReason.HeldByBottleneck, new(
                    AutoscalerAdditions.BottleneckPropagation, "it is held back by an external system, which more subtasks do not make faster"))
                : behind[i].Share < 1 ? VertexScaler.Limited(settings, d, known[i], behind[i]) : d);
    }

    private static void Each(ImmutableArray<VertexDecision>.Builder decisions, Func<VertexDecision, int, VertexDecision> change)
    {
        for (var i = 0; i < decisions.Count; i++)
        {
            decisions[i] = change(decisions[i], i);
        }
    }
}
