using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace Flink.Resources.Autoscaling;

/// <summary>How a window is stored: a name, a version, vertices, times, the rows, a checksum.</summary>
internal static class MetricWindowFormat
{
    private const byte Version = 1;

    private static ReadOnlySpan<byte> Name => "FRMW"u8;

    public static byte[] Write(ImmutableArray<string> vertices, List<long> times, MetricLog log)
    {
        using var stream = new MemoryStream(log.Content.Length + 1024);
        stream.Write(Name);
        stream.WriteByte(Version);
        Number(stream, (ulong)vertices.Length);
        foreach (var vertex in vertices)
        {
            var text = Encoding.UTF8.GetBytes(vertex);
            Number(stream, (ulong)text.Length);
            stream.Write(text);
        }
        Number(stream, (ulong)times.Count);
        var before = 0L;
        foreach (var time in times)
        {
            Number(stream, Varint.ZigZag(time - before));
            before = time;
        }
        foreach (var steps in log.Before)
        {
            Number(stream, Varint.ZigZag(steps));
        }
        Number(stream, (ulong)log.Content.Length);
        stream.Write(log.Content);
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, Checksum(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        stream.Write(checksum);
        return stream.ToArray();
    }

    public static (ImmutableArray<string> Vertices, List<long> Times, MetricLog Log) Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Name.Length + 1 + sizeof(uint) || !bytes.StartsWith(Name))
        {
            throw new FormatException("This is no metric window.");
        }
        if (bytes[Name.Length] != Version)
        {
            throw new FormatException($"The metric window has format version {bytes[Name.Length]}; this library reads version {Version}.");
        }
        var content = bytes[..^sizeof(uint)];
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes[content.Length..]) != Checksum(content))
        {
            throw new FormatException("The metric window is damaged: its checksum is wrong.");
        }
        var position = Name.Length + 1;
        var vertices = ReadVertices(content, ref position);
        var times = ReadTimes(content, ref position);
        return (vertices, times, ReadLog(content, ref position, vertices.Length, times.Count));
    }

    private static ImmutableArray<string> ReadVertices(ReadOnlySpan<byte> content, ref int position)
    {
        var vertices = ImmutableArray.CreateBuilder<string>(Length(content, ref position));
        for (var i = vertices.Capacity; i > 0; i--)
        {
            var length = Length(content, ref position);
            vertices.Add(Encoding.UTF8.GetString(content.Slice(position, length)));
            position += length;
        }
        return vertices.MoveToImmutable();
    }

    private static List<long> ReadTimes(ReadOnlySpan<byte> content, ref int position)
    {
        var count = Length(content, ref position);
        var times = new List<long>(count);
        var before = 0L;
        for (var i = 0; i < count; i++)
        {
            before += Varint.UnZigZag(Varint.Read(content, ref position));
            times.Add(before);
        }
        return times;
    }

    private static MetricLog ReadLog(ReadOnlySpan<byte> content, ref int position, int vertices, int rows)
    {
        var log = new MetricLog(vertices);
        foreach (ref var steps in log.Before.AsSpan())
        {
            steps = Varint.UnZigZag(Varint.Read(content, ref position));
        }
        var length = Length(content, ref position);
        log.Load(content.Slice(position, length));
        log.Before.CopyTo(log.Last, 0);
        var scratch = new double[log.Last.Length];
        var row = 0;
        for (var i = 0; i < rows; i++)
        {
            log.Read(ref row, log.Last, scratch);
        }
        return row == length ? log : throw new FormatException("The metric window goes on after its last sample.");
    }

    // Nothing can be longer than what is left, so that damaged lengths reserve no memory.
    private static int Length(ReadOnlySpan<byte> content, ref int position)
    {
        var length = Varint.Read(content, ref position);
        return length <= (ulong)(content.Length - position)
            ? (int)length
            : throw new FormatException("The metric window is cut off.");
    }

    private static void Number(MemoryStream stream, ulong value)
    {
        Span<byte> bytes = stackalloc byte[10];
        stream.Write(bytes[..Varint.Write(bytes, value)]);
    }

    // FNV-1a of 32 bits.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var hash = 2_166_136_261;
        foreach (var value in bytes)
        {
            hash = unchecked((hash ^ value) * 16_777_619);
        }
        return hash;
    }
}
