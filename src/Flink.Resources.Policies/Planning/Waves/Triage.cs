using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Parts the jobs into those that may be moved, as units, and those that are left with the reason.</summary>
internal sealed class Triage
{
    private readonly PlanningOptions _options;
    private readonly EligibilityGate _eligibility;
    private readonly Consumers _consumers;
    private readonly List<MoveUnit> _units = [];
    private readonly List<UnplannedJob> _left = [];

    public Triage(PlanningFacts facts, PlanningOptions options)
    {
        _options = options;
        _eligibility = new(facts, options);
        _consumers = new(facts.Jobs);
        foreach (var unit in facts.Jobs.GroupBy(static j => j.Session is null ? (j.Job.Value, IsSession: false) : ($"{j.Source.Backend} {j.Session}", IsSession: true)))
        {
            Add([.. unit.OrderBy(static j => j.Priority).ThenBy(static j => j.Job.Value, StringComparer.Ordinal)]);
        }
        _units.Sort(MoveOrder.Instance);
    }

    /// <summary>What may be moved, in order.</summary>
    public IReadOnlyList<MoveUnit> Units => _units;

    public IReadOnlyList<UnplannedJob> Left => _left;

    private void Add(ImmutableArray<FleetJob> jobs)
    {
        var refused = jobs.Select(j => (Job: j, Why: Refusal(j))).Where(static r => r.Why is not null).ToImmutableArray();
        var session = refused.IsEmpty && jobs.Length > 1 ? SessionRefusal(jobs) : null;
        if (refused.IsEmpty && session is null)
        {
            _units.Add(new(jobs, _consumers.Of(jobs)));
            return;
        }
        foreach (var job in jobs)
        {
            var own = refused.Where(r => r.Job == job).Select(static r => r.Why).FirstOrDefault();
            _left.Add(new(job, own ?? session ?? $"all jobs of session {job.Session} move together, and {refused[0].Job.Job} stays: {refused[0].Why}"));
        }
    }

    private string? Refusal(FleetJob job) =>
        job.Source == job.Target ? $"it is on {job.Target.Backend} in {job.Target.Queue} already."
        : _eligibility.Refusal(job) ?? CatchUp.Refusal(job, _options.Capacity);

    private string? SessionRefusal(ImmutableArray<FleetJob> jobs)
    {
        var session = jobs[0].Session;
        if (jobs.Select(static j => j.Target).Distinct().Skip(1).Any())
        {
            return $"jobs of session {session} have different targets; all of them move together, give them one or split the session.";
        }
        if (jobs.Length > _options.MaximumJobsPerWave)
        {
            return $"session {session} has {jobs.Length} jobs, a wave takes {_options.MaximumJobsPerWave}; split the session or raise {nameof(_options.MaximumJobsPerWave)}.";
        }
        var joined = new JoinedJobs();
        foreach (var job in jobs)
        {
            if (joined.Conflict(job) is { } conflict)
            {
                return $"jobs of session {session} must not move together, and a session moves as one: {job.Job} {conflict}. Split the session first.";
            }
            joined.Add(job);
        }
        return null;
    }
}
