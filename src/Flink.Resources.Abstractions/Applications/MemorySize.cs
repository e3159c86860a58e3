using System.Globalization;

namespace Flink.Resources;

/// <summary>An amount of memory in bytes, units of 1024 as Flink counts.</summary>
/// <param name="Bytes">The number of bytes.</param>
public readonly record struct MemorySize(long Bytes) : IComparable<MemorySize>
{
    /// <summary>Whole mebibytes, rounded down, as YARN and Flink ask for containers.</summary>
    public long Mebibytes => Bytes >> 20;

    /// <summary>Creates a size from mebibytes.</summary>
    public static MemorySize FromMebibytes(long mebibytes) => new(checked(mebibytes << 20));

    /// <summary>Reads Flink's notation: a whole number and <c>b k kb m mb g gb t tb</c> (or none for bytes), case-insensitive.</summary>
    /// <exception cref="FormatException">The text is no memory size.</exception>
    public static MemorySize Parse(string text) => TryParse(text, out var size)
        ? size
        : throw new FormatException($"'{text}' is no memory size: write a whole number with b, k, m, g or t, such as 1728m.");

    /// <summary>Reads Flink's notation, or says that the text is none.</summary>
    public static bool TryParse(string? text, out MemorySize size)
    {
        size = default;
        var trimmed = (text ?? string.Empty).Trim();
        var digits = trimmed.TakeWhile(char.IsAsciiDigit).Count();
        int? shift = trimmed[digits..].Trim().ToUpperInvariant() switch
        {
            "" or "B" or "BYTES" => 0,
            "K" or "KB" or "KIBIBYTES" => 10,
            "M" or "MB" or "MEBIBYTES" => 20,
            "G" or "GB" or "GIBIBYTES" => 30,
            "T" or "TB" or "TEBIBYTES" => 40,
            _ => null,
        };
        if (digits == 0 || shift is null
            || !long.TryParse(trimmed.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > long.MaxValue >> shift.Value)
        {
            return false;
        }
        size = new MemorySize(number << shift.Value);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(MemorySize other) => Bytes.CompareTo(other.Bytes);

    /// <summary>Whether <paramref name="left"/> is smaller.</summary>
    public static bool operator <(MemorySize left, MemorySize right) => left.Bytes < right.Bytes;

    /// <summary>Whether <paramref name="left"/> is larger.</summary>
    public static bool operator >(MemorySize left, MemorySize right) => left.Bytes > right.Bytes;

    /// <summary>Whether <paramref name="left"/> is at most as large.</summary>
    public static bool operator <=(MemorySize left, MemorySize right) => left.Bytes <= right.Bytes;

    /// <summary>Whether <paramref name="left"/> is at least as large.</summary>
    public static bool operator >=(MemorySize left, MemorySize right) => left.Bytes >= right.Bytes;

    /// <summary>Flink's shortest exact notation, such as <c>1728m</c>.</summary>
    public override string ToString() => Bytes switch
    {
        not 0 when Bytes % (1L << 30) == 0 => string.Create(CultureInfo.InvariantCulture, $"{Bytes >> 30}g"),
        not 0 when Bytes % (1L << 20) == 0 => string.Create(CultureInfo.InvariantCulture, $"{Bytes >> 20}m"),
        not 0 when Bytes % (1L << 10) == 0 => string.Create(CultureInfo.InvariantCulture, $"{Bytes >> 10}k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Bytes}b"),
    };
}
