using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>Puts together what the abort rules want to know, and what follows from their answer. Pure.</summary>
internal static class CampaignJudge
{
    /// <summary>The holds of a campaign from now on.</summary>
    /// <param name="run">What the journal says.</param>
    /// <param name="seen">What was measured: scores, servers, copies; what the journal says itself is replaced.</param>
    public static ImmutableArray<CampaignHold> Judge(CampaignRun run, CampaignFacts seen) => AbortRules.Evaluate(
        seen with { Ended = [.. EndedOf(run)], Incidents = [.. run.Incidents.Select(static i => i.Incident)], Standing = run.Standing, Released = run.Released }, run.Request.Options.Abort);

    /// <summary>Whether other causes hold the campaign than before.</summary>
    public static bool Differ(ImmutableArray<CampaignHold> before, ImmutableArray<CampaignHold> now) =>
        before.Length != now.Length || !before.Select(static h => (h.Key, h.Kind, h.NeedsPerson)).ToHashSet().SetEquals(now.Select(static h => (h.Key, h.Kind, h.NeedsPerson)));

    /// <summary>What jobs have in common that failed for a cause which keeps the rest from starting; those that are not blocked yet.</summary>
    public static IEnumerable<FailureLikeness> NewlyBlocked(CampaignRun run, ImmutableArray<CampaignHold> before, ImmutableArray<CampaignHold> now) => now
        .Where(h => h.BlockedSignature is { } signature && !run.Blocked.ContainsKey(signature) && !before.Any(b => b.Key == h.Key))
        .Select(static h => h.BlockedSignature!)
        .Distinct(StringComparer.Ordinal)
        .Select(s => FailureLikeness.Of(s, [.. run.Jobs.Values.Where(j => j.Signature == s && !j.IsByChoice).Select(static j => j.Move.Job)]));

    /// <summary>Whether scores of jobs on a backend mean nothing for the moment.</summary>
    public static bool ScoresAreUnknown(CampaignRun run, string backend) =>
        run.Standing.Any(h => h.ScoresAreUnknown && (h.Backend is null || h.Backend == backend));

    /// <summary>Whether jobs of a backend must not be stopped for the moment.</summary>
    public static bool AreStopsHeld(CampaignRun run, string backend) =>
        run.Standing.Any(h => h.HoldsStops && (h.Backend is null || h.Backend == backend));

    private static IEnumerable<EndedMove> EndedOf(CampaignRun run)
    {
        var waves = run.Request.Plan.Waves;
        foreach (var job in run.Jobs.Values)
        {
            if (job.EndedAt is { } at && EndingOf(job) is var ending && ending != MoveEnding.Unknown)
            {
                yield return new EndedMove
                {
                    Job = job.Move.Job.Job,
                    Priority = job.Move.Job.Priority,
                    Wave = waves[job.Wave].Number,
                    Stage = waves[job.Wave].Stage,
                    Ending = ending,
                    At = at,
                    Signature = job.Signature,
                    IsByChoice = job.IsByChoice,
                };
            }
        }
    }

    private static MoveEnding EndingOf(CampaignJob job) => job.State switch
    {
        CampaignJobState.Committed => MoveEnding.Committed,
        CampaignJobState.RolledBack => MoveEnding.RolledBack,
        CampaignJobState.NotMoved => MoveEnding.NotMoved,
        CampaignJobState.Parked => job.RollbackFailed ? MoveEnding.RollbackFailed : MoveEnding.Parked,
        _ => MoveEnding.Unknown,
    };
}
