using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Cuts units into waves, stage by stage.</summary>
internal sealed class WaveBuilder(PlanningOptions options, WaveShares shares, RoomLedger room)
{
    // A wave that refused so many of those that wait is left as it is: the time of planning stays in proportion to the fleet.
    private const int MostRefusals = 2000;

    private readonly ImmutableArray<PlannedWave>.Builder _waves = ImmutableArray.CreateBuilder<PlannedWave>();

    /// <summary>The jobs of units that fit into no wave.</summary>
    public List<UnplannedJob> Left { get; } = [];

    public ImmutableArray<PlannedWave> Waves => _waves.ToImmutable();

    /// <summary>How many jobs are in waves.</summary>
    public int Planned { get; private set; }

    /// <summary>Puts all units into waves of a stage. The queue of the unit that comes first in order is always the next one.</summary>
    public void Add(PlanStage stage, WaveScope scope, IEnumerable<MoveUnit> inOrder, string why)
    {
        var lanes = inOrder.GroupBy(u => scope == WaveScope.Queue ? u.First.Source : null).Select(static g => new LinkedList<MoveUnit>(g));
        var next = new SortedSet<(MoveUnit First, LinkedList<MoveUnit> Lane)>(
            lanes.Select(static l => (l.First!.Value, l)),
            Comparer<(MoveUnit First, LinkedList<MoveUnit> Lane)>.Create(static (x, y) => MoveOrder.Instance.Compare(x.First, y.First)));
        while (next.Count > 0)
        {
            var (first, lane) = next.Min;
            _ = next.Remove((first, lane));
            Fill(stage, scope, lane, why);
            if (lane.First is { } node)
            {
                _ = next.Add((node.Value, lane));
            }
        }
    }

    private void Fill(PlanStage stage, WaveScope scope, LinkedList<MoveUnit> waiting, string why)
    {
        var wave = new WaveInProgress(options, shares, room);
        var (number, refusals) = (_waves.Count + 1, 0);
        for (var node = waiting.First; node is not null && !wave.IsFull && refusals < MostRefusals;)
        {
            var (unit, following) = (node.Value, node.Next);
            var refusal = wave.TryAdd(unit);
            if (refusal is null)
            {
                waiting.Remove(node);
            }
            else if (wave.IsEmpty)
            {
                // Alone it doesn't fit either, and later waves leave no more room.
                waiting.Remove(node);
                Left.AddRange(unit.Jobs.Select(j => new UnplannedJob(j, $"{refusal} It does not fit even as the only one of wave {number.ToString(CultureInfo.InvariantCulture)}.")));
            }
            else
            {
                unit.Waited ??= string.Create(CultureInfo.InvariantCulture, $"not in wave {number}: {refusal}");
                refusals++;
            }
            node = following;
        }
        if (!wave.IsEmpty)
        {
            Close(stage, scope, wave, why);
        }
    }

    private void Close(PlanStage stage, WaveScope scope, WaveInProgress wave, string why)
    {
        var jobs = wave.Units.SelectMany(static u => u.Jobs).ToImmutableArray();
        var queues = jobs.Select(static j => j.Source).Distinct().Take(2).ToImmutableArray();
        _waves.Add(new()
        {
            Number = _waves.Count + 1,
            Stage = stage,
            NeedsApproval = jobs.Any(static j => j.MovesAlone() && !j.IsApproved),
            Queue = queues.Length == 1 ? queues[0].Queue : null,
            Capacity = CapacityPolicy.Sorted(room.Lines()),
            Moves = [.. wave.Units.SelectMany(u => u.Jobs.Select(j => new PlannedMove(j, j.Source, j.Target, Reason(u, j, scope, why))))],
        });
        Planned += jobs.Length;
        room.EndWave();
    }

    private string Reason(MoveUnit unit, FleetJob job, WaveScope scope, string why)
    {
        var parts = new List<string> { $"{why}: {unit.Describe()}." };
        if (scope == WaveScope.Queue && !unit.MovesAlone)
        {
            parts.Add($"With others of {job.Source.Queue}.");
        }
        if (unit.Jobs.Length > 1)
        {
            parts.Add($"All {unit.Jobs.Length.ToString(CultureInfo.InvariantCulture)} jobs of session {unit.Session} move together.");
        }
        if (unit.MovesAlone)
        {
            parts.Add(job.IsApproved ? "Tier P0: it runs alone; its move is approved." : "Tier P0: it runs alone, after a person approved it.");
        }
        if (unit.Waited is { } waited)
        {
            parts.Add($"It is {waited}");
        }
        parts.Add(CatchUp.Expected(job, options.Capacity) is { } time
            ? $"Expected to catch up in {TimeSpan.FromSeconds(Math.Ceiling(time.TotalSeconds)):c}."
            : job.Kind == JobKind.Batch ? "A batch job has nothing to catch up." : "How long it takes to catch up is not known.");
        return string.Join(' ', parts);
    }
}
