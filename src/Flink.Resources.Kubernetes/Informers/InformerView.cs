using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>What an informer knows at one time.</summary>
internal sealed record InformerView<TFact>
    where TFact : class
{
    /// <summary>The facts by <c>namespace/name</c>.</summary>
    public ImmutableDictionary<string, TFact> Items { get; init; } = ImmutableDictionary.Create<string, TFact>(StringComparer.Ordinal);

    /// <summary>Grows when the facts change.</summary>
    public long Version { get; init; }

    /// <summary>When the server last told something; null before the first whole list.</summary>
    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>The timestamp of <see cref="HeardAt"/>, for measuring.</summary>
    public long HeardStamp { get; init; }

    /// <summary>Why this may be out of date; null while the watch stands.</summary>
    public string? StaleBecause { get; init; }

    /// <summary>Since when it may be out of date.</summary>
    public DateTimeOffset? StaleSince { get; init; }
}

/// <summary>What an informer follows.</summary>
/// <param name="Collection">The collection's path.</param>
/// <param name="Query">Selectors, each beginning with an ampersand.</param>
/// <param name="Project">Makes the small fact that is kept; null for an object that is of no interest.</param>
internal sealed record InformerSource<TFact>(string Collection, string Query, Func<JsonObject, TFact?> Project)
    where TFact : class;

/// <summary>How patient an informer is.</summary>
internal sealed record InformerTiming
{
    /// <summary>After how long the server ends a watch by itself.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a watch may be silent on a server that sends bookmarks, which come about once a minute.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long after its time-out a watch may stand on a server that never sent a bookmark.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause between a watch that ended in order and the next one.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a right that is missing is looked for again.</summary>
    public TimeSpan Forbidden { get; init; } = TimeSpan.FromMinutes(1);
}
