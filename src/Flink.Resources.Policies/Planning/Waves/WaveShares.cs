using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>How much of a team and of a queue one wave may take.</summary>
internal sealed class WaveShares
{
    private readonly PlanningOptions _options;
    private readonly Dictionary<string, int> _teams = new(StringComparer.Ordinal);
    private readonly Dictionary<Placement, (int Jobs, Amount Need)> _queues = [];
    private readonly Dictionary<Placement, Amount> _capacities = [];

    public WaveShares(IEnumerable<FleetJob> fleet, PlanningOptions options, RoomLedger room)
    {
        _options = options;
        foreach (var job in fleet)
        {
            var (team, need) = (job.Job.Team, Amount.Of(job.Need));
            _teams[team] = _teams.GetValueOrDefault(team) + 1;
            var queue = _queues.GetValueOrDefault(job.Source);
            _queues[job.Source] = (queue.Jobs + 1, queue.Need + need);
        }
        foreach (var (place, queue) in _queues)
        {
            // A queue whose capacity is not known is as large as the jobs in it.
            _capacities[place] = room.CapacityOf(place) ?? queue.Need;
        }
    }

    /// <summary>What one wave has taken.</summary>
    public sealed class Taken
    {
        public Dictionary<string, int> Teams { get; } = new(StringComparer.Ordinal);

        public Dictionary<Placement, Amount> Queues { get; } = [];
    }

    /// <summary>Why a unit would be too much; null when it is not. The first of a team or queue never is: it can't be made smaller.</summary>
    public string? Conflict(MoveUnit unit, Taken taken)
    {
        foreach (var team in unit.Jobs.GroupBy(static j => j.Job.Team, StringComparer.Ordinal))
        {
            var (present, limit) = (taken.Teams.GetValueOrDefault(team.Key), Math.Max(1, (int)Math.Floor((_options.MaximumShare * _teams[team.Key]) + 1e-9)));
            if (present > 0 && present + team.Count() > limit)
            {
                return Say($"{limit} of the {_teams[team.Key]} jobs of team {team.Key} are all that a wave takes");
            }
        }
        foreach (var queue in unit.Jobs.GroupBy(static j => j.Source))
        {
            if (_queues[queue.Key].Jobs < _options.SmallQueue || !taken.Queues.TryGetValue(queue.Key, out var present))
            {
                continue;
            }
            var need = queue.Aggregate(present, static (sum, j) => sum + Amount.Of(j.Need));
            if (!need.FitsIn(_capacities[queue.Key] * _options.MaximumShare))
            {
                return Say($"{_options.MaximumShare:0.##%} of the capacity of {queue.Key.Queue} on {queue.Key.Backend} are all that a wave takes");
            }
        }
        return null;
    }

    public static void Add(MoveUnit unit, Taken taken)
    {
        foreach (var job in unit.Jobs)
        {
            taken.Teams[job.Job.Team] = taken.Teams.GetValueOrDefault(job.Job.Team) + 1;
            taken.Queues[job.Source] = taken.Queues.GetValueOrDefault(job.Source) + Amount.Of(job.Need);
        }
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
