using System.Collections.Immutable;
using Flink.Resources.Eligibility;
using Flink.Resources.Planning;

namespace Flink.Resources.Fleet;

/// <summary>Moves jobs in waves, as one campaign of the document.</summary>
internal sealed class FleetMover(FleetDocument document, ICampaigns campaigns, TimeProvider timeProvider)
{
    /// <summary>What the campaigns of a document are called.</summary>
    private const string Name = "fleet";

    /// <summary>Carries campaigns on that are not over.</summary>
    /// <returns>What became of their jobs.</returns>
    public async Task<ImmutableArray<JobOutcome>> CarryOnAsync(IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        var outcomes = ImmutableArray.CreateBuilder<JobOutcome>();
        foreach (var campaign in await campaigns.FindUnfinishedAsync(cancellationToken).ConfigureAwait(false))
        {
            await ApproveAsync(campaign, cancellationToken).ConfigureAwait(false);
            outcomes.AddRange(await CarryAsync(campaign, progress, cancellationToken).ConfigureAwait(false));
        }
        return outcomes.ToImmutable();
    }

    /// <summary>The waves of jobs that are to be moved and may.</summary>
    public MigrationPlan Plan(IEnumerable<JobDecision> moves, ImmutableArray<EligibilityReport> reports, FleetFacts facts) => MigrationPlanner.Plan(
        new PlanningFacts
        {
            Jobs = [.. moves.Select(m => Job(m, facts))],
            // What the document acknowledges is settled in them.
            Eligibility = reports,
            Capacity = new CapacityFacts { Now = timeProvider.GetUtcNow(), Backends = [.. facts.Survey.Snapshots.Values] },
        },
        CampaignSettings.Planning(document.Campaign));

    /// <summary>Moves jobs, and says what became of each.</summary>
    public async Task<ImmutableArray<JobOutcome>> MoveAsync(
        IReadOnlyCollection<JobDecision> moves, ImmutableArray<EligibilityReport> reports, DateTimeOffset judgedAt, FleetFacts facts, IProgress<FleetProgress>? progress,
        CancellationToken cancellationToken)
    {
        var plan = Plan(moves, reports, facts);
        var left = plan.Left.Select(static u => new JobOutcome(u.Job.Job, ApplyAction.Move, JobEnd.Left, u.Reason)).ToImmutableArray();
        if (plan.Waves.IsEmpty)
        {
            return left;
        }
        var planned = plan.Waves.SelectMany(static w => w.Moves).Select(static m => m.Job.Job).ToHashSet();
        var request = new CampaignRequest
        {
            Name = Name,
            Plan = plan,
            Moves = moves.Where(m => planned.Contains(m.Job)).ToImmutableDictionary(static m => m.Job, m => Request(m, facts)),
            JudgedAt = judgedAt,
            Options = CampaignSettings.Engine(document.Campaign),
        };
        var id = await LeasePatience.WaitAsync(() => campaigns.CreateAsync(request, cancellationToken), timeProvider, cancellationToken).ConfigureAwait(false);
        return [.. left, .. await CarryAsync(id, progress, cancellationToken).ConfigureAwait(false)];
    }

    /// <summary>What moves one job.</summary>
    public MoveRequest Request(JobDecision move, FleetFacts facts)
    {
        var entry = document.Jobs[move.Job];
        var target = document.SpecFor(move.Job, move.To!.Backend);
        var known = facts.Known.GetValueOrDefault(move.Job);
        var report = facts.Survey.Reports.GetValueOrDefault((move.From!.Backend, move.Application!));
        // What this library started it starts again as it did; of others the files are kept, and the document says the rest.
        var isOurs = known?.Spec is not null && known.Handle?.Id == move.Application;
        return new MoveRequest
        {
            Job = move.Job,
            Source = new CopyRef(report?.Application ?? known!.Handle!),
            SourceSpec = isOurs ? known!.Spec! : document.SpecFor(move.Job, move.From.Backend) with { Queue = move.From.Queue },
            TargetBackend = move.To!.Backend,
            TargetSpec = target,
            SnapshotDirectory = entry.SnapshotDirectory,
            KeepSourceFiles = !isOurs,
            Revision = JobSpecs.RevisionOf(move.To.Backend, target),
            Options = entry.Move.Options with { Baseline = entry.Move.Baseline, OnUnhealthy = entry.Move.OnUnhealthy },
        };
    }

    /// <summary>Until all is over, or nothing goes on before a person says something.</summary>
    private async Task<ImmutableArray<JobOutcome>> CarryAsync(string campaign, IProgress<FleetProgress>? progress, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = new CampaignWatch(progress, stop);
        try
        {
            return Outcomes(await LeasePatience.WaitAsync(() => campaigns.RunAsync(campaign, watch, stop.Token), timeProvider, stop.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (watch.WaitsForPerson && !cancellationToken.IsCancellationRequested)
        {
            return Outcomes((await campaigns.FindAsync(campaign, cancellationToken).ConfigureAwait(false))!);
        }
    }

    /// <summary>What the document approves by now is approved.</summary>
    private async Task ApproveAsync(string campaign, CancellationToken cancellationToken)
    {
        if (await campaigns.FindAsync(campaign, cancellationToken).ConfigureAwait(false) is not { } report)
        {
            return;
        }
        foreach (var wave in report.Waves.Where(static w => w is { NeedsApproval: true, IsApproved: false }))
        {
            if (wave.Jobs.All(j => document.Jobs.GetValueOrDefault(j.Job)?.Facts.IsApproved == true))
            {
                await campaigns.RequestAsync(campaign, new CampaignDemand(CampaignRequestKind.Approve, Wave: wave.Number), "document", "The document says approved.", cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static ImmutableArray<JobOutcome> Outcomes(CampaignReport report) =>
    [
        .. report.Jobs.Select(j => new JobOutcome(
            j.Job, ApplyAction.Move,
            j.State switch
            {
                CampaignJobState.Committed => JobEnd.Done,
                CampaignJobState.RolledBack => JobEnd.TakenBack,
                CampaignJobState.Parked => JobEnd.NeedsPerson,
                _ => JobEnd.Left,
            },
            j.Reason ?? Words(j, report), j.RunId, j.Run?.State.ToString() ?? j.State.ToString()) { Findings = j.Findings }),
    ];

    private static string Words(CampaignJobReport job, CampaignReport report) => job.State switch
    {
        CampaignJobState.Committed => $"It runs on {job.Move.To.Backend}.",
        CampaignJobState.RolledBack => $"It runs on {job.Move.From.Backend} again.",
        _ when report.Holds is [{ } hold, ..] => $"{report.Id} is {report.State}: {hold.Reason}",
        _ => $"{report.Id} is {report.State}.",
    };

    private FleetJob Job(JobDecision move, FleetFacts facts)
    {
        var entry = document.Jobs[move.Job];
        return new FleetJob
        {
            Job = move.Job,
            Kind = entry.Kind,
            Priority = entry.Priority ?? new JobPriority(0),
            Source = move.From!,
            Target = move.To!,
            Need = new JobNeed(
                Amount(entry.JobManager), Amount(entry.TaskManager), (entry.Parallelism + entry.TaskManager.Slots - 1) / entry.TaskManager.Slots, entry.Zone),
            IsStateless = entry.Facts.IsStateless,
            FlinkVersion = document.Runtimes[entry.Runtime].Version,
            StateBackend = entry.Configuration.GetValueOrDefault("state.backend.type") ?? entry.Configuration.GetValueOrDefault("state.backend"),
            Sinks = [.. entry.Move.Options.Sinks.Values],
            Reads = entry.Facts.Reads,
            Writes = entry.Facts.Writes,
            StandbyOf = entry.Facts.StandbyOf,
            IsVolunteer = entry.Facts.IsVolunteer,
            IsSynthetic = entry.Facts.IsSynthetic,
            IsApproved = entry.Facts.IsApproved,
        };
    }

    private static ResourceAmount Amount(ContainerResources container) => new(container.Memory, container.CpuMillicores);

    /// <summary>Tells of what is new, and ends the wait when nothing goes on before a person says something.</summary>
    private sealed class CampaignWatch(IProgress<FleetProgress>? progress, CancellationTokenSource stop) : IProgress<CampaignReport>
    {
        private readonly Dictionary<JobKey, string> _told = [];

        public bool WaitsForPerson { get; private set; }

        public void Report(CampaignReport value)
        {
            foreach (var job in value.Jobs)
            {
                var state = job.Run?.State.ToString() ?? job.State.ToString();
                if (_told.GetValueOrDefault(job.Job) != state)
                {
                    _told[job.Job] = state;
                    progress?.Report(new FleetProgress(value.At, job.Job, state, job.Reason));
                }
            }
            if (value.IsFinal || value.Jobs.Any(static j => j.State is CampaignJobState.Starting or CampaignJobState.Moving or CampaignJobState.Soaking or CampaignJobState.GoingBack))
            {
                return;
            }
            var next = value.Waves.FirstOrDefault(static w => w.Jobs.Any(static j => j.State == CampaignJobState.Waiting));
            if (value.State == CampaignState.Paused || next is { NeedsApproval: true, IsApproved: false } || value.Holds.Any(static h => h.NeedsPerson)
                || (next is null && value.Jobs.Any(static j => j.State == CampaignJobState.Parked)))
            {
                WaitsForPerson = true;
                stop.Cancel();
            }
        }
    }
}
