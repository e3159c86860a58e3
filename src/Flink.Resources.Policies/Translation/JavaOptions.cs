using System.Globalization;

namespace Flink.Resources.Translation;

/// <summary>Reads what the JVM was started with.</summary>
internal static class JavaOptions
{
    /// <summary>A system property; the last one wins, as for the JVM.</summary>
    public static string? Property(IEnumerable<string> options, string name)
    {
        var prefix = $"-D{name}=";
        return options.LastOrDefault(o => o.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..];
    }

    public static string? Property(string? options, string name) =>
        options is null ? null : Property(options.Split(' ', StringSplitOptions.RemoveEmptyEntries), name);

    /// <summary>Of <c>OpenJDK 64-Bit Server VM - Debian - 17/17.0.9+9</c> and <c>… - 1.8/25.392-b08</c>: what stands before the last slash.</summary>
    public static int? Major(string? version)
    {
        var spec = version?.Split(" - ")[^1].Split('/')[0].Trim();
        var major = spec?.StartsWith("1.", StringComparison.Ordinal) == true ? spec[2..] : spec;
        return int.TryParse(major?.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
