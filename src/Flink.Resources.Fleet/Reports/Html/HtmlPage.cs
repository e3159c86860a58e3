using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Flink.Resources.Fleet.Html;

/// <summary>Writes HTML. What is put into the holes of an interpolated string is encoded; what is written around them is markup.</summary>
internal sealed class HtmlPage(TextWriter writer)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Writes markup that holds nothing from outside.</summary>
    public void Raw(string markup) => writer.Write(markup);

    /// <summary>Writes markup with encoded holes.</summary>
    public void Line([InterpolatedStringHandlerArgument("")] ref Markup markup)
    {
        // All of it was written while the text was put together.
        _ = markup;
        writer.Write('\n');
    }

    /// <summary>One piece of markup.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Markup
    {
        private readonly TextWriter _writer;

        public Markup(int literalLength, int formattedCount, HtmlPage page)
        {
            _ = literalLength + formattedCount;
            _writer = page.Writer;
        }

        public void AppendLiteral(string markup) => _writer.Write(markup);

        public void AppendFormatted(string? text)
        {
            if (text is not null)
            {
                Encoder.Encode(_writer, text);
            }
        }

        public void AppendFormatted(int number) => _writer.Write(number.ToString("N0", CultureInfo.InvariantCulture));

        /// <summary>A length or a place in a drawing.</summary>
        public void AppendFormatted(double number) => _writer.Write(number.ToString("0.##", CultureInfo.InvariantCulture));

        public void AppendFormatted(double number, string format) => _writer.Write(number.ToString(format, CultureInfo.InvariantCulture));
    }

    private TextWriter Writer => writer;
}
