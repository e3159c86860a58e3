namespace Flink.Resources.Fleet.Html;

/// <summary>Says what colours and marks mean.</summary>
internal static class Legend
{
    public static void Write(HtmlPage page, params ReadOnlySpan<(string Shape, string Words)> entries)
    {
        page.Raw("<ul class=\"legend\">");
        foreach (var (shape, words) in entries)
        {
            page.Raw("<li><svg viewBox=\"0 0 18 12\" aria-hidden=\"true\">");
            page.Raw(shape);
            page.Line($"</svg>{words}</li>");
        }
        page.Raw("</ul>\n");
    }

    public static string Box(string kind) => $"<rect class=\"{kind}\" x=\"0\" y=\"1\" width=\"18\" height=\"10\"/>";

    /// <summary>The mark at the end of a job's line: its shape, too, tells states apart.</summary>
    public static string Mark(CampaignJobState state, double x, double y, double size) => state switch
    {
        CampaignJobState.Committed => $"<circle class=\"good\" cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(size * 0.8)}\"/>",
        CampaignJobState.RolledBack => Polygon("back", (x - size, y), (x + size, y - size), (x + size, y + size)),
        CampaignJobState.Parked => Polygon("parked", (x, y - size), (x + size, y), (x, y + size), (x - size, y)),
        CampaignJobState.NotMoved => $"<rect class=\"left\" x=\"{N(x - (size * 0.8))}\" y=\"{N(y - (size * 0.8))}\" width=\"{N(size * 1.6)}\" height=\"{N(size * 1.6)}\"/>",
        _ => string.Empty,
    };

    private static string Polygon(string kind, params ReadOnlySpan<(double X, double Y)> points)
    {
        var text = new List<string>();
        foreach (var (x, y) in points)
        {
            text.Add($"{N(x)},{N(y)}");
        }
        return $"<polygon class=\"{kind}\" points=\"{string.Join(' ', text)}\"/>";
    }

    private static string N(double number) => number.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}
