using System.Globalization;
using System.Text;

namespace Flink.Resources.Testing.Servers.Flink;

/// <summary>Reads a <c>config.yaml</c> with flat keys; the values of a list are joined by semicolons, as Flink writes them too.</summary>
internal static class FlinkConfiguration
{
    public static Dictionary<string, string> Read(string yaml)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] is '#' or ' ' || Scalars(line) is not [var key, .. var rest])
            {
                continue;
            }
            values[key] = string.Join(';', rest);
        }
        return values;
    }

    /// <summary>Flink's durations: <c>2s</c>, <c>500 ms</c>, <c>1min</c>; a bare number is milliseconds.</summary>
    public static TimeSpan? Duration(string? text)
    {
        var trimmed = (text ?? string.Empty).Replace(" ", string.Empty, StringComparison.Ordinal);
        var digits = trimmed.TakeWhile(char.IsAsciiDigit).Count();
        if (!long.TryParse(trimmed.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }
        return trimmed[digits..] switch
        {
            "" or "ms" => TimeSpan.FromMilliseconds(number),
            "s" or "sec" or "secs" => TimeSpan.FromSeconds(number),
            "m" or "min" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            "d" => TimeSpan.FromDays(number),
            _ => null,
        };
    }

    /// <summary>The key and the values of a line, whatever stands between them.</summary>
    private static List<string> Scalars(string line)
    {
        var scalars = new List<string>();
        for (var i = 0; i < line.Length;)
        {
            if (line[i] is '\'' or '"')
            {
                scalars.Add(Quoted(line, ref i));
            }
            else if (line[i] is ' ' or ':' or ',' or '[' or ']' or '\r')
            {
                i++;
            }
            else
            {
                scalars.Add(Plain(line, ref i));
            }
        }
        return scalars;
    }

    private static string Plain(string line, ref int i)
    {
        var start = i;
        while (i < line.Length && !(line[i] == ':' && (i + 1 == line.Length || line[i + 1] == ' ')))
        {
            i++;
        }
        return line[start..i].Trim();
    }

    private static string Quoted(string line, ref int i)
    {
        var quote = line[i++];
        var text = new StringBuilder();
        while (i < line.Length)
        {
            if (line[i] == quote && quote == '\'' && i + 1 < line.Length && line[i + 1] == quote)
            {
                text.Append(quote);
                i += 2;
            }
            else if (line[i] == quote)
            {
                i++;
                break;
            }
            else if (line[i] == '\\' && quote == '"' && i + 1 < line.Length)
            {
                text.Append(line[i + 1] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var c => c });
                i += 2;
            }
            else
            {
                text.Append(line[i++]);
            }
        }
        return text.ToString();
    }
}
