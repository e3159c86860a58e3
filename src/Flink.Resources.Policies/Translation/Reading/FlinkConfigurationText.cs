using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>How a configuration file of Flink is written.</summary>
public enum FlinkConfigurationFormat
{
    /// <summary>Not stated.</summary>
    Unknown = 0,

    /// <summary><c>flink-conf.yaml</c> up to 1.20: lines of <c>key: value</c> that need not be YAML.</summary>
    Legacy,

    /// <summary><c>config.yaml</c> of 1.19 and later: YAML 1.2.</summary>
    Yaml,
}

/// <summary>A configuration as Flink itself would have read it.</summary>
public sealed record FlinkConfigurationText
{
    /// <summary>Flat keys with their values; lists and maps in Flink's text form (<c>a;b</c>, <c>k:v,k2:v2</c>).</summary>
    public ImmutableSortedDictionary<string, string> Entries { get; init; } =
        ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>Lines that Flink passes over, in the order of the text.</summary>
    public ImmutableArray<ConfigurationLine> Ignored { get; init; } = [];

    /// <summary>What keeps Flink from reading the text at all; <see cref="Entries"/> is empty then.</summary>
    public ImmutableArray<ConfigurationLine> Errors { get; init; } = [];

    /// <summary>Whether the text can be read.</summary>
    public bool IsReadable => Errors.IsEmpty;
}

/// <summary>A remark on one line of a configuration. Holds no value, since that may be a secret.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Key">The key when one can be told.</param>
/// <param name="Reason">What happens to the line and why.</param>
public sealed record ConfigurationLine(int Line, string? Key, string Reason);
