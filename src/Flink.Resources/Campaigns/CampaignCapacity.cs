using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>Puts together the room of a campaign's clusters: what snapshots show, and what they do not show yet. Pure.</summary>
internal static class CampaignCapacity
{
    /// <summary>A snapshot is asked many times for a few of its applications.</summary>
    private static readonly ConditionalWeakTable<BackendSnapshot, Dictionary<string, ApplicationReport>> _indexes = [];

    /// <summary>The room, and what is promised of it.</summary>
    /// <param name="run">What the journal says.</param>
    /// <param name="runs">The newest look at each run.</param>
    /// <param name="snapshots">The newest snapshot of each cluster.</param>
    /// <param name="now">The time.</param>
    public static CapacityFacts FactsOf(
        CampaignRun run, IReadOnlyDictionary<JobKey, MigrationRun> runs, ImmutableArray<BackendSnapshot> snapshots, DateTimeOffset now)
    {
        var underWay = ImmutableArray.CreateBuilder<FleetJob>();
        var uncommitted = ImmutableArray.CreateBuilder<FleetJob>();
        foreach (var key in run.Open)
        {
            var job = run.Jobs[key].Move.Job;
            var move = runs.GetValueOrDefault(key);
            if (!IsShown(job, move, snapshots))
            {
                underWay.Add(job);
            }
            if (move is not null && move.Timeline.Any(static t => t.State == MigrationState.SourceFenced))
            {
                uncommitted.Add(job);
            }
        }
        return new CapacityFacts
        {
            Now = now,
            Backends = snapshots,
            Reserved = run.Request.Options.Reserved,
            Held = run.Request.Options.Held,
            UnderWay = underWay.ToImmutable(),
            Uncommitted = uncommitted.ToImmutable(),
        };
    }

    /// <summary>Whether the target's snapshot counts all of the job's containers.</summary>
    private static bool IsShown(FleetJob job, MigrationRun? move, ImmutableArray<BackendSnapshot> snapshots) =>
        move?.Target is { } target
        && snapshots.FirstOrDefault(s => s.Backend == target.Application.Backend) is { } snapshot
        && _indexes.GetValue(snapshot, Index).TryGetValue(target.Application.Id, out var report)
        && report.Containers >= 1 + job.Need.TaskManagers;

    private static Dictionary<string, ApplicationReport> Index(BackendSnapshot snapshot)
    {
        var index = new Dictionary<string, ApplicationReport>(snapshot.Applications.Items.Length, StringComparer.Ordinal);
        foreach (var application in snapshot.Applications.Items)
        {
            index.TryAdd(application.Application.Id, application);
        }
        return index;
    }
}
