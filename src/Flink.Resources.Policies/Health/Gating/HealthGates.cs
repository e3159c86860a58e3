using System.Collections.Immutable;
using System.Globalization;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>Which gates are open. A gate needs evidence that is fresh: what was not seen opens none.</summary>
internal static class HealthGates
{
    public static ImmutableArray<GateFinding> Open(HealthFacts facts, HealthOptions options)
    {
        ImmutableArray<GateFinding>.Builder? open = null;
        Add(HealthGate.G1NotRunning, NotRunning(facts, options));
        Add(HealthGate.G2NoCheckpoint, NoCheckpoint(facts, options));
        Add(HealthGate.G3RestartLoop, Often(facts, options, Metrics.Restart, options.Gates.Restarts, "restarts"));
        Add(HealthGate.G4WrongSnapshot, facts.RestoredAsIntended == false ? $"restored {facts.RestoredInstead ?? "nothing"} instead of what was meant" : null);
        Add(HealthGate.G5FallingBehind, FallingBehind(facts, options));
        Add(HealthGate.G6SecondCopy, facts.SecondCopy is { } copy ? $"a second copy is alive: {copy}" : null);
        Add(HealthGate.G7RootCause, RootCauseGates.NotHealing(facts, options.Gates));
        Add(HealthGate.G8DataLoss, RootCauseGates.DataLoss(facts, options));
        Add(HealthGate.G9OwnerCheck, facts.OwnerObjection);
        Add(HealthGate.G10JobManagerLoss, Often(facts, options, Metrics.JobManagerLoss, options.Gates.JobManagerLosses, "losses of the JobManager or its leadership"));
        return open?.ToImmutable() ?? [];

        void Add(HealthGate gate, string? evidence)
        {
            if (evidence is not null)
            {
                (open ??= ImmutableArray.CreateBuilder<GateFinding>()).Add(new(gate, evidence));
            }
        }
    }

    private static string? NotRunning(HealthFacts facts, HealthOptions options)
    {
        if (facts.IsPaused || facts.Kind == JobKind.Batch || !facts.Series.TryGetValue(Metrics.Running, out var running)
            || running.NewestAt is not { } newest || !IsFresh(newest, facts, options))
        {
            return null;
        }
        DateTimeOffset? since = null;
        for (var i = running.Samples.Length - 1; i >= 0 && running.Samples[i].Value < 1; i--)
        {
            since = running.Samples[i].At;
        }
        return facts.Now - since > options.Gates.NotRunning ? Say($"not running since {since:u}") : null;
    }

    private static string? NoCheckpoint(HealthFacts facts, HealthOptions options)
    {
        if (facts.IsPaused || facts.CheckpointInterval is not { } interval || !facts.Series.TryGetValue(Metrics.CheckpointCompleted, out var completed)
            || !IsFresh(completed.ReadAt, facts, options))
        {
            return null;
        }
        var sinceStart = completed.After(facts.StartedAt);
        var isFirst = sinceStart.IsEmpty;
        var last = isFirst ? facts.StartedAt : sinceStart[^1].At;
        var allowed = Longer(interval * options.Gates.CheckpointIntervals, options.Gates.NoCheckpoint);
        if (isFirst && facts.FirstCheckpointIsFull)
        {
            allowed = Longer(allowed, CheckpointItems.FirstMayTake(facts, options.Measuring));
        }
        return facts.Now - last > allowed ? Say($"no checkpoint completed since {last:u}, {allowed:c} is allowed") : null;
    }

    private static string? FallingBehind(HealthFacts facts, HealthOptions options)
    {
        if (facts.CatchUpDeadline is not { } deadline || facts.Now <= deadline || !facts.Series.TryGetValue(Metrics.Lag, out var lag)
            || lag.NewestAt is not { } newest || !IsFresh(newest, facts, options)
            || DelayAllowance.Of(facts, Metrics.Lag, options.Measuring) is not { } allowed)
        {
            return null;
        }
        var samples = lag.After(facts.Now - options.Gates.Window);
        if (samples.Length < 2)
        {
            return null;
        }
        // Two halves, so that one sample up or down does not make a trend.
        var (before, after) = (Quantiles.Of(samples[..(samples.Length / 2)], 0.5), Quantiles.Of(samples[(samples.Length / 2)..], 0.5));
        var limit = allowed.TotalSeconds * options.Gates.LagFactor;
        return after > limit && after > before
            ? Say($"{after:0.#} s behind and rising ({before:0.#} s before), {limit:0.#} s is allowed after {deadline:u}")
            : null;
    }

    private static string? Often(HealthFacts facts, HealthOptions options, string metric, int limit, string what)
    {
        var count = facts.Series.TryGetValue(metric, out var events) ? events.After(facts.Now - options.Gates.Window).Length : 0;
        return count >= limit ? Say($"{count} {what} within {options.Gates.Window:c}") : null;
    }

    internal static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static bool IsFresh(DateTimeOffset at, HealthFacts facts, HealthOptions options) => facts.Now - at <= options.Scoring.StaleAfter;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
