using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Rules about jobs that were moved and are worse than they were, and about what makes others worse too.</summary>
internal sealed class HealthRules(CampaignFacts facts, AbortOptions options, HoldSet holds)
{
    private const string IncidentKey = "incident:";
    private const string UnmovedKey = "unmoved-jobs";

    public void Evaluate()
    {
        Scores();
        Degraded();
        Incidents();
        Unmoved();
    }

    private void Scores()
    {
        const string Key = "mean-score";
        var (from, released) = (facts.Now - options.MeanScoreFor, holds.ReleasedAt(Key));
        // What is not known is neither good nor bad: it ends a series of bad ones, and it begins none.
        var newest = facts.Scores.Where(s => s.At <= facts.Now && s.At > released).OrderByDescending(static s => s.At).ThenBy(static s => s.Mean)
            .TakeWhile(s => s.Mean < options.MeanScore).ToImmutableArray();
        if (!newest.IsEmpty && newest[^1].At <= from && newest[0].At > from)
        {
            holds.Place(holds.ForPerson(Key, CampaignHoldKind.Pause, Say(
                $"The mean score of the jobs that are watched has been below {options.MeanScore:0.##} since {newest[^1].At.ToUniversalTime():u}; it is {newest[0].Mean:0.0} now.")));
        }
    }

    private void Degraded()
    {
        const string Key = "committed-degraded";
        var worse = facts.Degraded.Where(d => d.Since - d.CommittedAt <= options.DegradedWithin)
            .OrderBy(static d => d.Since).ThenBy(static d => d.Job.Value, StringComparer.Ordinal).ToImmutableArray();
        if (worse.Select(static d => d.Job).Distinct().Count() is var jobs && jobs >= options.Degraded && worse[^1].Since > holds.ReleasedAt(Key))
        {
            holds.Place(holds.ForPerson(Key, CampaignHoldKind.Pause, Say(
                $"{jobs} jobs got worse within {options.DegradedWithin.TotalHours:0.#} h of their commit: {string.Join(", ", worse.Select(static d => d.Job.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(5))}.")) with
            {
                PreviewRollback = [.. worse.Select(static d => d.Wave).Distinct().Order()],
            });
        }
    }

    private void Incidents()
    {
        foreach (var incident in facts.Incidents.Where(i => i.From <= facts.Now).OrderBy(static i => i.From).ThenBy(static i => i.Name, StringComparer.Ordinal))
        {
            var key = IncidentKey + incident.Name;
            if (!(incident.To <= facts.Now))
            {
                holds.Place(NotToBlame(key, $"{incident.Name} has been in trouble since {incident.From.ToUniversalTime():u}: the migration is not to blame."));
            }
            else if (facts.Now - incident.To < options.RearmAfter)
            {
                holds.Place(NotToBlame(key, $"{incident.Name} was in trouble until {incident.To.Value.ToUniversalTime():u}.") with { LastSeen = incident.To.Value });
            }
        }
    }

    private void Unmoved()
    {
        if (facts.Unmoved is not { } unmoved)
        {
            holds.KeepUnknown(UnmovedKey);
        }
        else if (unmoved.Shifted >= options.UnmovedJobs && unmoved.Shifted >= options.UnmovedShare * unmoved.Watched)
        {
            holds.Place(NotToBlame(UnmovedKey, Say(
                $"{unmoved.Shifted} of {unmoved.Watched} jobs that are not moved left their baseline too: the migration is not to blame.")));
        }
    }

    private CampaignHold NotToBlame(string key, string reason) => holds.UntilWell(key, reason) with { ScoresAreUnknown = true };

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
