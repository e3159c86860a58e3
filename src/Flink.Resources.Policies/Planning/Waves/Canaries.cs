using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Which jobs try the way out, and what none of them tries.</summary>
internal sealed class Canaries
{
    private const string UnknownBackend = "unknown state backend";

    private readonly HashSet<Combination> _tried = [];

    public Canaries(IReadOnlyList<MoveUnit> units, PlanningOptions options)
    {
        foreach (var unit in units.Where(static u => u.Jobs.All(static j => j.IsSynthetic)).OrderBy(static u => u.First.Job.Value, StringComparer.Ordinal))
        {
            if (unit.Jobs.SelectMany(Combinations).ToList() is var combinations && combinations.Any(c => !_tried.Contains(c)))
            {
                _tried.UnionWith(combinations);
                Synthetic.Add(unit);
            }
            else
            {
                Spare.AddRange(unit.Jobs.Select(static j => new UnplannedJob(j, "another synthetic job tries the same Flink version, state backend and sinks.")));
            }
        }
        Synthetic.Sort(MoveOrder.Instance);
        Volunteers.AddRange(units.Where(static u => u is { Jobs: [{ IsVolunteer: true, IsSynthetic: false }] } && !u.Priority.IsImportant()).Take(options.Volunteers));
        Notes = [.. Say(units)];
    }

    public List<MoveUnit> Synthetic { get; } = [];

    public List<MoveUnit> Volunteers { get; } = [];

    /// <summary>Synthetic jobs that try nothing new.</summary>
    public List<UnplannedJob> Spare { get; } = [];

    public ImmutableArray<string> Notes { get; }

    private IEnumerable<string> Say(IReadOnlyList<MoveUnit> units)
    {
        var jobs = units.SelectMany(static u => u.Jobs).Where(static j => !j.IsSynthetic).ToImmutableArray();
        foreach (var missing in jobs.SelectMany(Combinations).CountBy(static c => c).Where(c => !_tried.Contains(c.Key))
            .OrderBy(static c => c.Key.Version, StringComparer.Ordinal).ThenBy(static c => c.Key.StateBackend, StringComparer.Ordinal).ThenBy(static c => c.Key.Sink))
        {
            yield return $"No synthetic job tries Flink {missing.Key.Version} with {missing.Key.StateBackend} and sinks of class {missing.Key.Sink?.ToString() ?? "none"}, as {missing.Value} of the jobs have.";
        }
        if (Volunteers.Count == 0 && !jobs.IsEmpty)
        {
            yield return "No job below tier P1 is offered to go first.";
        }
    }

    private static IEnumerable<Combination> Combinations(FleetJob job) => job.Sinks.IsEmpty
        ? [new(job.FlinkVersion, job.StateBackend ?? UnknownBackend, null)]
        : job.Sinks.Distinct().Select(s => new Combination(job.FlinkVersion, job.StateBackend ?? UnknownBackend, s));

    private readonly record struct Combination(string Version, string StateBackend, SinkClass? Sink);
}
