using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

internal enum WatchLineKind
{
    /// <summary>The server ended the watch in order.</summary>
    End = 0,

    /// <summary>The stream ended within a line.</summary>
    Cut,

    /// <summary>Not what a watch sends: an event may be lost with it.</summary>
    Bad,
    Put,
    Deleted,
    Bookmark,
    Error,
}

/// <summary>One line of a watch.</summary>
internal readonly record struct WatchLine(WatchLineKind Kind, JsonObject? Item = null);

/// <summary>Reads a watch line by line, each parsed once, and ends with its token even while it waits.</summary>
internal sealed class WatchReader(Stream stream, int longestLine = WatchReader.LongestLine)
{
    /// <summary>Longer than any object that etcd takes.</summary>
    public const int LongestLine = 4 << 20;

    private readonly PipeReader _pipe = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: 16 << 10));

    public async ValueTask<WatchLine> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _pipe.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Parse(buffer.Slice(0, end));
                _pipe.AdvanceTo(buffer.GetPosition(1, end));
                if (line is { } parsed)
                {
                    return parsed;
                }
                continue;
            }
            if (buffer.Length > longestLine)
            {
                return new WatchLine(WatchLineKind.Bad);
            }
            if (result.IsCompleted)
            {
                return new WatchLine(Rest(buffer));
            }
            _pipe.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>What is left at the end: nothing, the beginning of an event, which the server sends again, or something else.</summary>
    private static WatchLineKind Rest(ReadOnlySequence<byte> rest) =>
        IsBlank(rest) ? WatchLineKind.End : rest.FirstSpan[0] == (byte)'{' ? WatchLineKind.Cut : WatchLineKind.Bad;

    private static WatchLine? Parse(ReadOnlySequence<byte> line)
    {
        if (IsBlank(line))
        {
            return null;
        }
        JsonNode? json;
        try
        {
            var reader = new Utf8JsonReader(line);
            json = JsonNode.Parse(ref reader);
        }
        catch (JsonException)
        {
            return new WatchLine(WatchLineKind.Bad);
        }
        if (json.At("object") is not JsonObject item)
        {
            return new WatchLine(WatchLineKind.Bad);
        }
        return json.Text("type") switch
        {
            "ADDED" or "MODIFIED" => new WatchLine(WatchLineKind.Put, item),
            "DELETED" => new WatchLine(WatchLineKind.Deleted, item),
            "BOOKMARK" => new WatchLine(WatchLineKind.Bookmark, item),
            "ERROR" => new WatchLine(WatchLineKind.Error, item),
            _ => new WatchLine(WatchLineKind.Bad),
        };
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var part in line)
        {
            if (part.Span.ContainsAnyExcept(" \t\r\n"u8))
            {
                return false;
            }
        }
        return true;
    }
}
