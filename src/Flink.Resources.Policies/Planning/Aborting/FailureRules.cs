using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Rules that count moves which failed.</summary>
internal sealed class FailureRules(CampaignFacts facts, AbortOptions options, HoldSet holds)
{
    private const int MostNames = 5;

    private readonly ImmutableArray<EndedMove> _ended =
        [.. facts.Ended.OrderBy(static e => e.At).ThenBy(static e => e.Job.Value, StringComparer.Ordinal).ThenBy(static e => e.Ending)];

    public void Evaluate()
    {
        Canaries();
        Waves();
        Campaign();
        Important();
        FailedRollbacks();
        SeenTwice();
        Signatures();
    }

    private void Canaries()
    {
        const string Key = "canary-failed";
        if (New(Key, static e => e.Stage == PlanStage.Canary) is { IsEmpty: false } failed)
        {
            holds.Place(holds.ForPerson(Key, CampaignHoldKind.Stop, Say($"{failed.Length} of the canaries failed: {Names(failed)}. A campaign whose canaries fail ends.")));
        }
    }

    private void Waves()
    {
        foreach (var wave in _ended.Where(IsFinished).GroupBy(static e => e.Wave))
        {
            var key = Say($"wave-failures:{wave.Key}");
            var finished = wave.Count();
            var failed = wave.Where(IsBlamed).ToImmutableArray();
            if (failed.Length >= options.WaveFailures && failed.Length >= options.WaveFailureShare * finished && IsNew(key, failed))
            {
                holds.Place(holds.ForPerson(key, CampaignHoldKind.Pause, Say(
                    $"{failed.Length} of {finished} finished moves of wave {wave.Key} failed ({Percent(failed.Length, finished)}), {options.WaveFailureShare:0.##%} is the limit: {Names(failed)}.")));
            }
        }
    }

    private void Campaign()
    {
        const string Key = "campaign-failures";
        var newest = _ended.Where(IsFinished).TakeLast(options.CampaignWindow).ToImmutableArray();
        var failed = newest.Where(IsBlamed).ToImmutableArray();
        if (failed.Length > 0 && failed.Length >= options.CampaignFailureShare * options.CampaignWindow && IsNew(Key, failed))
        {
            holds.Place(holds.ForPerson(Key, CampaignHoldKind.Pause, Say(
                $"{failed.Length} of the last {newest.Length} finished moves failed; of {options.CampaignWindow} fewer than {options.CampaignFailureShare:0.##%} may: {Names(failed)}.")));
        }
    }

    private void Important()
    {
        const string PauseKey = "important-rolled-back";
        const string StopKey = "important-rolled-back:stop";
        var back = _ended.Where(static e => e.Ending is MoveEnding.RolledBack or MoveEnding.RollbackFailed && e.Priority.IsImportant() && !e.IsByChoice).ToImmutableArray();
        if (back.Length >= options.ImportantStops && IsNew(StopKey, back))
        {
            holds.Place(holds.ForPerson(StopKey, CampaignHoldKind.Stop, Say($"{back.Length} jobs of tier P0 or P1 went back, {options.ImportantStops} end a campaign: {Names(back)}.")));
        }
        if (back.Length >= options.ImportantPauses && IsNew(PauseKey, back))
        {
            holds.Place(holds.ForPerson(PauseKey, CampaignHoldKind.Pause, Say($"{back.Length} jobs of tier P0 or P1 went back: {Names(back)}.")));
        }
    }

    private void FailedRollbacks()
    {
        const string Key = "rollback-failed";
        var failed = _ended.Where(e => e.Ending == MoveEnding.RollbackFailed && e.At > holds.ReleasedAt(Key)).ToImmutableArray();
        if (!failed.IsEmpty)
        {
            holds.Place(holds.ForPerson(Key, CampaignHoldKind.Stop, $"The way back failed: {Names(failed)}. Somebody has to look at it.") with { Pages = true });
        }
    }

    private void SeenTwice()
    {
        const string Key = "two-copies";
        var seen = facts.SeenTwice.Where(s => s.At > holds.ReleasedAt(Key)).OrderBy(static s => s.Job.Value, StringComparer.Ordinal).ThenBy(static s => s.At).ToImmutableArray();
        if (!seen.IsEmpty)
        {
            holds.Place(holds.ForPerson(Key, CampaignHoldKind.Stop,
                $"Two live copies were seen of {string.Join(", ", seen.Select(static s => $"{s.Job} ({s.Evidence})").Distinct(StringComparer.Ordinal).Take(MostNames))}.") with { Pages = true });
        }
    }

    private void Signatures()
    {
        var failures = _ended.Where(e => e.Signature is not null && e.Ending != MoveEnding.Committed && !e.IsByChoice && !DuringIncident(e));
        foreach (var same in failures.GroupBy(static e => e.Signature!, StringComparer.Ordinal))
        {
            var (key, failed) = ("same-cause:" + same.Key, same.ToImmutableArray());
            var jobs = failed.Select(static e => e.Job).Distinct().Count();
            if (jobs >= options.SameSignature && IsNew(key, failed))
            {
                holds.Place(holds.ForPerson(key, CampaignHoldKind.Pause, Say(
                    $"{jobs} jobs failed for the same cause, '{same.Key}', {options.SameSignature} is the limit: {Names(failed)}. Jobs with the same cause are not started.")) with
                {
                    BlockedSignature = same.Key,
                });
            }
        }
    }

    private ImmutableArray<EndedMove> New(string key, Func<EndedMove, bool> which) =>
        [.. _ended.Where(e => IsFinished(e) && IsBlamed(e) && which(e) && e.At > holds.ReleasedAt(key))];

    private bool IsNew(string key, ImmutableArray<EndedMove> failed) => failed[^1].At > holds.ReleasedAt(key);

    private static bool IsFinished(EndedMove ended) => ended.Ending != MoveEnding.NotMoved;

    private bool IsBlamed(EndedMove ended) => ended is { Ending: not MoveEnding.Committed, IsByChoice: false } && !DuringIncident(ended);

    private bool DuringIncident(EndedMove ended) => facts.Incidents.Any(i => i.From <= ended.At && !(i.To < ended.At));

    private static string Names(ImmutableArray<EndedMove> moves)
    {
        var names = moves.Select(static m => m.Job.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToImmutableArray();
        return string.Join(", ", names.Take(MostNames)) + (names.Length > MostNames ? Say($" and {names.Length - MostNames} more") : string.Empty);
    }

    private static string Percent(int part, int whole) => Say($"{(double)part / whole:0.#%}");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
