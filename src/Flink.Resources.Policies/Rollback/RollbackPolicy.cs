using System.Collections.Immutable;

namespace Flink.Resources.Rollback;

/// <summary>
/// From which state does a job go back to its source? What loses and repeats least comes first; what duplicates where that was not allowed,
/// loses, or acts outside again is never chosen without a person; what is not known allows nothing. Pure.
/// </summary>
public static class RollbackPolicy
{
    /// <summary>How old the target's newest checkpoint may be, in intervals, so that a savepoint is expected to succeed.</summary>
    private const int FreshIntervals = 2;

    /// <summary>Decides.</summary>
    public static RollbackDecision Decide(RollbackEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ImmutableArray<RollbackOption> options = [CarryForward(evidence), TargetCheckpoint(evidence), ReturnToOrigin(evidence), Fresh(evidence)];
        return evidence.Order == RollbackOrder.Automatic ? Choose(options) : Obey(options, ChoiceOf(evidence.Order));
    }

    private static RollbackDecision Choose(ImmutableArray<RollbackOption> options)
    {
        if (options.FirstOrDefault(static o => o.IsAutomatic) is { } best)
        {
            return Take(best, options, best.Choice switch
            {
                RollbackChoice.CarryForward => "the target runs and its checkpoints succeed",
                RollbackChoice.TargetCheckpoint => $"no savepoint of the target: {options[0].Obstacle ?? options[0].Objection}",
                _ when best.Effects.All(static e => e.Effect == DataEffect.None) => "the target wrote nothing that would be repeated",
                _ => "every sink allows that records are written again",
            });
        }
        var possible = options.Where(static o => o.IsPossible).Select(static o => $"{o.Choice} ({o.Objection})");
        return Park(options, $"a person has to choose: {string.Join("; ", possible)}");
    }

    private static RollbackDecision Obey(ImmutableArray<RollbackOption> options, RollbackChoice ordered)
    {
        var option = options.Single(o => o.Choice == ordered);
        return option.IsPossible ? Take(option, options, "ordered by a person") : Park(options, $"{ordered} was ordered, and is not possible: {option.Obstacle}");
    }

    private static RollbackDecision Take(RollbackOption option, ImmutableArray<RollbackOption> options, string reason) =>
        new() { Choice = option.Choice, From = option.From, Reason = reason, Effects = option.Effects, Options = options };

    private static RollbackDecision Park(ImmutableArray<RollbackOption> options, string reason) =>
        new() { Choice = RollbackChoice.Parked, Reason = reason, Options = options };

    private static RollbackOption CarryForward(RollbackEvidence evidence)
    {
        var obstacle = evidence.IsOneWay ? "the source cannot read what the target writes"
            : evidence.TargetRuns is null ? "it is not known whether the target runs"
            : evidence.TargetRuns == false ? "the target does not run"
            : evidence.SavepointFailed ? "the target gave no savepoint"
            : null;
        var objection = Damage(evidence) ?? (IsFresh(evidence) ? null : "the target's checkpoints are too old to expect a savepoint");
        return new(RollbackChoice.CarryForward, null, obstacle, objection, SinkEffects.Of(RollbackChoice.CarryForward, evidence));
    }

    private static RollbackOption TargetCheckpoint(RollbackEvidence evidence)
    {
        var checkpoint = evidence.TargetCheckpoint;
        var obstacle = evidence.IsOneWay ? "the source cannot read what the target writes"
            : checkpoint is null ? "no completed checkpoint of the target is known"
            : evidence.Origin is { } origin && checkpoint.At <= origin.At ? "the newest checkpoint is not newer than the stop"
            : evidence.RetainsCheckpoints != true ? "the target's checkpoints end with it, as far as is known"
            : evidence.SourceReadsCheckpoint != true ? "it is not known that the source can read the target's checkpoint"
            : null;
        return new(RollbackChoice.TargetCheckpoint, checkpoint, obstacle, Damage(evidence), SinkEffects.Of(RollbackChoice.TargetCheckpoint, evidence));
    }

    private static RollbackOption ReturnToOrigin(RollbackEvidence evidence)
    {
        var obstacle = evidence.Origin is null || evidence.OriginExists == false ? "the snapshot of the stop is gone"
            : evidence.OriginExists is null ? "it is not known whether the snapshot of the stop is still there"
            : null;
        var effects = SinkEffects.Of(RollbackChoice.ReturnToOrigin, evidence);
        return new(RollbackChoice.ReturnToOrigin, evidence.Origin, obstacle, SinkEffects.ObjectionToOrigin(effects, evidence.AcceptsDuplicates), effects);
    }

    private static RollbackOption Fresh(RollbackEvidence evidence) =>
        new(RollbackChoice.Fresh, null, null, "the job's state would be lost; only its owner orders that", SinkEffects.Of(RollbackChoice.Fresh, evidence));

    /// <summary>A target that began from something else has another state than the job's; its snapshots carry that on.</summary>
    private static string? Damage(RollbackEvidence evidence) => evidence.RestoredAsIntended switch
    {
        true => null,
        false => "the target did not begin from the snapshot that was meant, and its state is not the job's",
        null => "it is not known that the target began from the snapshot that was meant",
    };

    private static bool IsFresh(RollbackEvidence evidence) =>
        evidence is { TargetCheckpoint: { } checkpoint, CheckpointInterval: { } interval } && evidence.Now - checkpoint.At < interval * FreshIntervals;

    private static RollbackChoice ChoiceOf(RollbackOrder order) => order switch
    {
        RollbackOrder.CarryForward => RollbackChoice.CarryForward,
        RollbackOrder.TargetCheckpoint => RollbackChoice.TargetCheckpoint,
        RollbackOrder.ToOrigin => RollbackChoice.ReturnToOrigin,
        RollbackOrder.Fresh => RollbackChoice.Fresh,
        _ => throw new ArgumentOutOfRangeException(nameof(order), order, "The order is none that is known."),
    };
}
