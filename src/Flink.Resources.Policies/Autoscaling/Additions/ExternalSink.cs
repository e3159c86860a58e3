namespace Flink.Resources.Autoscaling;

/// <summary>A vertex that is held back by a system outside of the job: more subtasks do not make it faster.</summary>
/// <param name="Vertex">The vertex.</param>
/// <param name="MaxRate">
/// Records per second the other system takes; null: what the vertex can do now, its true processing rate.
/// </param>
public sealed record ExternalSink(string Vertex, double? MaxRate)
{
    /// <summary>Reads <c>vertex</c> or <c>vertex=records per second</c>; null when it is neither.</summary>
    public static ExternalSink? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var separator = text.LastIndexOf('=');
        if (separator < 0)
        {
            return string.IsNullOrWhiteSpace(text) ? null : new(text.Trim(), null);
        }
        var vertex = text[..separator].Trim();
        return vertex.Length > 0 && double.TryParse(
            text.AsSpan(separator + 1), System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var rate)
            && rate >= 0 && double.IsFinite(rate) ? new(vertex, rate) : null;
    }
}
