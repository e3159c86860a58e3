using System.Collections.Immutable;
using Flink.Resources.Autoscaling;

namespace Flink.Resources.Translation;

/// <summary>Labels as Flink's map options hold them: <c>k:v,k2:v2</c>, quoted where a separator is inside.</summary>
internal static class Labels
{
    /// <summary>Whether Kubernetes takes it as a label's value.</summary>
    public static bool IsValue(string text) =>
        text.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    public static string Pair(string name, string value) => Quote($"{Quote(name, ':')}:{Quote(value, ':')}", ',');

    /// <summary>The pairs of a map option, as far as they can be read.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> Read(string text) =>
    [
        .. Split(text, ',').Select(static p => Split(p, ':')).Where(static p => p.Length >= 2)
            .Select(static p => KeyValuePair.Create(p[0].Trim(), string.Join(':', p[1..]).Trim())),
    ];

    private static string Quote(string text, char separator) =>
        text.AsSpan().IndexOfAny([separator, '\'', '"']) >= 0 ? $"'{text.Replace("'", "''", StringComparison.Ordinal)}'" : text;

    /// <summary>The reader of lists knows semicolons; quotes protect any separator in the same way.</summary>
    private static ImmutableArray<string> Split(string text, char separator)
    {
        var parts = ImmutableArray.CreateBuilder<string>();
        var start = 0;
        char? quote = null;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == separator && quote is null))
            {
                parts.Add(Unquote(text[start..i].Trim()));
                start = i + 1;
            }
            else if (text[i] is '\'' or '"' && (quote is null || quote == text[i]))
            {
                quote = quote is null ? text[i] : null;
            }
        }
        return parts.ToImmutable();
    }

    private static string Unquote(string text) => text is ['\'', .., '\''] or ['"', .., '"'] && FlinkValue.List(text) is [var plain] ? plain : text;
}
