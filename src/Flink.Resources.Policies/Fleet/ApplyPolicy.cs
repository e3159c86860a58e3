using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>
/// What is to be done so that a fleet becomes what its document says. A job is started only where the journal or the document says from
/// what, and where every declared cluster says that nothing of it lives; what people stopped, brought back or left out is left alone.
/// Pure: same facts, same decisions.
/// </summary>
public static class ApplyPolicy
{
    /// <summary>Decides on each job of the document and of the journal, by job.</summary>
    /// <param name="facts">What is known.</param>
    public static ImmutableArray<JobDecision> Decide(ApplyFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var standings = facts.Standings.ToDictionary(static s => s.Job);
        var desired = facts.Desired.Select(static d => d.Job).ToHashSet();
        return
        [
            .. facts.Desired.Select(d => Decide(d, standings.GetValueOrDefault(d.Job) ?? new JobStanding { Job = d.Job }, facts))
                .Concat(facts.Standings.Where(s => !desired.Contains(s.Job)).Select(s => Unnamed(s, facts)).OfType<JobDecision>())
                .OrderBy(static d => d.Job.Value, StringComparer.Ordinal),
        ];
    }

    private static JobDecision Decide(DesiredJob job, JobStanding standing, ApplyFacts facts)
    {
        if (Open(standing, job.Placement) is { } open)
        {
            return open;
        }
        if (standing.Hold is { } hold)
        {
            return Leave(job, standing, $"It is held ({hold}) until somebody releases it.");
        }
        if (standing.IsStoppedOnPurpose && job.IsWanted)
        {
            // Said before it is done: whoever died in between has left it running, and nothing else is done with it either.
            return Leave(job, standing, standing.Life == JobLife.Lives && IsLive(facts, standing.Placement?.Backend, standing.Application)
                ? "Somebody asked to stop it on purpose, and it still runs: say stop again, or start."
                : "It was stopped on purpose, and stays so until somebody says start.");
        }
        if (standing.Life != JobLife.Unknown && !IsLive(facts, standing.Placement?.Backend, standing.Application) && job.Adopt.Any(p => IsLive(facts, p.Key, p.Value)))
        {
            // What the journal knows has ended, and its owner says which application runs it now.
            return Adopted(job, standing, facts);
        }
        return standing.Life switch
        {
            JobLife.Lives => Known(job, standing, facts),
            JobLife.Unknown when !job.Adopt.IsEmpty => Adopted(job, standing, facts),
            _ when !job.IsWanted => Done(job, standing, "It is stopped, as it shall be."),
            JobLife.Unknown when job.Start is { } start => Begin(job, standing, facts, start, start is RestorePoint.Snapshot s ? $"The document starts it from {s.Uri}." : "The document starts it without state."),
            JobLife.Unknown => Doubt(job, facts) ?? Refuse(
                job, "The journal does not know it. Say which application runs it (adopt: {cluster: application}), or what it starts from (start: fresh, or start: <snapshot>)."),
            JobLife.Stopped => Again(job, standing, facts, "It was stopped, and shall run."),
            JobLife.Finished when standing.IsRetried => Again(job, standing, facts, "It had finished; somebody asked to run it again."),
            JobLife.Finished => Leave(job, standing, "It ran to its own end, and is not run again until somebody asks to retry it."),
            _ when standing.IsRetried => Again(job, standing, facts, "Its start failed; somebody asked to try again."),
            _ => Leave(job, standing, $"Its start failed ({standing.Reason ?? "no reason was kept"}), and is not tried again until somebody asks to retry it."),
        };
    }

    private static JobDecision? Open(JobStanding standing, Placement? to) => standing.Open switch
    {
        null => null,
        { NeedsPerson: true } open => new JobDecision
        {
            Job = standing.Job, Action = ApplyAction.Leave, From = standing.Placement, To = to, Run = open.Run, Application = standing.Application,
            Reason = $"{open.Run} waits for a person ({open.State}): {open.Reason ?? "no reason was kept"}",
        },
        { } open => new JobDecision
        {
            Job = standing.Job, Action = ApplyAction.Continue, From = standing.Placement, To = to, Run = open.Run, Application = standing.Application,
            Reason = $"{open.Run} is {open.State}, and goes on from there.",
        },
    };

    /// <summary>The journal says that it lives: does it still, and where it shall?</summary>
    private static JobDecision Known(DesiredJob job, JobStanding standing, ApplyFacts facts)
    {
        var place = standing.Placement!;
        if (Sight(facts, place.Backend) is not { UnknownBecause: null } sight)
        {
            return Refuse(job, $"{place.Backend}, where it runs, can't be read: {Sight(facts, place.Backend)?.UnknownBecause ?? "it is not declared any more"}.") with { From = place, Application = standing.Application };
        }
        var own = sight.Applications.FirstOrDefault(a => a.Id == standing.Application);
        if (own is not { IsLive: true })
        {
            return Ended(job, standing, facts, own);
        }
        return job.IsWanted
            ? Placed(job, standing, facts, place, standing.Application!, isAdopted: false)
            : Stop(job, place, standing.Application!, "The document says stopped.");
    }

    private static JobDecision Ended(DesiredJob job, JobStanding standing, ApplyFacts facts, SeenApplication? own)
    {
        if (!job.IsWanted)
        {
            return Done(job, standing, "It does not run, as it shall be.");
        }
        var how = own is null ? $"{standing.Application} is gone from {standing.Placement!.Backend}" : $"{standing.Application} has ended";
        if (job.Kind == JobKind.Batch && own is { Succeeded: true })
        {
            return standing.IsRetried
                ? Again(job, standing with { Snapshot = null }, facts, "It had finished; somebody asked to run it again.")
                : Leave(job, standing, "It ran to its own end, and is not run again until somebody asks to retry it.");
        }
        return standing.IsRetried
            ? Again(job, standing, facts, $"{how}; somebody asked to start it again.")
            : Leave(job, standing, $"{how}, and nobody asked this controller for that. Somebody may ask to retry it: it goes on from {standing.Snapshot ?? "nothing, as no snapshot of it is journalled"}.");
    }

    /// <summary>The journal does not know it; its owner says which application runs it.</summary>
    private static JobDecision Adopted(DesiredJob job, JobStanding standing, ApplyFacts facts)
    {
        if (Doubt(job, facts, job.Adopt.Keys) is { } doubt)
        {
            return doubt;
        }
        var live = job.Adopt.Where(p => Sight(facts, p.Key)!.Applications.Any(a => a.Id == p.Value && a.IsLive)).ToList();
        if (live is not [var (cluster, id)])
        {
            return live.Count > 1
                ? Refuse(job, $"Both {live[0].Key}'s {live[0].Value} and {live[1].Key}'s {live[1].Value} live: a job has one copy. Stop one, and take it out of adopt.")
                : !job.IsWanted ? Done(job, standing, "It does not run, as it shall be.")
                : job.Start is { } start ? Begin(job, standing, facts, start, "What it was to be adopted from has ended; the document says what it starts from.")
                : Refuse(job, $"None of the applications to adopt lives ({string.Join(", ", job.Adopt.Select(static p => $"{p.Key}: {p.Value}"))}). Say what it starts from (start: <snapshot>).");
        }
        var seen = Sight(facts, cluster)!.Applications.First(a => a.Id == id);
        var place = new Placement(cluster, seen.Queue ?? job.Placement.Queue);
        return job.IsWanted ? Placed(job, standing, facts, place, id, isAdopted: true) : Stop(job, place, id, "The document says stopped.") with { IsAdopted = true };
    }

    /// <summary>It lives: is that where it shall?</summary>
    private static JobDecision Placed(DesiredJob job, JobStanding standing, ApplyFacts facts, Placement place, string own, bool isAdopted)
    {
        if (PossibleCopies.Find(job, facts, place.Backend, own) is { } other)
        {
            return Strange(job, other) with { From = place, Application = own };
        }
        if (place.Backend == job.Placement.Backend)
        {
            return place.Queue == job.Placement.Queue
                ? new JobDecision { Job = job.Job, Action = ApplyAction.None, Reason = "It runs where it shall.", From = place, To = job.Placement, Application = own, IsAdopted = isAdopted }
                : Leave(job, standing, $"It runs in {place.Queue} of {place.Backend}: between queues of one cluster nothing is moved by itself.") with { From = place, Application = own };
        }
        if (Objection(job, standing) is { } objection)
        {
            return Leave(job, standing, objection) with { From = place, Application = own };
        }
        if (job.Freeze is { } freeze)
        {
            return Leave(job, standing, $"Its owner froze it: {freeze}") with { From = place, Application = own };
        }
        if (job is { Kind: JobKind.Batch, HasCheckpoints: false })
        {
            return Leave(job, standing, $"A batch job without checkpoints is not stopped: it ends on {place.Backend}, and its next run is placed on {job.Placement.Backend}.") with { From = place, Application = own };
        }
        return Doubt(job, facts, null, place.Backend, own) ?? new JobDecision
        {
            Job = job.Job, Action = ApplyAction.Move, From = place, To = job.Placement, Application = own, IsAdopted = isAdopted,
            Reason = $"It runs on {place.Backend} and shall run on {job.Placement.Backend}.",
        };
    }

    /// <summary>A start of a job that the journal knows, from the journal's own snapshot.</summary>
    private static JobDecision Again(DesiredJob job, JobStanding standing, ApplyFacts facts, string reason)
    {
        if (!job.IsWanted)
        {
            return Done(job, standing, "It does not run, as it shall be.");
        }
        if (Objection(job, standing) is { } objection)
        {
            return Leave(job, standing, objection);
        }
        RestorePoint? restore = standing.Snapshot is { } snapshot ? new RestorePoint.Snapshot(snapshot)
            : job.Kind == JobKind.Batch && !job.HasCheckpoints ? RestorePoint.None
            : job.Start;
        return restore is null
            ? Refuse(job, $"{reason} The journal names no snapshot of it: say what it starts from (start: fresh, or start: <snapshot>).")
            : Begin(job, standing, facts, restore, restore is RestorePoint.Snapshot s ? $"{reason} It goes on from {s.Uri}." : $"{reason} It begins anew.");
    }

    private static JobDecision Begin(DesiredJob job, JobStanding standing, ApplyFacts facts, RestorePoint restore, string reason) =>
        Doubt(job, facts) ?? new JobDecision
        {
            Job = job.Job, Action = ApplyAction.Start, To = job.Placement, Restore = restore, Reason = reason, Application = standing.Application,
        };

    /// <summary>Unknown is not absent: as long as one cluster can't be read, a copy may live there.</summary>
    private static JobDecision? Doubt(DesiredJob job, ApplyFacts facts, IEnumerable<string>? also = null, string? ownCluster = null, string? own = null)
    {
        if (facts.Clusters.FirstOrDefault(static c => c.UnknownBecause is not null) is { } unknown)
        {
            return Refuse(job, $"{unknown.Name} can't be read, so that a copy may live there: {unknown.UnknownBecause}");
        }
        if (also?.Append(job.Placement.Backend).FirstOrDefault(c => Sight(facts, c) is null) is { } missing)
        {
            return Refuse(job, $"{missing} is not among the declared clusters ({string.Join(", ", facts.Clusters.Select(static c => c.Name))}).");
        }
        // What the owner names to adopt is judged by itself.
        return also is null && PossibleCopies.Find(job, facts, ownCluster, own) is { } other ? Strange(job, other) : null;
    }

    private static string? Objection(DesiredJob job, JobStanding standing)
    {
        if (standing.IsRetried || standing.Refused is not { } refused || refused.Placement != job.Placement)
        {
            return null;
        }
        return refused.Times > 1 ? $"It came back from {job.Placement.Backend} {refused.Times} times ({refused.Reason}): it stays until somebody asks to retry it."
            : job.Revision is null || job.Revision == refused.Revision
                ? $"It came back from {job.Placement.Backend} ({refused.Reason}): it stays until its entry changes or somebody asks to retry it."
                : null;
    }

    /// <summary>The journal knows it, the document does not name it.</summary>
    private static JobDecision? Unnamed(JobStanding standing, ApplyFacts facts)
    {
        if (Open(standing, null) is { } open)
        {
            return open;
        }
        if (standing is not { Life: JobLife.Lives, Placement: { } place, Application: { } own })
        {
            return null;
        }
        if (Sight(facts, place.Backend) is { UnknownBecause: null } sight && sight.Applications.FirstOrDefault(a => a.Id == own) is not { IsLive: true })
        {
            return null;
        }
        var left = new JobDecision { Job = standing.Job, Action = ApplyAction.Leave, From = place, Application = own, Reason = "The document does not name it: it runs on until it is pruned (--prune)." };
        return !facts.Prune ? left
            : standing.Hold is { } hold ? left with { Reason = $"The document does not name it, and it is held: {hold}" }
            : Sight(facts, place.Backend) is { UnknownBecause: null } ? left with { Action = ApplyAction.Stop, Reason = "The document does not name it, and it is pruned." }
            : left with { Action = ApplyAction.Refuse, Reason = $"{place.Backend}, where it runs, can't be read: {Sight(facts, place.Backend)?.UnknownBecause ?? "it is not declared any more"}." };
    }

    private static bool IsLive(ApplyFacts facts, string? cluster, string? application) =>
        cluster is not null && Sight(facts, cluster)?.Applications.Any(a => a.Id == application && a.IsLive) == true;

    private static ClusterSight? Sight(ApplyFacts facts, string cluster) => facts.Clusters.FirstOrDefault(c => c.Name == cluster);

    private static JobDecision Strange(DesiredJob job, (string Cluster, SeenApplication Application, string Common) other) => Refuse(
        job, $"{other.Application.Id} on {other.Cluster} has {other.Common} and may be a copy of it: adopt it, or stop it if it is a stranger's.") with
    {
        AdoptLine = $"adopt: {{{other.Cluster}: {other.Application.Id}}}",
    };

    private static JobDecision Done(DesiredJob job, JobStanding standing, string reason) =>
        new() { Job = job.Job, Action = ApplyAction.None, Reason = reason, Application = standing.Application };

    private static JobDecision Stop(DesiredJob job, Placement place, string own, string reason) =>
        new() { Job = job.Job, Action = ApplyAction.Stop, Reason = reason, From = place, Application = own };

    private static JobDecision Leave(DesiredJob job, JobStanding standing, string reason) => new()
    {
        Job = job.Job, Action = ApplyAction.Leave, Reason = reason, From = standing.Life == JobLife.Lives ? standing.Placement : null, To = job.Placement, Application = standing.Application,
    };

    private static JobDecision Refuse(DesiredJob job, string reason) => new() { Job = job.Job, Action = ApplyAction.Refuse, Reason = reason, To = job.Placement };
}
