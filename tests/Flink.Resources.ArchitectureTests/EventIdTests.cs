using System.Globalization;
using System.Text.RegularExpressions;

namespace Flink.Resources.Architecture;

/// <summary>Whoever reads logs looks events up: docs/diagnostics.md has each event of the code, with its level, and no other.</summary>
public sealed partial class EventIdTests
{
    [Fact]
    public void Events_OfTheCode_AreThoseOfTheDocs()
    {
        var events = Events();

        Assert.NotEmpty(events);
        Assert.Equal(events.Order(StringComparer.Ordinal), Documented().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Events_EachId_IsOfOneEvent() =>
        Assert.DoesNotContain(Events().GroupBy(static e => e.Split(' ')[0], StringComparer.Ordinal), static g => g.Count() > 1);

    private static List<string> Events()
    {
        var source = Path.Combine(Repository.Root, "src");
        var events = new List<string>();
        foreach (var file in Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories))
        {
            foreach (var line in File.ReadLines(file).Where(static l => l.Contains("[LoggerMessage", StringComparison.Ordinal)))
            {
                var match = Message().Match(line);
                Assert.True(match.Success, $"{file}: an id and a level are wanted first: {line.Trim()}");
                events.Add($"{match.Groups["id"].Value} {match.Groups["level"].Value}");
            }
        }
        return events;
    }

    /// <summary>A row is of several events: each has a level of its own, or all have one.</summary>
    private static IEnumerable<string> Documented() =>
        from line in File.ReadLines(Repository.Document("diagnostics.md"))
        let row = Row().Match(line)
        where row.Success
        let levels = row.Groups["levels"].Value.Split(", ")
        from numbered in row.Groups["ids"].Value.Split(", ").Index()
        select string.Create(CultureInfo.InvariantCulture, $"{numbered.Item} {levels[Math.Min(numbered.Index, levels.Length - 1)]}");

    [GeneratedRegex(@"\[LoggerMessage\((?<id>\d+), LogLevel\.(?<level>\w+),", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Message();

    [GeneratedRegex(@"^\| (?<ids>\d{4}(, \d{4})*) \| (?<levels>\w+(, \w+)*) \|", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Row();
}
