using System.Text;
using System.Text.Json;
using Flink.Resources.Http;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>The state of savepoints from the wire. COMPLETED covers failures too.</summary>
internal static class SavepointMapping
{
    private const string Named = "A savepoint has been created at: ";

    public static SavepointStatus Status(OperationWire wire) => wire switch
    {
        { Operation.FailureCause: { } cause } =>
            new SavepointStatus.Failed(Cause(cause), PathIn(cause.StackTrace) ?? PathIn(Serialized(cause.SerializedThrowable))),
        { Operation.Location: { Length: > 0 } location } => new SavepointStatus.Completed(location),
        { Status.Id: "COMPLETED" } => new SavepointStatus.Failed("Flink says completed and names no location.", null),
        { Status.Id: "IN_PROGRESS" } => new SavepointStatus.InProgress(),
        _ => throw new JsonException($"'{wire.Status.Id}' is no state of an operation."),
    };

    /// <summary>The deepest "Caused by" says it best; stack frames and serialised throwables are left out.</summary>
    private static string Cause(FailureCauseWire cause)
    {
        var lines = (cause.StackTrace is { Length: > 0 } stack ? stack : cause.Class ?? "no cause given").Split('\n');
        var deepest = lines.LastOrDefault(static l => l.StartsWith("Caused by: ", StringComparison.Ordinal)) ?? lines[0];
        return BackendHttp.Shorten(deepest
            .Replace("Caused by: ", string.Empty, StringComparison.Ordinal)
            .Replace("java.util.concurrent.CompletionException: ", string.Empty, StringComparison.Ordinal));
    }

    /// <summary>Java's own serialisation of the exception, in which messages stand as they are.</summary>
    private static string? Serialized(string? base64)
    {
        var bytes = new byte[(base64?.Length ?? 0) / 4 * 3];
        return base64 is not null && Convert.TryFromBase64String(base64, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes.AsSpan(0, length))
            : null;
    }

    /// <summary>
    /// The job failed while it stopped, its savepoint is complete:
    /// <c>StopWithSavepointStoppingException: A savepoint has been created at: PATH, but the corresponding job … failed …</c>.
    /// </summary>
    private static string? PathIn(string? text)
    {
        var start = text?.IndexOf(Named, StringComparison.Ordinal) ?? -1;
        if (start < 0)
        {
            return null;
        }
        var rest = text.AsSpan(start + Named.Length);
        var line = rest.IndexOfAnyInRange('\0', '\u001f') is >= 0 and var control ? rest[..control] : rest;
        var end = line.IndexOf(", but the corresponding job", StringComparison.Ordinal);
        var path = (end < 0 ? line : line[..end]).Trim().TrimEnd(',').ToString();
        return IsAddress(path) ? path : null;
    }

    /// <summary>SCHEME:/… as Flink writes it; .NET's Uri refuses <c>file:/tmp</c>.</summary>
    private static bool IsAddress(string path)
    {
        var scheme = path.IndexOf(":/", StringComparison.Ordinal);
        return scheme > 0 && path[..scheme].All(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.');
    }
}
