using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>An incident, and who said so.</summary>
/// <param name="Source">Who: the name of an <see cref="IDependencyIncidents"/>, or a person.</param>
/// <param name="Incident">What.</param>
internal sealed record KnownIncident(string Source, DependencyIncident Incident);

/// <summary>What a campaign knows of incidents, and how it changes. Pure.</summary>
internal static class CampaignIncidents
{
    /// <summary>Those that are over are remembered for the failures that fell into them, and not without end.</summary>
    private const int MostEnded = 200;

    /// <summary>What is known after a source was asked: what it still says, what it says anew, and the end of what it no longer says.</summary>
    public static ImmutableArray<KnownIncident> Hear(ImmutableArray<KnownIncident> known, string source, ImmutableArray<DependencyIncident> said, DateTimeOffset now)
    {
        var next = known.ToList();
        var lasting = said.Where(static i => i.To is null).Select(static i => i.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var incident in said)
        {
            // One that lasts is the same as before, also where its source dates it anew with each look.
            var at = next.FindIndex(k => k.Source == source && k.Incident.Name == incident.Name
                && (k.Incident.From == incident.From || (k.Incident.To is null && (incident.To is null || !lasting.Contains(incident.Name)))));
            if (at < 0)
            {
                next.Add(new KnownIncident(source, incident));
            }
            else
            {
                next[at] = new KnownIncident(source, incident with { From = next[at].Incident.From < incident.From ? next[at].Incident.From : incident.From });
            }
        }
        return Bound(next.Select(k => k.Source == source && k.Incident.To is null && !lasting.Contains(k.Incident.Name) ? Ended(k, now) : k));
    }

    /// <summary>A person says that something is in trouble.</summary>
    public static ImmutableArray<KnownIncident> Report(ImmutableArray<KnownIncident> known, string name, string by, DateTimeOffset at) =>
        Bound(known.Add(new KnownIncident(by, new DependencyIncident(name, at))));

    /// <summary>A person says that it is over, whoever said that it was there.</summary>
    public static ImmutableArray<KnownIncident> End(ImmutableArray<KnownIncident> known, string name, DateTimeOffset at) =>
        [.. known.Select(k => k.Incident.Name == name && k.Incident.To is null ? Ended(k, at) : k)];

    private static KnownIncident Ended(KnownIncident known, DateTimeOffset at) => known with { Incident = known.Incident with { To = at } };

    private static ImmutableArray<KnownIncident> Bound(IEnumerable<KnownIncident> incidents)
    {
        var all = incidents.ToLookup(static k => k.Incident.To is null);
        return [.. all[true].Concat(all[false].OrderByDescending(static k => k.Incident.To).Take(MostEnded))
            .OrderBy(static k => k.Incident.From).ThenBy(static k => k.Incident.Name, StringComparer.Ordinal).ThenBy(static k => k.Source, StringComparer.Ordinal)];
    }
}
