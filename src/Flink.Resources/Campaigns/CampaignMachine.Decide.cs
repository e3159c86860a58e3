using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <content>What happens next: who starts, who is left, when it is over.</content>
internal static partial class CampaignMachine
{
    /// <summary>What happens next.</summary>
    /// <param name="run">What the journal says.</param>
    /// <param name="view">What is known beside it.</param>
    /// <param name="gate">The limits and windows of the campaign.</param>
    public static CampaignVerdict Decide(CampaignRun run, CampaignView view, StartGate gate)
    {
        var pass = new StartPass(run, view, gate);
        if (run.IsFinal)
        {
            return pass.Verdict;
        }
        pass.Add(Recalls(run));
        var waves = run.Request.Plan.Waves;
        if (run.Open.IsEmpty && (run.CurrentWave == waves.Length || run.State == CampaignState.Stopping))
        {
            pass.Add([new CampaignDecision.End(run.CurrentWave == waves.Length ? CampaignState.Completed : CampaignState.Stopped)]);
        }
        else if (run.State == CampaignState.Running && run.CurrentWave < waves.Length)
        {
            pass.StartIn(waves[run.CurrentWave]);
        }
        return pass.Verdict;
    }

    /// <summary>The jobs of one session move together or not at all: one that stays calls the others back.</summary>
    private static IEnumerable<CampaignDecision> Recalls(CampaignRun run)
    {
        foreach (var key in run.Open)
        {
            var job = run.Jobs[key];
            if (job is { Move.Job.Session: { } session, State: CampaignJobState.Moving or CampaignJobState.Soaking }
                && MembersOf(run, job.Wave, session).FirstOrDefault(static m => m.State is CampaignJobState.NotMoved or CampaignJobState.RolledBack or CampaignJobState.Parked) is { } failed)
            {
                yield return new CampaignDecision.Recall(key, $"{failed.Move.Job.Job} of the same session {session} did not move: all of its jobs do, or none.");
            }
        }
    }

    private static IEnumerable<CampaignJob> MembersOf(CampaignRun run, int wave, string session) =>
        run.Request.Plan.Waves[wave].Moves.Where(m => m.Job.Session == session).Select(m => run.Jobs[m.Job.Job]);

    /// <summary>One pass over the jobs of a wave.</summary>
    private sealed class StartPass(CampaignRun run, CampaignView view, StartGate gate)
    {
        private readonly ImmutableArray<CampaignDecision>.Builder _decisions = ImmutableArray.CreateBuilder<CampaignDecision>();
        private readonly Dictionary<JobKey, string> _waits = [];
        private readonly Dictionary<(string, string?, Placement, Placement, JobPriority), string> _refused = [];
        private readonly List<JobKey> _chosen = [];
        private readonly List<JobKey> _unjudged = [];
        private readonly List<FleetJob> _placed = [];
        private CampaignLoad _load = CampaignLoad.None;
        private CapacityFacts? _capacity = view.Capacity;
        private bool _needsFresh;
        private bool _provesEach;

        public CampaignVerdict Verdict
        {
            get
            {
                if (_chosen.Count > 0)
                {
                    _decisions.Add(new CampaignDecision.Start([.. _chosen]));
                    _chosen.Clear();
                }
                if (_unjudged.Count > 0)
                {
                    _decisions.Add(new CampaignDecision.Judge([.. _unjudged]));
                    _unjudged.Clear();
                }
                return new CampaignVerdict(_decisions.ToImmutable(), _waits, _needsFresh);
            }
        }

        public void Add(IEnumerable<CampaignDecision> decisions) => _decisions.AddRange(decisions);

        public void StartIn(PlannedWave wave)
        {
            var (load, decided) = (LoadOf(run, view), _decisions.Count);
            _load = load;
            Pass(wave);
            // Mostly there is room for all of them: that is one proof. Otherwise each is proved beside those before it.
            if (_placed.Count > 0 && run.Request.Options.Capacity is { } options && !CapacityPolicy.Prove(_placed, _capacity!, options).Holds)
            {
                (_load, _provesEach, _decisions.Count) = (load, true, decided);
                _chosen.Clear();
                _unjudged.Clear();
                _placed.Clear();
                _waits.Clear();
                _refused.Clear();
                Pass(wave);
            }
        }

        private void Pass(PlannedWave wave)
        {
            var sessions = new HashSet<string>(StringComparer.Ordinal);
            foreach (var move in wave.Moves)
            {
                var job = run.Jobs[move.Job.Job];
                if (job.State != CampaignJobState.Waiting || (move.Job.Session is { } session && !sessions.Add(session)))
                {
                    continue;
                }
                Consider(move.Job.Session is null ? [job] : [.. MembersOf(run, job.Wave, move.Job.Session).Where(static m => m.State == CampaignJobState.Waiting)], wave);
            }
        }

        /// <summary>Jobs that start together or not at all.</summary>
        private void Consider(ImmutableArray<CampaignJob> group, PlannedWave wave)
        {
            if (group.Select(j => Objection(j, wave)).FirstOrDefault(static o => o is not null) is { } leave)
            {
                _decisions.AddRange(group.Select(j => new CampaignDecision.Leave(j.Move.Job.Job, leave)));
                return;
            }
            var (load, capacity) = (_load, _capacity);
            foreach (var job in group)
            {
                if (Obstacle(job, wave) is { } obstacle)
                {
                    (_load, _capacity) = (load, capacity);
                    foreach (var waiting in group)
                    {
                        _waits[waiting.Move.Job.Job] = obstacle;
                    }
                    return;
                }
                _load = _load with { InFlight = _load.InFlight.Add(job.Move.Job) };
                _capacity = _provesEach ? _capacity! with { UnderWay = _capacity.UnderWay.Add(job.Move.Job), Uncommitted = _capacity.Uncommitted.Add(job.Move.Job) } : _capacity;
            }
            _placed.AddRange(group.Select(static j => j.Move.Job));
            Choose(group);
        }

        /// <summary>They start, or are judged first: meanwhile they keep their place, so that no more are judged than could be started.</summary>
        private void Choose(ImmutableArray<CampaignJob> group)
        {
            ImmutableArray<JobKey> unjudged = view.Judges ? [.. group.Where(j => run.NeedsJudgement(j, view.Now)).Select(static j => j.Move.Job.Job)] : [];
            if (unjudged.IsEmpty)
            {
                _chosen.AddRange(group.Select(static j => j.Move.Job.Job));
                return;
            }
            _unjudged.AddRange(unjudged);
            foreach (var waiting in group)
            {
                _waits[waiting.Move.Job.Job] = "Whether it may still be moved is being judged.";
            }
        }

        /// <summary>Why a job is not moved at all.</summary>
        private string? Objection(CampaignJob job, PlannedWave wave)
        {
            if (run.Blocked.Values.FirstOrDefault(b => b.Fits(job.Move.Job)) is { } blocked)
            {
                return $"Jobs like it failed: {blocked}.";
            }
            return job.Move.Job.Session is { } session
                && MembersOf(run, job.Wave, session).FirstOrDefault(static m => m.State is CampaignJobState.NotMoved or CampaignJobState.RolledBack) is { } left
                ? FormattableString.Invariant($"{left.Move.Job.Job} of the same session {session} does not move in wave {wave.Number}: all of its jobs do, or none.")
                : null;
        }

        /// <summary>Why a job has to wait.</summary>
        private string? Obstacle(CampaignJob job, PlannedWave wave)
        {
            var move = job.Move.Job;
            if (!move.IsApproved && (run.ApprovedJobs.Contains(move.Job) || run.ApprovedWaves.Contains(wave.Number)))
            {
                move = move with { IsApproved = true };
            }
            if (wave.NeedsApproval && !move.IsApproved)
            {
                return FormattableString.Invariant($"Wave {wave.Number} waits for a person's approval.");
            }
            if (view.PutOff.TryGetValue(move.Job, out var putOff) && putOff.Until > view.Now)
            {
                return putOff.Reason;
            }
            // Whoever is like one that was refused would be refused too: a wave may have thousands.
            var kind = (move.Job.Team, move.Need.Flavour, move.Source, move.Target, move.Priority);
            if (_refused.TryGetValue(kind, out var before))
            {
                return before;
            }
            var decision = gate.MayStart(move, _load, view.Now);
            var obstacle = decision.IsAllowed ? NoRoom(move) : decision.Reason;
            if (obstacle is not null)
            {
                _refused[kind] = obstacle;
            }
            return obstacle;
        }

        private string? NoRoom(FleetJob job)
        {
            if (run.Request.Options.Capacity is not { } options)
            {
                return null;
            }
            if (_capacity is null || view.IsStale)
            {
                _needsFresh = true;
                return "The clusters are being asked for their room.";
            }
            var proof = _provesEach ? CapacityPolicy.Prove([job], _capacity, options) : null;
            return proof is { Holds: false } ? proof.Reason : null;
        }
    }

    private static CampaignLoad LoadOf(CampaignRun run, CampaignView view)
    {
        var flying = ImmutableArray.CreateBuilder<FleetJob>();
        var soaking = ImmutableArray.CreateBuilder<FleetJob>();
        foreach (var key in run.Open)
        {
            var job = run.Jobs[key];
            (job.State == CampaignJobState.Soaking ? soaking : flying).Add(job.Move.Job);
        }
        return new CampaignLoad { InFlight = flying.ToImmutable(), Soaking = soaking.ToImmutable(), Measured = view.Measured };
    }
}
