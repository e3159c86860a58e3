using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>One wave while it is filled: nothing joined, no share and no room exceeded.</summary>
internal sealed class WaveInProgress(PlanningOptions options, WaveShares shares, RoomLedger room)
{
    private readonly JoinedJobs _joined = new();
    private readonly WaveShares.Taken _taken = new();
    private readonly List<MoveUnit> _units = [];
    private int _jobs;

    public IReadOnlyList<MoveUnit> Units => _units;

    public bool IsEmpty => _units.Count == 0;

    public bool IsFull => _jobs >= options.MaximumJobsPerWave;

    /// <summary>Takes a unit, or says why not; then nothing is changed.</summary>
    public string? TryAdd(MoveUnit unit)
    {
        if (Conflict(unit) is { } conflict)
        {
            return conflict;
        }
        var mark = room.Mark;
        foreach (var job in unit.Jobs)
        {
            if (room.TryAdd(job) is { } shortage)
            {
                room.Undo(mark);
                return unit.Jobs.Length == 1 ? shortage.ToString() : $"{job.Job} of its session does not fit: {shortage}";
            }
        }
        foreach (var job in unit.Jobs)
        {
            _joined.Add(job);
        }
        WaveShares.Add(unit, _taken);
        _units.Add(unit);
        _jobs += unit.Jobs.Length;
        return null;
    }

    private string? Conflict(MoveUnit unit)
    {
        if (_jobs + unit.Jobs.Length > options.MaximumJobsPerWave)
        {
            return string.Create(CultureInfo.InvariantCulture, $"a wave takes {options.MaximumJobsPerWave} jobs.");
        }
        foreach (var job in unit.Jobs)
        {
            if (_joined.Conflict(job) is { } joined)
            {
                return $"it {joined}.";
            }
        }
        return shares.Conflict(unit, _taken) is { } share ? share + "." : null;
    }
}
