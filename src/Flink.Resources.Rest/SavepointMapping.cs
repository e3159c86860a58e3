using Flink.Resources.Http;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>The state of savepoints from the wire. COMPLETED covers failures too.</summary>
internal static class SavepointMapping
{
    private const string Named = "A savepoint has been created at: ";

    public static SavepointStatus Status(OperationWire wire) => wire switch
    {
        { Operation.FailureCause: { } cause } => new SavepointStatus.Failed(Cause(cause), PathIn(cause.StackTrace)),
        { Operation.Location: { Length: > 0 } location } => new SavepointStatus.Completed(location),
        { Status.Id: "COMPLETED" } => new SavepointStatus.Failed("Flink says completed and names no location.", null),
        _ => new SavepointStatus.InProgress(),
    };

    /// <summary>The deepest "Caused by" says it best; stack frames and serialised throwables are left out.</summary>
    private static string Cause(FailureCauseWire cause)
    {
        var lines = (cause.StackTrace ?? cause.Class ?? "no cause given").Split('\n');
        var deepest = lines.LastOrDefault(static l => l.StartsWith("Caused by: ", StringComparison.Ordinal)) ?? lines[0];
        return BackendHttp.Shorten(deepest.Replace("Caused by: ", string.Empty, StringComparison.Ordinal));
    }

    /// <summary>
    /// The job failed while it stopped, its savepoint is complete:
    /// <c>StopWithSavepointStoppingException: A savepoint has been created at: PATH, but the corresponding job … failed …</c>.
    /// </summary>
    private static string? PathIn(string? stackTrace)
    {
        var start = stackTrace?.IndexOf(Named, StringComparison.Ordinal) ?? -1;
        if (start < 0)
        {
            return null;
        }
        var rest = stackTrace.AsSpan(start + Named.Length);
        var end = rest.IndexOf(", but the corresponding job", StringComparison.Ordinal);
        if (end < 0)
        {
            end = rest.IndexOfAny('\n', '\r');
        }
        var path = (end < 0 ? rest : rest[..end]).Trim().TrimEnd(',').ToString();
        return path.Contains("://", StringComparison.Ordinal) || path.Contains(":/", StringComparison.Ordinal) ? path : null;
    }
}
