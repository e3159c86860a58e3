using System.Buffers.Binary;

namespace Flink.Resources.Autoscaling;

/// <summary>
/// Rows of numbers as a stream of bytes. A value is the difference to the one before it in its column, as a variable
/// number of bytes: neighbouring samples differ little, so that most take one to four bytes instead of eight. Exact:
/// what is not a whole number of steps is written in full.
/// </summary>
internal sealed class MetricLog
{
    private const int LongestValue = 10;
    private const double Exact = 9_007_199_254_740_992; // 2^53

    private readonly double[] _scales;
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    public MetricLog(int vertices)
    {
        _scales = MetricColumns.Scales(vertices);
        Before = new long[MetricColumns.Count(vertices)];
        Last = new long[Before.Length];
    }

    /// <summary>Per column the steps the first row counts from.</summary>
    public long[] Before { get; }

    /// <summary>Per column the steps after the last row.</summary>
    public long[] Last { get; }

    public int Start => _start;

    public int End => _end;

    public ReadOnlySpan<byte> Content => _bytes.AsSpan(_start, _end - _start);

    public long SizeInBytes => _bytes.Length + (Before.Length + Last.Length) * sizeof(long);

    public void Append(ReadOnlySpan<double> row)
    {
        Reserve(row.Length * LongestValue);
        for (var column = 0; column < row.Length; column++)
        {
            Write(column, row[column]);
        }
    }

    /// <summary>Reads one row from a place; the steps are those before it and become those after it.</summary>
    /// <exception cref="FormatException">The row is cut off.</exception>
    public void Read(ref int position, Span<long> steps, Span<double> row)
    {
        var bytes = _bytes.AsSpan(0, _end);
        for (var column = 0; column < row.Length; column++)
        {
            row[column] = Read(bytes, ref position, _scales[column], ref steps[column]);
        }
    }

    /// <summary>Forgets the first row.</summary>
    public void DropFirst(Span<double> scratch) => Read(ref _start, Before, scratch);

    public void Load(ReadOnlySpan<byte> content)
    {
        _bytes = content.ToArray();
        (_start, _end) = (0, content.Length);
    }

    private void Write(int column, double value)
    {
        if (double.IsNaN(value))
        {
            _bytes[_end++] = 0;
            return;
        }
        var scale = _scales[column];
        var steps = Math.Round(value * scale);
        if (!(Math.Abs(steps) < Exact) || steps / scale != value)
        {
            _bytes[_end++] = 1;
            BinaryPrimitives.WriteDoubleLittleEndian(_bytes.AsSpan(_end), value);
            _end += sizeof(double);
            return;
        }
        var difference = (long)steps - Last[column];
        Last[column] = (long)steps;
        _end += Varint.Write(_bytes.AsSpan(_end), Varint.ZigZag(difference) + 2);
    }

    private static double Read(ReadOnlySpan<byte> bytes, ref int position, double scale, ref long steps)
    {
        var code = Varint.Read(bytes, ref position);
        if (code > 1)
        {
            steps += Varint.UnZigZag(code - 2);
            return steps / scale;
        }
        return code == 0 ? double.NaN : ReadInFull(bytes, ref position);
    }

    private static double ReadInFull(ReadOnlySpan<byte> bytes, ref int position)
    {
        if (bytes.Length - position < sizeof(double))
        {
            throw new FormatException("The metric window ends in the middle of a value.");
        }
        var value = BinaryPrimitives.ReadDoubleLittleEndian(bytes[position..]);
        position += sizeof(double);
        return value;
    }

    private void Reserve(int bytes)
    {
        if (_bytes.Length - _end >= bytes)
        {
            return;
        }
        var used = _end - _start;
        var target = _bytes;
        if (_start < _bytes.Length / 8 || _bytes.Length - used < bytes)
        {
            target = new byte[Math.Max(used + bytes, used + used / 8)];
        }
        Buffer.BlockCopy(_bytes, _start, target, 0, used);
        (_bytes, _start, _end) = (target, 0, used);
    }
}

/// <summary>Numbers as one to ten bytes of seven bits each.</summary>
internal static class Varint
{
    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    public static long UnZigZag(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    public static int Write(Span<byte> target, ulong value)
    {
        var length = 0;
        while (value >= 0x80)
        {
            target[length++] = (byte)(value | 0x80);
            value >>= 7;
        }
        target[length++] = (byte)value;
        return length;
    }

    public static ulong Read(ReadOnlySpan<byte> source, ref int position)
    {
        // Most numbers are short.
        if ((uint)position < (uint)source.Length && source[position] < 0x80)
        {
            return source[position++];
        }
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (position >= source.Length)
            {
                throw new FormatException("The metric window is cut off.");
            }
            var part = source[position++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
        throw new FormatException("The metric window holds a number that is too long.");
    }
}
