using System.Globalization;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>What is wrong with a campaign, all of it at once.</summary>
internal static class CampaignRules
{
    private const int Shown = 20;

    /// <summary>Checks a campaign.</summary>
    /// <exception cref="ArgumentException">Something is wrong.</exception>
    public static void Check(CampaignRequest request, IBackendCatalog backends)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = new List<string>();
        if (!JobKey.TryParse($"campaigns/{request.Name}", out _))
        {
            errors.Add($"Name is '{request.Name}': 1-{JobKey.MaximumPartLength} of A-Z a-z 0-9 . _ - are wanted, not starting with a dot.");
        }
        var seen = new HashSet<JobKey>();
        foreach (var wave in request.Plan.Waves)
        {
            foreach (var move in wave.Moves)
            {
                CheckMove(request, wave, move, seen, backends, errors);
            }
        }
        foreach (var (field, time) in new[] { ("PollInterval", request.Options.PollInterval), ("SnapshotAge", request.Options.SnapshotAge), ("ControlPlaneInterval", request.Options.ControlPlaneInterval) })
        {
            if (time < TimeSpan.FromSeconds(1))
            {
                errors.Add($"Options.{field} is {time:c}: at least one second is wanted.");
            }
        }
        if (JudgementPolicy.Objection("Options.EligibilityAge", request.Options.EligibilityAge) is { } age)
        {
            errors.Add(age);
        }
        Try(() => _ = new StartGate(request.Options.Limits, request.Options.Windows), errors);
        Try(() => AbortRules.Evaluate(new CampaignFacts { Now = DateTimeOffset.UnixEpoch }, request.Options.Abort), errors);
        if (errors.Count > 0)
        {
            var more = errors.Count > Shown ? string.Create(CultureInfo.InvariantCulture, $" And {errors.Count - Shown} more.") : string.Empty;
            throw new ArgumentException($"Campaign {request.Name} can't be begun. {string.Join(' ', errors.Take(Shown))}{more}", nameof(request));
        }
    }

    /// <summary>Checks how jobs are brought back.</summary>
    /// <exception cref="ArgumentException">Something is wrong.</exception>
    public static void Check(RollbackOptions options)
    {
        var errors = new List<string>();
        if (options.InFlight < 1)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"InFlight is {options.InFlight}: at least 1 is wanted."));
        }
        if (options.PerQueue < 1)
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"PerQueue is {options.PerQueue}: at least 1 is wanted."));
        }
        if (options.PollInterval < TimeSpan.FromSeconds(1))
        {
            errors.Add($"PollInterval is {options.PollInterval:c}: at least one second is wanted.");
        }
        if (errors.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', errors), nameof(options));
        }
    }

    private static void CheckMove(CampaignRequest request, PlannedWave wave, PlannedMove move, HashSet<JobKey> seen, IBackendCatalog backends, List<string> errors)
    {
        var job = move.Job.Job;
        if (!seen.Add(job))
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"Plan has {job} twice, the second time in wave {wave.Number}: each job moves once."));
        }
        if (!request.Moves.TryGetValue(job, out var moving))
        {
            errors.Add($"Moves has no {job}: each job of the plan needs one.");
            return;
        }
        if (moving.TargetBackend != move.To.Backend || moving.TargetSpec.Queue != move.To.Queue)
        {
            errors.Add($"Moves[{job}] goes to {moving.TargetBackend}, {moving.TargetSpec.Queue}: the plan says {move.To.Backend}, {move.To.Queue}.");
        }
        Try(() => MoveRequestRules.Check(moving, backends), errors);
    }

    private static void Try(Action check, List<string> errors)
    {
        try
        {
            check();
        }
        catch (ArgumentException exception)
        {
            errors.Add(exception.Message);
        }
    }
}
