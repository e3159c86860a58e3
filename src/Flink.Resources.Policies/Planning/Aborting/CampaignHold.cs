using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>How strongly a campaign is held. Larger is stronger.</summary>
public enum CampaignHoldKind
{
    /// <summary>Not said; taken for a pause.</summary>
    Unknown = 0,

    /// <summary>No starts until the cause is gone.</summary>
    HoldStarts,

    /// <summary>No starts until a person releases it.</summary>
    Pause,

    /// <summary>No starts any more.</summary>
    Stop,
}

/// <summary>Something that holds a campaign. What is under way always goes on to its end.</summary>
public sealed record CampaignHold
{
    /// <summary>Names it: the same for the same cause, such as <c>wave-failures:3</c>.</summary>
    public required string Key { get; init; }

    /// <summary>How strongly.</summary>
    public required CampaignHoldKind Kind { get; init; }

    /// <summary>The cause in plain words, with what was seen and what is allowed.</summary>
    public required string Reason { get; init; }

    /// <summary>It stays until a person releases it.</summary>
    public required bool NeedsPerson { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When its cause was last there, or could not be looked at.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Somebody is to be called.</summary>
    public bool Pages { get; init; }

    /// <summary>Sources must not be stopped either.</summary>
    public bool HoldsStops { get; init; }

    /// <summary>While it lasts, scores are Unknown, not bad: nothing goes back by itself because of them.</summary>
    public bool ScoresAreUnknown { get; init; }

    /// <summary>The backend whose jobs that concerns; null for all.</summary>
    public string? Backend { get; init; }

    /// <summary>Jobs that would fail with this signature must not be started: it stands for a rule that blocks them. Null for none.</summary>
    public string? BlockedSignature { get; init; }

    /// <summary>Waves for which a preview of their way back is to be shown.</summary>
    public ImmutableArray<int> PreviewRollback { get; init; } = [];
}
