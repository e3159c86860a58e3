using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>What became of one key.</summary>
public enum KeyOutcome
{
    /// <summary>Not stated.</summary>
    Unknown = 0,

    /// <summary>Something else says the same on the target.</summary>
    Mapped,

    /// <summary>The same key with the same value.</summary>
    Kept,

    /// <summary>Not needed there; nothing is lost.</summary>
    DroppedSafe,

    /// <summary>Somebody has to decide or to supply something first.</summary>
    NeedsInput,

    /// <summary>The target behaves differently; read the reason.</summary>
    SemanticChange,

    /// <summary>The job can't go there like this.</summary>
    Blocking,
}

/// <summary>One key or field of the source. Values of secrets are replaced by a keyed digest.</summary>
/// <param name="Key">The key as the source has it, or the field (<c>Jar</c>, <c>Environment[TZ]</c>).</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="OldText">Its value.</param>
/// <param name="NewKeys">The keys or fields of the target that it went into; empty when none.</param>
/// <param name="NewText">The value there; null when there is none.</param>
/// <param name="Reason">Why, in plain words.</param>
public sealed record TranslationEntry(
    string Key, KeyOutcome Outcome, string? OldText, ImmutableArray<string> NewKeys, string? NewText, string Reason);

/// <summary>A key of the target that the source did not have.</summary>
/// <param name="Key">The key or field.</param>
/// <param name="Text">Its value, masked like all.</param>
/// <param name="Reason">Why.</param>
public sealed record AddedKey(string Key, string Text, string Reason);

/// <summary>How much a finding matters.</summary>
public enum FindingSeverity
{
    /// <summary>Not stated.</summary>
    Unknown = 0,

    /// <summary>Needs acknowledgement.</summary>
    Warn,

    /// <summary>Needs a remedy.</summary>
    Fix,

    /// <summary>The job can't be moved.</summary>
    Block,
}

/// <summary>What the configuration says about whether the job can be moved.</summary>
public enum TranslationRule
{
    /// <summary>Not stated.</summary>
    Unknown = 0,

    /// <summary>The Flink version changes: a snapshot of the target may not be readable by the source again.</summary>
    FlinkVersion,

    /// <summary>The state backend or changelog can't be restored there.</summary>
    StateBackend,

    /// <summary>Shipped files, library directories, start commands.</summary>
    ShippedFiles,

    /// <summary>An identity (transactional id, server id, consumer) is built from a host, pod or application id.</summary>
    PlaceInIdentity,

    /// <summary>A secret stands in the configuration.</summary>
    InlineSecret,

    /// <summary>A path of a host.</summary>
    HostPath,

    /// <summary>Memory outside of Flink's own accounts: the container's limit is exact on Kubernetes.</summary>
    NativeMemory,
}

/// <summary>A finding.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Evidence">The key or field, never a value of a secret.</param>
/// <param name="Remedy">What to do.</param>
public sealed record TranslationFinding(TranslationRule Rule, FindingSeverity Severity, string Evidence, string Remedy);

/// <summary>Everything that a translation did, in a stable order.</summary>
public sealed record TranslationReport
{
    /// <summary>Each key of the source's configuration exactly once, by name.</summary>
    public ImmutableArray<TranslationEntry> Entries { get; init; } = [];

    /// <summary>What was not in the configuration: artifacts, arguments, queue, sizes, environment.</summary>
    public ImmutableArray<TranslationEntry> Fields { get; init; } = [];

    /// <summary>Keys that the source did not have, by name.</summary>
    public ImmutableArray<AddedKey> Added { get; init; } = [];

    /// <summary>What the configuration says about whether the job can be moved.</summary>
    public ImmutableArray<TranslationFinding> Findings { get; init; } = [];

    /// <summary>Lines that Flink itself passed over.</summary>
    public ImmutableArray<ConfigurationLine> IgnoredLines { get; init; } = [];

    /// <summary>Whether the way back with a snapshot of the target is closed, since the Flink version changes.</summary>
    public bool IsOneWay { get; init; }
}

/// <summary>The end of a translation.</summary>
/// <param name="Report">What was done.</param>
public abstract record TranslationResult(TranslationReport Report)
{
    /// <summary>The job can run there.</summary>
    /// <param name="Spec">What starts it there.</param>
    /// <param name="Report">What was done.</param>
    public sealed record Translated(ApplicationSpec Spec, TranslationReport Report) : TranslationResult(Report);

    /// <summary>It can't, or not yet.</summary>
    /// <param name="Blockers">All that is against it: fields, masked values, and what would be right.</param>
    /// <param name="Report">What was done.</param>
    public sealed record Blocked(ImmutableArray<SpecError> Blockers, TranslationReport Report) : TranslationResult(Report);
}
