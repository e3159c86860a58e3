using System.Collections.Immutable;
using System.Text;

namespace Flink.Resources.Flink;

/// <summary>A list as Flink shows it of a running job.</summary>
internal static class FlinkListText
{
    /// <summary>
    /// Flink writes a list as <c>a;b</c>, and in a YAML configuration as <c>[a, 'b c']</c>; an entry with a separator in it is quoted,
    /// a quote in it is doubled.
    /// </summary>
    public static ImmutableArray<string> Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return [];
        }
        var isYaml = text.StartsWith('[') && text.EndsWith(']');
        var (body, separator) = isYaml ? (text[1..^1], ',') : (text, ';');
        if (string.IsNullOrWhiteSpace(body))
        {
            return [];
        }
        var items = ImmutableArray.CreateBuilder<string>();
        var item = new StringBuilder();
        char? quote = null;
        for (var i = 0; i < body.Length; i++)
        {
            var c = body[i];
            if (quote is null && c == separator)
            {
                items.Add(item.ToString().Trim());
                item.Clear();
            }
            else if (quote is null && c is '\'' or '"' && item.ToString().Trim().Length == 0)
            {
                quote = c;
            }
            else if (c == quote && i + 1 < body.Length && body[i + 1] == c)
            {
                item.Append(c);
                i++;
            }
            else if (c == quote)
            {
                quote = null;
            }
            else
            {
                item.Append(c);
            }
        }
        items.Add(item.ToString().Trim());
        return items.ToImmutable();
    }
}
