namespace Flink.Resources.Fleet;

/// <summary>
/// Reads fleet documents (docs/fleet.md). Reads nothing but the text and the variables that it names, and finds every mistake at once; when
/// the text is no YAML, the first place where it is none. Bounded in size, depth and number of values, for texts that nobody can vouch for.
/// </summary>
public static class FleetDocumentReader
{
    /// <summary>Reads a document.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The name of its file, for messages and for relative paths in it; null when it has none.</param>
    /// <param name="environment">
    /// The value of a variable that the text names as <c>${NAME}</c>, or null when it is not set, such as <see cref="Environment.GetEnvironmentVariable(string)"/>.
    /// Values never appear in messages. Null: no variable is set.
    /// </param>
    public static FleetDocumentResult Read(string text, string? path = null, Func<string, string?>? environment = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var errors = new DocumentErrors(path);
        var root = new DocumentText(errors, environment ?? (static _ => null)).Read(text);
        if (root is null)
        {
            return new FleetDocumentResult { Errors = errors.InOrder() };
        }
        var walk = new DocumentWalk(errors);
        var document = FleetSchema.Root.Read(walk, root, string.Empty) is Fields fields ? new DocumentBinder(walk, fields, path).Bind() : null;
        return errors.Count > 0 ? new FleetDocumentResult { Errors = errors.InOrder() } : new FleetDocumentResult { Document = document };
    }
}
