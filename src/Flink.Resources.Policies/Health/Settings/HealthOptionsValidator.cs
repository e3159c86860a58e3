using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Health;

/// <summary>Checks the ranges of options.</summary>
public static class HealthOptionsValidator
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Every number out of its range, each with its place, its value and what would be right. Empty when all are right.</summary>
    public static ImmutableArray<string> Validate(HealthOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new Errors();
        CheckItems(errors, nameof(options.Streaming), options.Streaming);
        CheckItems(errors, nameof(options.NearRealTime), options.NearRealTime);
        CheckItems(errors, nameof(options.Batch), options.Batch);
        Check(errors, options.Scoring);
        Check(errors, options.Verdicts);
        Check(errors, options.Commit);
        Check(errors, options.Measuring);
        Check(errors, options.Gates);
        return errors.ToImmutable();
    }

    internal static void ThrowIfInvalid(HealthOptions options)
    {
        if (Validate(options) is { IsEmpty: false } errors)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, errors), nameof(options));
        }
    }

    private static void CheckItems(Errors errors, string kind, ImmutableArray<HealthItem> items)
    {
        if (items.IsDefaultOrEmpty)
        {
            errors.Add($"{kind} is empty; a score needs at least one item.");
            return;
        }
        foreach (var item in items)
        {
            CheckItem(errors, $"{kind}:{item.Key}", item);
        }
        foreach (var twice in items.GroupBy(static i => i.Key, StringComparer.Ordinal).Where(static g => g.Skip(1).Any()))
        {
            errors.Add($"{kind}:{twice.Key} is there twice; keys are unique.");
        }
    }

    private static void CheckItem(Errors errors, string place, HealthItem item)
    {
        if (string.IsNullOrWhiteSpace(item.Key))
        {
            errors.Add($"{place}: an item needs a key.");
        }
        if (!double.IsFinite(item.Bad) || !double.IsFinite(item.Good) || item.Bad.Equals(item.Good))
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{place}: Bad is {item.Bad} and Good is {item.Good}; they are two different finite numbers."));
        }
        errors.Above(place + ":Weight", item.Weight, 0, 1_000_000);
        errors.Within(place + ":Window", item.Window, TimeSpan.FromSeconds(1), TimeSpan.FromDays(366));
    }

    private static void Check(Errors errors, HealthScoringOptions scoring)
    {
        const string Place = "Scoring:";
        errors.Within(Place + nameof(scoring.EvaluationPeriod), scoring.EvaluationPeriod, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        errors.Within(Place + nameof(scoring.StaleAfterPeriods), scoring.StaleAfterPeriods, 1, 1000);
        errors.Within(Place + nameof(scoring.WatchFrom), scoring.WatchFrom, 0, 10);
        errors.Within(Place + nameof(scoring.HealthyFrom), scoring.HealthyFrom, scoring.WatchFrom, 10);
        errors.Within(Place + nameof(scoring.MinimumCoverage), scoring.MinimumCoverage, 0, 1);
        errors.Within(Place + nameof(scoring.FullCoverage), scoring.FullCoverage, scoring.MinimumCoverage, 1);
        errors.Within(Place + nameof(scoring.GateCap), scoring.GateCap, 0, 10);
        errors.Within(Place + nameof(scoring.FailedItemCap), scoring.FailedItemCap, 0, scoring.WatchFrom);
        errors.Within(Place + nameof(scoring.WeakItemCap), scoring.WeakItemCap, scoring.FailedItemCap, scoring.HealthyFrom);
        errors.Within(Place + nameof(scoring.WeakItemGrade), scoring.WeakItemGrade, 0, 1);
    }

    private static void Check(Errors errors, HealthVerdictOptions verdicts)
    {
        const string Place = "Verdicts:";
        errors.Within(Place + nameof(verdicts.UnhealthyRun), verdicts.UnhealthyRun, 1, 1000);
        errors.Within(Place + nameof(verdicts.UnhealthyFor), verdicts.UnhealthyFor, TimeSpan.Zero, Day);
        errors.Within(Place + nameof(verdicts.RollBackAfter), verdicts.RollBackAfter, TimeSpan.Zero, Day);
        errors.Within(Place + nameof(verdicts.RecoveryRun), verdicts.RecoveryRun, 1, 1000);
        errors.Within(Place + nameof(verdicts.RecoveredFrom), verdicts.RecoveredFrom, 0, 10);
        errors.Within(Place + nameof(verdicts.WatchRun), verdicts.WatchRun, 1, 1000);
        errors.Within(Place + nameof(verdicts.HealthyRun), verdicts.HealthyRun, 1, 1000);
        errors.Within(Place + nameof(verdicts.HealthyAgainFrom), verdicts.HealthyAgainFrom, verdicts.RecoveredFrom, 10);
        errors.Within(Place + nameof(verdicts.AlarmAfter), verdicts.AlarmAfter, TimeSpan.Zero, Day);
        errors.Within(Place + nameof(verdicts.AskAfter), verdicts.AskAfter, verdicts.AlarmAfter, Day);
    }

    private static void Check(Errors errors, HealthCommitOptions commit)
    {
        const string Place = "Commit:";
        errors.Within(Place + nameof(commit.GoodShare), commit.GoodShare, 0, 1);
        errors.Within(Place + nameof(commit.LastGood), commit.LastGood, 1, 1000);
        errors.Within(Place + nameof(commit.ReferenceMargin), commit.ReferenceMargin, 0, 10);
        errors.Within(Place + nameof(commit.CoverageShare), commit.CoverageShare, 0, 1);
        errors.Within(Place + nameof(commit.Checkpoints), commit.Checkpoints, 0, 1000);
        errors.Within(Place + nameof(commit.GoodCycles), commit.GoodCycles, 1, 1000);
        errors.Within(Place + nameof(commit.GoodRuns), commit.GoodRuns, 1, 1000);
        errors.Within(Place + nameof(commit.GoodRunsWithComparison), commit.GoodRunsWithComparison, 1, 1000);
    }

    private static void Check(Errors errors, HealthMeasuringOptions measuring)
    {
        const string Place = "Measuring:";
        errors.Within(Place + nameof(measuring.DurationFloor), measuring.DurationFloor, TimeSpan.Zero, Day);
        errors.Within(Place + nameof(measuring.LagFloor), measuring.LagFloor, TimeSpan.FromMilliseconds(1), Day);
        errors.Within(Place + nameof(measuring.LagBaselineFactor), measuring.LagBaselineFactor, 1, 100);
        errors.Above(Place + nameof(measuring.ErrorsPerMinuteFloor), measuring.ErrorsPerMinuteFloor, 0, 1_000_000);
        errors.Within(Place + nameof(measuring.LeastOutcomes), measuring.LeastOutcomes, 1, 1000);
        errors.Within(Place + nameof(measuring.CheckpointIntervals), measuring.CheckpointIntervals, 1, 1000);
        errors.Within(Place + nameof(measuring.ScaledFromEvents), measuring.ScaledFromEvents, 1, 1000);
        errors.Within(Place + nameof(measuring.SingleInterruption), measuring.SingleInterruption, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        errors.Within(Place + nameof(measuring.LeastRateForCpu), measuring.LeastRateForCpu, 0, 1);
        errors.Within(Place + nameof(measuring.FirstCheckpoint), measuring.FirstCheckpoint, TimeSpan.Zero, Day);
        errors.Within(Place + nameof(measuring.FirstCheckpointFactor), measuring.FirstCheckpointFactor, 1, 100);
        errors.Within(Place + nameof(measuring.WarmUp), measuring.WarmUp, TimeSpan.Zero, Day);
        errors.Within(Place + nameof(measuring.CaughtUpFor), measuring.CaughtUpFor, TimeSpan.Zero, Day);
        errors.Within(Place + nameof(measuring.CatchUpFactor), measuring.CatchUpFactor, 1, 100);
        errors.Within(Place + nameof(measuring.LongestCatchUp), measuring.LongestCatchUp, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
        errors.Within(Place + nameof(measuring.LeastBaselineSamples), measuring.LeastBaselineSamples, 1, 1000);
    }

    private static void Check(Errors errors, HealthGateOptions gates)
    {
        const string Place = "Gates:";
        errors.Within(Place + nameof(gates.NotRunning), gates.NotRunning, TimeSpan.Zero, Day);
        errors.Within(Place + nameof(gates.CheckpointIntervals), gates.CheckpointIntervals, 1, 1000);
        errors.Within(Place + nameof(gates.NoCheckpoint), gates.NoCheckpoint, TimeSpan.Zero, Day);
        errors.Within(Place + nameof(gates.Window), gates.Window, TimeSpan.FromMinutes(1), Day);
        errors.Within(Place + nameof(gates.Restarts), gates.Restarts, 1, 1000);
        errors.Within(Place + nameof(gates.LagFactor), gates.LagFactor, 1, 1000);
        errors.Within(Place + nameof(gates.OutOfMemoryKills), gates.OutOfMemoryKills, 1, 1000);
        errors.Within(Place + nameof(gates.LateDropFactor), gates.LateDropFactor, 1, 1000);
        errors.Within(Place + nameof(gates.LeastLateDrops), gates.LeastLateDrops, 1, 1_000_000);
        errors.Within(Place + nameof(gates.JobManagerLosses), gates.JobManagerLosses, 1, 1000);
    }

    private sealed class Errors
    {
        private readonly ImmutableArray<string>.Builder _errors = ImmutableArray.CreateBuilder<string>();

        public void Add(string error) => _errors.Add(error);

        public ImmutableArray<string> ToImmutable() => _errors.ToImmutable();

        public void Within(string place, double value, double least, double most)
        {
            if (!(value >= least && value <= most))
            {
                Add(string.Create(CultureInfo.InvariantCulture, $"{place} is {value}; it is {least} to {most}."));
            }
        }

        public void Above(string place, double value, double least, double most)
        {
            if (!(value > least && value <= most))
            {
                Add(string.Create(CultureInfo.InvariantCulture, $"{place} is {value}; it is more than {least} and at most {most}."));
            }
        }

        public void Within(string place, TimeSpan value, TimeSpan least, TimeSpan most)
        {
            if (value < least || value > most)
            {
                Add(string.Create(CultureInfo.InvariantCulture, $"{place} is {value:c}; it is {least:c} to {most:c}."));
            }
        }
    }
}
