using System.Diagnostics;
using System.Text;
using CsCheck;

namespace Flink.Resources.Fleet;

/// <summary>Whatever is given: a document, or mistakes with their places.</summary>
public sealed class HostileTextTests
{
    private static readonly string[] _pieces =
    [
        "\t", "\n", "\r", "\r\n", " ", "  ", ":", ": ", "- ", "? ", "&a ", "*a", "!t ", "!!binary ", "|", ">", "'", "\"", "{", "}", "[", "]", ",", "#", "%", "@", "`",
        "---\n", "...\n", "<<: ", "${", "}", "$${", "${FLEET_DB}", "${NOPE}", "null", "~", "\0", "\uFEFF", "\u2028", "\u0085", "\uD800", "\uDC00", "é", "日本", "\\", "\"\\x", "\"\\U00110000\"",
        "jobs:", "journal: memory\n", "9999999999999999999999", "-1", "1e400", "P0", "application_", ": {", "0s", "P1Y", "PT1H", "sha256:",
    ];

    private static readonly Gen<(int Kind, double At, double To, int Number)> _change =
        Gen.Select(Gen.Int[0, 5], Gen.Double[0, 1], Gen.Double[0, 1], Gen.Int[0, 0xFFFF]);

    [Theory]
    [InlineData("example.yaml")]
    [InlineData("full.yaml")]
    [InlineData("mistakes.yaml")]
    public void ChangedText_IsADocumentOrHasMistakesWithTheirPlaces(string file)
    {
        var original = file switch { "example.yaml" => Texts.Example, "full.yaml" => Texts.Full, _ => Texts.Mistakes };
        _change.Array[1, 6].Select(changes => changes.Aggregate(original, Change)).Sample(Judge, iter: 4000, threads: 1);
    }

    [Fact]
    public void Garbage_HasMistakesWithTheirPlaces() =>
        Gen.Int[0, _pieces.Length - 1].Array[0, 60].Select(static pieces => string.Concat(pieces.Select(static p => _pieces[p]))).Sample(Judge, iter: 4000, threads: 1);

    [Theory]
    [InlineData("[")]
    [InlineData("{a: ")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void DeepNesting_IsRefusedAtOnce(string opening)
    {
        var watch = Stopwatch.StartNew();

        var result = Texts.Read($"jobs: {new StringBuilder().Insert(0, opening, 200_000)}");

        Assert.NotEmpty(result.Errors);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void DeepIndentation_IsRefusedAtOnce()
    {
        var text = string.Concat(Enumerable.Range(0, 2_000).Select(static i => $"{new string(' ', i)}a:\n"));

        Assert.Contains(Texts.Read(text).Errors, static e => e.Expected.Contains("deep", StringComparison.Ordinal));
    }

    [Fact]
    public void BillionLaughs_IsRefusedAtTheFirst()
    {
        var text = new StringBuilder("a0: &a0 [lol, lol]\n");
        for (var i = 1; i < 60; i++)
        {
            text.Append(FormattableString.Invariant($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n"));
        }

        var errors = Texts.Read(text.ToString()).Errors;

        Assert.Contains(errors, static e => e.Expected.StartsWith("Aliases", StringComparison.Ordinal) && e.At.Line == 2);
        Assert.InRange(errors.Length, 60, 1_000);
    }

    [Fact]
    public void HugeText_IsRefused() =>
        Assert.Contains("at most 32 MiB", Assert.Single(Texts.Read(new string('#', DocumentText.MaximumLength + 1)).Errors).Expected, StringComparison.Ordinal);

    [Fact]
    public void ManyJobs_AreReadInSeconds()
    {
        var text = new StringBuilder(Texts.Small).Append('\n');
        for (var i = 0; i < 20_000; i++)
        {
            text.Append(FormattableString.Invariant($"  ads/job-{i}: {{cluster: k8s-sim, queue: root.ads, runtime: f120, jar: hdfs:///jobs/clicks.jar, parallelism: {1 + (i % 8)}, snapshots: 'hdfs://ns1/flink/{{job}}'}}\n"));
        }
        var watch = Stopwatch.StartNew();

        var document = Texts.Document(text.ToString());

        Assert.Equal(20_001, document.Jobs.Count);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    private static void Judge(string text)
    {
        var result = Texts.Read(text);

        Assert.Equal(result.Document is null, result.Errors.Length > 0);
        var lines = text.Split(['\n', '\r', '\u0085', '\u2028', '\u2029']).Length;
        foreach (var error in result.Errors)
        {
            Assert.InRange(error.At.Line, 1, lines + 1);
            Assert.InRange(error.At.Column, 1, text.Length + 2);
            Assert.NotEmpty(error.Expected);
            Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        }
    }

    private static string Change(string text, (int Kind, double At, double To, int Number) change)
    {
        var at = At(text, change.At);
        return change.Kind switch
        {
            0 => text.Insert(at, _pieces[change.Number % _pieces.Length]),
            1 => text.Remove(at, Math.Min(1 + (change.Number % 40), text.Length - at)),
            2 => Lines(text, lines => lines.Insert(At(lines.Count, change.To), lines[At(lines.Count, change.At)])),
            3 => Lines(text, lines => lines.RemoveAt(At(lines.Count, change.At))),
            4 => Lines(text, lines =>
            {
                var (i, by) = (At(lines.Count, change.At), (change.Number % 7) - 3);
                lines[i] = by < 0 ? lines[i][Math.Min(-by, lines[i].Length)..] : new string(' ', by) + lines[i];
            }),
            _ => text.Length == 0 ? text : text.Remove(At(text.Length, change.At), 1).Insert(At(text.Length, change.At), ((char)change.Number).ToString()),
        };
    }

    private static int At(string text, double share) => At(text.Length + 1, share);

    private static int At(int count, double share) => Math.Clamp((int)(count * share), 0, Math.Max(0, count - 1));

    private static string Lines(string text, Action<List<string>> change)
    {
        var lines = text.Split('\n').ToList();
        change(lines);
        return string.Join('\n', lines);
    }
}
