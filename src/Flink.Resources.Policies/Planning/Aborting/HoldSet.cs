using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Holds of one evaluation beside those of the one before.</summary>
internal sealed class HoldSet
{
    private readonly DateTimeOffset _now;
    private readonly Dictionary<string, CampaignHold> _standing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _released = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, CampaignHold> _found = new(StringComparer.Ordinal);

    public HoldSet(CampaignFacts facts)
    {
        _now = facts.Now;
        foreach (var release in facts.Released)
        {
            _released[release.Key] = release.At > ReleasedAt(release.Key) ? release.At : ReleasedAt(release.Key);
        }
        foreach (var hold in facts.Standing)
        {
            if (hold.Since > ReleasedAt(hold.Key))
            {
                _standing[hold.Key] = hold;
            }
        }
    }

    /// <summary>Only what happened later can place a hold again that a person took away.</summary>
    public DateTimeOffset ReleasedAt(string key) => _released.GetValueOrDefault(key, DateTimeOffset.MinValue);

    /// <summary>The cause is there now.</summary>
    public void Place(CampaignHold hold) =>
        _found[hold.Key] = _standing.TryGetValue(hold.Key, out var old) ? hold with { Since = old.Since } : hold;

    /// <summary>A new hold that a person releases.</summary>
    public CampaignHold ForPerson(string key, CampaignHoldKind kind, string reason) =>
        new() { Key = key, Kind = kind, Reason = reason, NeedsPerson = true, Since = _now, LastSeen = _now };

    /// <summary>A new hold that ends by itself.</summary>
    public CampaignHold UntilWell(string key, string reason) =>
        new() { Key = key, Kind = CampaignHoldKind.HoldStarts, Reason = reason, NeedsPerson = false, Since = _now, LastSeen = _now };

    /// <summary>It is not known whether the cause of a standing hold is still there: it stays, and its time begins anew.</summary>
    public void KeepUnknown(string key)
    {
        if (_standing.TryGetValue(key, out var hold) && !_found.ContainsKey(key))
        {
            _found[key] = hold with { LastSeen = _now };
        }
    }

    public IEnumerable<CampaignHold> StandingUntilWell => _standing.Values.Where(static h => !h.NeedsPerson);

    public ImmutableArray<CampaignHold> Merge(TimeSpan rearmAfter)
    {
        foreach (var (key, hold) in _standing)
        {
            if (!_found.ContainsKey(key) && (hold.NeedsPerson || _now - hold.LastSeen < rearmAfter))
            {
                _found[key] = hold;
            }
        }
        return [.. _found.Values.OrderByDescending(static h => h.Kind).ThenBy(static h => h.Key, StringComparer.Ordinal)];
    }
}
