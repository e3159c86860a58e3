using System.Text;

namespace Flink.Resources.Flink;

/// <summary>
/// Writes Flink's <c>config.yaml</c> (1.19 and later): flat keys, every scalar in single quotes, so that nothing is taken for a
/// number, a boolean or null.
/// </summary>
internal static class FlinkConfigFile
{
    public static string Write(
        IEnumerable<KeyValuePair<string, string>> values, IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> lists)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in values.OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            text.Append(Scalar(key)).Append(": ").Append(Scalar(value)).Append('\n');
        }
        foreach (var (key, list) in lists.OrderBy(static p => p.Key, StringComparer.Ordinal))
        {
            text.Append(Scalar(key)).Append(": [").AppendJoin(", ", list.Select(Scalar)).Append("]\n");
        }
        return text.ToString();
    }

    /// <summary>Single quotes hold everything but line breaks and control characters; those need double quotes.</summary>
    private static string Scalar(string value)
    {
        if (!value.Any(char.IsControl) && !value.Contains('\u2028', StringComparison.Ordinal) && !value.Contains('\u2029', StringComparison.Ordinal))
        {
            return $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
        }
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => text.Append(FormattableString.Invariant($"\\u{(int)c:x4}")),
                _ => text.Append(c),
            };
        }
        return text.Append('"').ToString();
    }
}
