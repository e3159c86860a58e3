using System.Globalization;

namespace Flink.Resources.Translation;

/// <summary>A minor release of Flink; patches do not change keys.</summary>
internal readonly record struct FlinkRelease(int Major, int Minor)
{
    public static bool TryParse(string? text, out FlinkRelease release)
    {
        release = default;
        if (text?.Split('.', '-') is not [var major, var minor, ..]
            || !int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            || !int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var second))
        {
            return false;
        }
        release = new FlinkRelease(first, second);
        return true;
    }

    /// <summary>Whether files are still written line by line: the YAML of 1.19 and later takes everything.</summary>
    public bool HasLegacyFileOnly => IsBefore(new FlinkRelease(1, 19));

    public bool IsBefore(FlinkRelease other) => Major < other.Major || (Major == other.Major && Minor < other.Minor);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
