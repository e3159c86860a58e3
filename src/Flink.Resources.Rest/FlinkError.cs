using System.Buffers;
using System.Net;
using System.Text.Json;
using Flink.Resources.Http;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>What an answer that is no success says.</summary>
/// <param name="IsFlinks">Whether Flink itself speaks, as far as its body can show.</param>
/// <param name="Fault">What it stands for; NotFound only in Flink's own words.</param>
/// <param name="Text">The first line that says something, never a stack.</param>
internal sealed record FlinkError(bool IsFlinks, BackendFault Fault, string Text)
{
    private const string OfFlink = "org.apache.flink.";

    private static readonly SearchValues<char> OfClassNames =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._$");

    public static FlinkError Read(HttpStatusCode status, string? reason, ReadOnlySpan<byte> body)
    {
        var fault = BackendHttp.FaultOf(status);
        if (Errors(body) is not { } errors)
        {
            var proxy = fault == BackendFault.NotFound ? BackendFault.Malformed : fault;
            return new FlinkError(IsFlinks: false, proxy, $"{reason ?? "no reason given"} (not in Flink's words: a proxy or another server)");
        }
        var line = Line(errors);
        var text = BackendHttp.Shorten(WithoutClass(line));
        return (int)status switch
        {
            // Flink answers a path that it does not know with 404 and JSON too: that says nothing about a job.
            404 when !line.StartsWith(OfFlink, StringComparison.Ordinal) => new FlinkError(
                IsFlinks: false, BackendFault.Malformed, $"{text} (is the address the root of a Flink REST API?)"),
            500 when line.StartsWith("java.lang.UnsupportedOperationException: ", StringComparison.Ordinal) =>
                new FlinkError(IsFlinks: true, BackendFault.NotSupported, text),
            500 when line.StartsWith($"{OfFlink}runtime.messages.FlinkJobNotFoundException: ", StringComparison.Ordinal) =>
                new FlinkError(IsFlinks: true, BackendFault.NotFound, text),
            _ => new FlinkError(IsFlinks: true, fault, text),
        };
    }

    private static List<string>? Errors(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, RestJson.Default.ErrorsWire)?.Errors;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Line(List<string> errors) => errors
        .Where(static e => e is not null)
        .SelectMany(static e => e.Split('\n'))
        .Select(static l => l.Trim())
        .FirstOrDefault(static l => l.Length > 0 && !l.StartsWith("at ", StringComparison.Ordinal) && !l.StartsWith('<') && l != "Internal server error.")
        ?? errors.FirstOrDefault() ?? "no reason given";

    private static string WithoutClass(string line)
    {
        var end = line.IndexOf(": ", StringComparison.Ordinal);
        return end > 0 && line.AsSpan(0, end).Contains('.') && !line.AsSpan(0, end).ContainsAnyExcept(OfClassNames)
            ? line[(end + 2)..]
            : line;
    }
}
