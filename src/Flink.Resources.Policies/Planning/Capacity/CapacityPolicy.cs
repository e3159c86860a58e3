using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Proves that there is room: when a wave is planned, when it starts, and before each of its jobs.</summary>
/// <remarks>
/// <c>need = JobManager + TaskManagers * TaskManager</c>. There: the needs of all jobs together, times 1 + headroom, are free in the queue
/// and in each queue above it (maximum - used - reserved) and on healthy nodes of the kind, and every container finds a node. Back: the
/// needs are free on the source as it is now, with the jobs still there, or its queue is held. Then each job must be able to catch up.
/// What is not known is not there.
/// </remarks>
public static class CapacityPolicy
{
    /// <summary>Whether jobs may be moved together now: room there, room to come back, power to catch up.</summary>
    /// <param name="jobs">The jobs that are to start.</param>
    /// <param name="facts">The room.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <returns>A line for everything that holds, and one for each job that does not fit beside those before it by their keys.</returns>
    /// <exception cref="ArgumentException">Options are out of range; the message names all of them.</exception>
    public static CapacityProof Prove(IEnumerable<FleetJob> jobs, CapacityFacts facts, CapacityOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentNullException.ThrowIfNull(facts);
        options ??= new();
        RangeErrors.ThrowIfAny(CapacityOptionsValidator.Validate(options), nameof(options));
        var ledger = new RoomLedger(facts, options);
        var failed = ImmutableArray.CreateBuilder<CapacityLine>();
        foreach (var job in jobs.OrderBy(static j => j.Job.Value, StringComparer.Ordinal))
        {
            if (CatchUp.Refusal(job, options) is { } slow)
            {
                failed.Add(new(CapacityWay.CatchUp, job.Target, job.Need.Flavour, Amount.Of(job.Need).ToResources(), null, false, slow));
            }
            else if (ledger.TryAdd(job) is { } shortage)
            {
                failed.Add(new(shortage.Way, shortage.Place, shortage.Flavour, shortage.Need.ToResources(), shortage.Free?.ToResources(), false, $"{job.Job} does not fit: {shortage.Why}"));
            }
        }
        return Sorted([.. ledger.Lines(), .. failed]);
    }

    internal static CapacityProof Sorted(ImmutableArray<CapacityLine> lines) => new(
    [
        .. lines.OrderBy(static l => l.Way)
            .ThenBy(static l => l.Place.Backend, StringComparer.Ordinal)
            .ThenBy(static l => l.Place.Queue, StringComparer.Ordinal)
            .ThenBy(static l => l.Flavour, StringComparer.Ordinal)
            .ThenBy(static l => l.Explanation, StringComparer.Ordinal),
    ]);
}
