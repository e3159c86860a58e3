namespace Flink.Resources.Fleet.Html;

/// <summary>Bars of equal width over a linear axis.</summary>
internal static class Histogram
{
    public const double Width = 580;
    public const double Left = 48;
    public const double Right = 566;
    public const double Top = 34;
    public const double Bottom = 214;

    /// <summary>Draws both axes and the bars; the caller adds its own marks and closes the drawing.</summary>
    /// <param name="page">Where.</param>
    /// <param name="name">For those who can't see it.</param>
    /// <param name="counts">How many in each bar, from 0 on.</param>
    /// <param name="axis">The horizontal axis, which the bars divide evenly.</param>
    /// <param name="label">What a tick is called.</param>
    /// <param name="unit">What the horizontal axis shows, with its unit.</param>
    /// <param name="kindOf">The class of a bar by its number.</param>
    public static void Begin(HtmlPage page, string name, int[] counts, Axis axis, Func<double, string> label, string unit, Func<int, string> kindOf)
    {
        var vertical = Axis.Numbers(Bottom, Top, counts.Max(), 4, whole: true);
        page.Line($"<svg viewBox=\"0 0 {Width} 262\" role=\"img\" aria-label=\"{name}\">");
        foreach (var tick in vertical.Ticks)
        {
            page.Line($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{vertical.At(tick)}\" y2=\"{vertical.At(tick)}\"/><text x=\"{Left - 8}\" y=\"{vertical.At(tick) + 4}\" text-anchor=\"end\">{(int)tick}</text>");
        }
        var width = (Right - Left) / counts.Length;
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                var y = vertical.At(counts[i]);
                page.Line($"<rect class=\"{kindOf(i)}\" x=\"{Left + (i * width) + 1}\" y=\"{y}\" width=\"{width - 2}\" height=\"{Bottom - y}\"><title>{Words.Count(counts[i], "job")}</title></rect>");
            }
        }
        page.Line($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Right}\" y1=\"{Bottom}\" y2=\"{Bottom}\"/>");
        foreach (var tick in axis.Ticks)
        {
            page.Line($"<line class=\"axis\" x1=\"{axis.At(tick)}\" x2=\"{axis.At(tick)}\" y1=\"{Bottom}\" y2=\"{Bottom + 4}\"/><text x=\"{axis.At(tick)}\" y=\"{Bottom + 18}\" text-anchor=\"middle\">{label(tick)}</text>");
        }
        page.Line($"<text x=\"{(Left + Right) / 2}\" y=\"{Bottom + 40}\" text-anchor=\"middle\">{unit}</text>");
        page.Line($"<text x=\"{Left - 40}\" y=\"16\">jobs</text>");
    }
}
