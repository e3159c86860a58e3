using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Rules about the servers of the clusters. Their trouble is not the jobs'.</summary>
internal sealed class ControlPlaneRules(CampaignFacts facts, AbortOptions options, HoldSet holds)
{
    private const string TargetKey = "target-control-plane:";
    private const string SourceKey = "source-control-plane:";

    public void Evaluate()
    {
        var looked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var plane in facts.ControlPlanes.OrderBy(static p => p.Backend, StringComparer.Ordinal))
        {
            ImmutableArray<ControlPlaneSample> samples = [.. plane.Samples.Where(s => s.At <= facts.Now)
                .OrderByDescending(static s => s.At).ThenBy(static s => s.IsReadable)];
            if (plane.IsTarget)
            {
                _ = looked.Add(TargetKey + plane.Backend);
                Judge(TargetKey + plane.Backend, samples, TargetTrouble, options.TargetTroubleFor, (trouble, since) => Target(plane.Backend, trouble, since));
            }
            if (plane.IsSource)
            {
                _ = looked.Add(SourceKey + plane.Backend);
                Judge(SourceKey + plane.Backend, samples, static s => s.IsReadable ? null : "it does not answer", options.SourceUnreadableFor, (trouble, since) => Source(plane.Backend, trouble, since));
            }
        }
        foreach (var hold in holds.StandingUntilWell)
        {
            var isPlane = hold.Key.StartsWith(TargetKey, StringComparison.Ordinal) || hold.Key.StartsWith(SourceKey, StringComparison.Ordinal);
            if (isPlane && !looked.Contains(hold.Key))
            {
                holds.KeepUnknown(hold.Key);
            }
        }
    }

    private void Judge(
        string key, ImmutableArray<ControlPlaneSample> newestFirst, Func<ControlPlaneSample, string?> trouble, TimeSpan least, Func<string, DateTimeOffset, CampaignHold> place)
    {
        if (newestFirst.IsEmpty || facts.Now - newestFirst[0].At > options.SampleAge)
        {
            holds.KeepUnknown(key);
            return;
        }
        if (trouble(newestFirst[0]) is not { } now)
        {
            return;
        }
        var since = newestFirst.TakeWhile(s => trouble(s) is not null).Last().At;
        if (facts.Now - since >= least)
        {
            holds.Place(place(now, since));
        }
        else
        {
            // Not long enough to place a hold, but enough to keep one: not all is well.
            holds.KeepUnknown(key);
        }
    }

    private CampaignHold Target(string backend, string trouble, DateTimeOffset since) =>
        holds.UntilWell(TargetKey + backend, Say($"The servers of target {backend} have been in trouble since {since.ToUniversalTime():u}: {trouble}. Scores in that time are not known.")) with
        {
            ScoresAreUnknown = true,
            Backend = backend,
        };

    private CampaignHold Source(string backend, string trouble, DateTimeOffset since) =>
        holds.UntilWell(SourceKey + backend, Say($"The servers of source {backend} could not be read since {since.ToUniversalTime():u}: {trouble}.")) with
        {
            HoldsStops = true,
            Backend = backend,
        };

    private string? TargetTrouble(ControlPlaneSample sample) => sample switch
    {
        { IsReadable: false } => "they do not answer",
        { ErrorShare: { } share } when share > options.ErrorShare => Say($"{share:0.#%} of calls fail, {options.ErrorShare:0.#%} is the limit"),
        { P99: { } p99 } when p99 > options.P99 => Say($"the p99 of calls is {p99.TotalSeconds:0.0} s, {options.P99.TotalSeconds:0.0} s is the limit"),
        { LongPendingShare: { } share } when share > options.LongPendingShare => Say($"{share:0.#%} of pods wait too long, {options.LongPendingShare:0.#%} is the limit"),
        _ => null,
    };

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
