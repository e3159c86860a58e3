using System.Collections.Immutable;

namespace Flink.Resources.Rollback;

/// <summary>What each way back does to each class of sink.</summary>
internal static class SinkEffects
{
    private const string NotDeclared = "(not declared)";

    public static ImmutableArray<SinkEffect> Of(RollbackChoice choice, RollbackEvidence evidence)
    {
        IEnumerable<KeyValuePair<string, SinkClass>> sinks = evidence.Sinks.IsEmpty ? [new(NotDeclared, SinkClass.Unknown)] : evidence.Sinks;
        return [.. sinks.Select(s => Effect(s.Key, s.Value, choice, evidence))];
    }

    private static SinkEffect Effect(string sink, SinkClass kind, RollbackChoice choice, RollbackEvidence evidence)
    {
        var effect = Of(choice, kind, evidence.TargetWrote != false, evidence.TablesAreSetBack);
        return new(sink, kind, effect, Words(effect, choice, kind));
    }

    /// <summary>
    /// A stop with savepoint commits all there is. A checkpoint carries transactions and commits with it, all else is written again from there.
    /// The snapshot of the stop knows nothing of what the target committed.
    /// </summary>
    public static DataEffect Of(RollbackChoice choice, SinkClass kind, bool wrote, bool tablesAreSetBack) => (choice, kind) switch
    {
        (RollbackChoice.Fresh, _) => DataEffect.StateLost,
        (RollbackChoice.CarryForward, _) => DataEffect.None,
        (RollbackChoice.ReturnToOrigin, _) when !wrote => DataEffect.None,
        (_, SinkClass.Idempotent) => DataEffect.Converges,
        (_, SinkClass.Append) => DataEffect.Duplicates,
        (RollbackChoice.TargetCheckpoint, SinkClass.Transactional or SinkClass.TableCommits) => DataEffect.None,
        (RollbackChoice.ReturnToOrigin, SinkClass.Transactional) => DataEffect.Duplicates,
        (RollbackChoice.ReturnToOrigin, SinkClass.TableCommits) => tablesAreSetBack ? DataEffect.None : DataEffect.DuplicatesOrSkips,
        _ => DataEffect.RepeatedEffects,
    };

    private static string Words(DataEffect effect, RollbackChoice choice, SinkClass kind)
    {
        var since = choice == RollbackChoice.TargetCheckpoint ? "since the target's newest checkpoint" : "since the source was stopped";
        return effect switch
        {
            DataEffect.None when choice == RollbackChoice.TargetCheckpoint => "nothing is lost or repeated once the open transactions of the dead copy are aborted.",
            DataEffect.None => "nothing is lost or repeated.",
            DataEffect.Converges => $"what was written {since} is written again under the same keys; the values come out the same.",
            DataEffect.Duplicates when kind == SinkClass.Transactional => $"what the target committed {since} stays visible and is written again: duplicates.",
            DataEffect.Duplicates => $"what was written {since} is written again: duplicates.",
            DataEffect.DuplicatesOrSkips => $"what the target committed {since} is there twice, or commits are skipped because the table takes them for done, unless the table is set back too.",
            DataEffect.RepeatedEffects => $"calls, mails and other effects {since} happen once more.",
            _ => "the job forgets what it knew; its results begin anew.",
        };
    }

    /// <summary>Why the snapshot of the stop may not be taken without a person; null when it may.</summary>
    public static string? ObjectionToOrigin(ImmutableArray<SinkEffect> effects, bool acceptsDuplicates)
    {
        var against = effects.Where(e => !MayReplay(e, acceptsDuplicates)).ToList();
        return against.Count == 0 ? null : string.Join(' ', against.Select(static e => $"{e.Sink}: {e.Words}"));
    }

    /// <summary>An append sink is at-least-once by its own promise. What happens outside, or is lost in silence, is never for a machine to accept.</summary>
    private static bool MayReplay(SinkEffect effect, bool acceptsDuplicates) => effect.Effect switch
    {
        DataEffect.None or DataEffect.Converges => true,
        DataEffect.Duplicates => effect.Class == SinkClass.Append || acceptsDuplicates,
        _ => false,
    };
}
