using System.Globalization;
using System.Text.Json;

namespace Flink.Resources.Yarn.Wire;

/// <summary>
/// Reads Hadoop's JSON as tolerantly as its versions differ: a single known root may be missing, a list of one may be its element,
/// a number may be text, and nothing may be null, <c>{}</c> or <c>""</c>.
/// </summary>
internal static class JsonReading
{
    extension(JsonElement element)
    {
        public JsonElement Member(string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;

        public IEnumerable<JsonElement> Items => element.ValueKind switch
        {
            JsonValueKind.Array => element.EnumerateArray(),
            JsonValueKind.Object when element.EnumerateObject().Any() => [element],
            _ => [],
        };

        public string? Text(string name) => element.Member(name) switch
        {
            { ValueKind: JsonValueKind.String } value => value.GetString(),
            { ValueKind: JsonValueKind.Number } value => value.GetRawText(),
            { ValueKind: JsonValueKind.True } => "true",
            { ValueKind: JsonValueKind.False } => "false",
            _ => null,
        };

        public long Number(string name, long otherwise = 0) =>
            long.TryParse(element.Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? value
                : otherwise;

        public double Fraction(string name) =>
            double.TryParse(element.Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value)
                ? value
                : 0;
    }
}
