using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>Document, journal and clusters at one time.</summary>
/// <param name="Facts">What policies see.</param>
/// <param name="Known">What the journal says of each job.</param>
/// <param name="Survey">What the clusters say.</param>
internal sealed record FleetFacts(ApplyFacts Facts, ImmutableDictionary<JobKey, KnownJob> Known, ClusterSurvey Survey)
{
    /// <summary>Collects all that a decision rests on.</summary>
    public static async Task<FleetFacts> ReadAsync(
        FleetDocument document, JournalReader journal, ClusterReader clusters, bool prune, CancellationToken cancellationToken)
    {
        var known = await journal.ReadAsync(null, cancellationToken).ConfigureAwait(false);
        var survey = await clusters.ReadAsync(document.Clusters.Keys, [.. known.Values], cancellationToken).ConfigureAwait(false);
        var facts = new ApplyFacts
        {
            Desired = [.. document.Jobs.Values.Select(e => Desired(document, e))],
            Standings = [.. known.Values.Select(k => Settle(k.Standing, survey))],
            Clusters = survey.Sights,
            Prune = prune,
        };
        return new FleetFacts(facts, known, survey);
    }

    /// <summary>What starts a job and where belongs to the job's revision; how it is moved does not.</summary>
    private static DesiredJob Desired(FleetDocument document, JobEntry entry) => Desired(document, entry, document.SpecFor(entry.Job, entry.Cluster));

    private static DesiredJob Desired(FleetDocument document, JobEntry entry, ApplicationSpec spec) => new()
    {
        Job = entry.Job,
        Placement = new Placement(entry.Cluster, spec.Queue),
        IsWanted = entry.State != DesiredState.Stopped,
        Kind = entry.Kind,
        HasCheckpoints = entry.Kind != JobKind.Batch || entry.Configuration.ContainsKey("execution.checkpointing.interval")
            || document.Runtimes[entry.Runtime].Configuration.ContainsKey("execution.checkpointing.interval"),
        Start = entry.Start,
        Adopt = entry.Adopt,
        Revision = JobSpecs.RevisionOf(entry.Cluster, spec),
        Jar = spec.Jar.Uri,
        EntryClass = entry.EntryClass,
        SnapshotDirectories = [entry.SnapshotDirectory, .. DirectoriesOf(spec)],
        Freeze = entry.Facts.Freeze,
    };

    private static IEnumerable<string> DirectoriesOf(ApplicationSpec spec) =>
        spec.Configuration.Where(static p => p.Key is "state.checkpoints.dir" or "execution.checkpointing.dir").Select(static p => p.Value);

    /// <summary>An application that somebody else started has no queue in the journal but the one that it is in.</summary>
    private static JobStanding Settle(JobStanding standing, ClusterSurvey survey) =>
        standing is { Placement: { } place, Application: { } id } && survey.Reports.TryGetValue((place.Backend, id), out var report) && report.Queue is { } queue && report.Fence is null
            ? standing with { Placement = place with { Queue = queue } }
            : standing;
}
