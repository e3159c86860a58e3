using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Flink.Resources.Translation;

/// <summary>
/// What a plain scalar of YAML's core schema becomes in Flink, which reads it into a Java object and writes that out again:
/// <c>0x1F</c> is 31, <c>1.50</c> is 1.5, <c>344455e6</c> is 3.44455E11.
/// </summary>
internal static partial class CoreScalar
{
    public static bool IsNull(string text) => text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>The text as Flink has it; null when Flink does not start with it.</summary>
    public static string? Resolve(string text)
    {
        if (IsNull(text) || text[0] is '%' or '@' or '`')
        {
            return null;
        }
        if (text is "true" or "True" or "TRUE")
        {
            return "true";
        }
        if (text is "false" or "False" or "FALSE")
        {
            return "false";
        }
        if (Integer().IsMatch(text))
        {
            return Number(text, 10, text);
        }
        if (Octal().IsMatch(text))
        {
            return Number(text[2..], 8, text);
        }
        if (Hexadecimal().IsMatch(text))
        {
            return Number(text[2..], 16, text);
        }
        if (Special().Match(text) is { Success: true } special)
        {
            return special.Groups["nan"].Success ? "NaN" : text[0] == '-' ? "-Infinity" : "Infinity";
        }
        return Float().IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? JavaText(number)
            : text;
    }

    private static string Number(string digits, int radix, string whole)
    {
        var isNegative = digits[0] == '-';
        var value = digits.TrimStart('+', '-').Aggregate(BigInteger.Zero, (sum, c) => (sum * radix) + Convert.ToInt32(c.ToString(), 16));
        return whole.Length > 1000 ? whole : (isNegative ? -value : value).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Java's <c>Double.toString</c>: plain between 0.001 and 10 million, else with an exponent, always with a fraction.</summary>
    private static string JavaText(double number)
    {
        if (double.IsInfinity(number))
        {
            return number > 0 ? "Infinity" : "-Infinity";
        }
        var size = Math.Abs(number);
        if (size == 0 || (size >= 1e-3 && size < 1e7))
        {
            return number.ToString("0.0################", CultureInfo.InvariantCulture) is var plain && double.Parse(plain, CultureInfo.InvariantCulture).Equals(number)
                ? plain
                : number.ToString("R", CultureInfo.InvariantCulture);
        }
        var parts = number.ToString("E16", CultureInfo.InvariantCulture).Split('E');
        for (var digits = 1; digits < 17; digits++)
        {
            var shorter = number.ToString($"E{digits.ToString(CultureInfo.InvariantCulture)}", CultureInfo.InvariantCulture);
            if (double.Parse(shorter, CultureInfo.InvariantCulture).Equals(number))
            {
                parts = shorter.Split('E');
                break;
            }
        }
        return $"{parts[0]}E{int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)}";
    }

    [GeneratedRegex("^[-+]?[0-9]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Integer();

    [GeneratedRegex("^0o[0-7]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Octal();

    [GeneratedRegex("^0x[0-9a-fA-F]+$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Hexadecimal();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Float();

    [GeneratedRegex(@"^([-+]?\.(inf|Inf|INF)|(?<nan>\.(nan|NaN|NAN)))$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Special();
}
