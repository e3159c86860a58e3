using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>One mistake in a fleet document.</summary>
/// <param name="At">Where it is.</param>
/// <param name="Field">The path of the field, such as <c>jobs.ads/clicks.parallelism</c>; empty for the document as a whole.</param>
/// <param name="Value">What stands there; null when nothing does. <c>***</c> for what could be a secret or came from a variable.</param>
/// <param name="Expected">What would be right.</param>
/// <param name="Path">The name of the file; null when it has none.</param>
public sealed record FleetDocumentError(SourcePosition At, string Field, string? Value, string Expected, string? Path = null)
{
    /// <summary><c>jobs.ads/clicks.cluster is 'k8s-est': …</c></summary>
    public string Message => (Field, Value) switch
    {
        ("", _) => Expected,
        (_, null) => $"{Field}: {Expected}",
        _ => $"{Field} is '{Value}': {Expected}",
    };

    /// <summary><c>fleet.yaml(17,5): jobs.ads/clicks.cluster is 'k8s-est': …</c>, which editors and build servers understand.</summary>
    public override string ToString() => $"{Path}({At}): {Message}";
}

/// <summary>A document, or everything that is wrong with it.</summary>
public sealed record FleetDocumentResult
{
    /// <summary>The document; null when there are errors.</summary>
    public FleetDocument? Document { get; init; }

    /// <summary>All mistakes, in the order of the text.</summary>
    public ImmutableArray<FleetDocumentError> Errors { get; init; } = [];
}
