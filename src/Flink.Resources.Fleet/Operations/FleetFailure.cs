using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>A command that could not do what it was asked for.</summary>
public sealed record FleetFailure : FleetResult
{
    /// <summary>All that was wrong; of a document in the order of its text.</summary>
    public required ImmutableArray<FleetError> Errors { get; init; }

    /// <summary>Of a document with mistakes.</summary>
    /// <param name="mistakes">The mistakes.</param>
    public static FleetFailure Of(IEnumerable<FleetDocumentError> mistakes) => new()
    {
        Exit = FleetExit.BadInput,
        Errors = [.. mistakes.Select(static m => new FleetError(m.Message) { File = m.Path, Line = m.At.Line, Column = m.At.Column, Field = m.Field, Value = m.Value })],
    };

    /// <summary>Of a name that nothing has.</summary>
    /// <param name="unknown">The name.</param>
    /// <param name="field">Where it was written, such as <c>--job</c>.</param>
    public static FleetFailure Of(UnknownNameException unknown, string field)
    {
        ArgumentNullException.ThrowIfNull(unknown);
        return new() { Exit = FleetExit.BadInput, Errors = [new FleetError($"{field} is '{unknown.Name}': {unknown.Expected}") { Field = field, Value = unknown.Name }] };
    }
}

/// <summary>One thing that was wrong.</summary>
/// <param name="Message">What, and what would be right.</param>
public sealed record FleetError(string Message)
{
    /// <summary>The file; null when it is in none.</summary>
    public string? File { get; init; }

    /// <summary>The line, from 1; null when it is in none.</summary>
    public int? Line { get; init; }

    /// <summary>The column in characters, from 1; null when it is in no line.</summary>
    public int? Column { get; init; }

    /// <summary>The path of the field in the file, or the option; null or empty for neither.</summary>
    public string? Field { get; init; }

    /// <summary>What stands there; null when nothing does. <c>***</c> for what could be a secret.</summary>
    public string? Value { get; init; }

    /// <summary>The message behind its place, such as <c>fleet.yaml(17,5): …</c>, which editors and build servers understand.</summary>
    public override string ToString() => Line is null ? Message : FormattableString.Invariant($"{File}({Line},{Column}): {Message}");
}

/// <summary>A command that was ended from outside, by Ctrl-C or SIGTERM. What it did until then holds.</summary>
public sealed record FleetEnd : FleetResult
{
    /// <summary>What became of what it had begun, and what goes on from there.</summary>
    public required string Words { get; init; }
}
