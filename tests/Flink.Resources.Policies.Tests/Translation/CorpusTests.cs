namespace Flink.Resources.Translation;

/// <summary>
/// Configurations as people have them, each with what is expected of it beside it (<c>.expected</c>). <c>UPDATE_GOLDEN=1</c> writes the expectations anew; read the difference.
/// A file is called <c>place-version-format-name</c>.
/// </summary>
public sealed class CorpusTests
{
    public static TheoryData<string> Configurations => [.. Directory.GetFiles(Folder, "*.yaml").Select(static f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Repository.Root, "tests", "Flink.Resources.Policies.Tests", "Translation", "Corpus");

    [Fact]
    public void Corpus_HoldsBothPlacesBothFormatsAndManyVersions()
    {
        var names = Directory.GetFiles(Folder, "*.yaml").Select(static f => Path.GetFileName(f).Split('-')).ToList();

        Assert.True(names.Count >= 20);
        Assert.Equal(4, names.Select(static n => (n[0], n[2])).Distinct().Count());
        Assert.Superset(new HashSet<string>(["1.13", "1.16", "1.18", "1.20", "2.1"], StringComparer.Ordinal), names.Select(static n => n[1]).ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Translate_Configuration_AsExpected(string file)
    {
        var job = Read(file);
        var target = Jobs.Opposite(job) with { FlinkVersion = job.FlinkVersion.StartsWith('2') ? "2.1" : "1.20" };
        var result = Jobs.Translate(job, target);
        List<string> lines = [.. Jobs.Lines(result), .. result is TranslationResult.Translated { Spec: var spec } ? Jobs.Lines(spec) : []];

        Assert.Equal(job.Configuration.Keys.Order(StringComparer.Ordinal), result.Report.Entries.Select(static e => e.Key), StringComparer.Ordinal);
        var golden = Path.Combine(Folder, Path.ChangeExtension(file, ".expected"));
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllLines(golden, lines);
        }
        Assert.Equal(File.ReadAllLines(golden), lines, StringComparer.Ordinal);
    }

    /// <summary>There and back: every key is accounted for, nothing that came over unchanged is lost, what is lost is named, and no secret is shown.</summary>
    [Theory]
    [MemberData(nameof(Configurations))]
    public void T21_RoundTrip_EveryKeyIsBackOrNamedAndSecretsAreMasked(string file)
    {
        var job = Read(file);
        var there = Jobs.Translate(job, Jobs.Opposite(job) with { FlinkVersion = job.FlinkVersion });
        AssertAccountedFor(job, there);
        if (there is not TranslationResult.Translated { Spec: var spec })
        {
            return;
        }
        var running = (job.Backend == BackendKind.Yarn ? Jobs.OnKubernetes() : Jobs.OnYarn()) with { FlinkVersion = spec.FlinkVersion, Configuration = spec.Configuration, Queue = spec.Queue };
        var back = Jobs.Translate(running, Jobs.Opposite(running) with { FlinkVersion = job.FlinkVersion });
        AssertAccountedFor(running, back);
        var lost = RoundTrip.Lost(there.Report, back.Report).Select(static l => l.Key).ToHashSet(StringComparer.Ordinal);

        foreach (var kept in there.Report.Entries.Where(e => e.Outcome == KeyOutcome.Kept && e.NewKeys is [var name] && name == e.Key && !lost.Contains(e.Key)))
        {
            Assert.Contains(back.Report.Entries, e => e.OldText == kept.OldText && e.NewKeys.Contains(kept.Key, StringComparer.Ordinal));
        }
        Assert.All(lost, key => Assert.Contains(there.Report.Entries.Concat(there.Report.Fields), e => e.Key == key));
    }

    private static void AssertAccountedFor(SourceJob job, TranslationResult result)
    {
        Assert.Equal(job.Configuration.Keys.Order(StringComparer.Ordinal), result.Report.Entries.Select(static e => e.Key), StringComparer.Ordinal);
        // All secrets of the corpus are this word.
        Assert.All(Jobs.Lines(result), static line => Assert.DoesNotContain("hunter2", line, StringComparison.Ordinal));
    }

    private static SourceJob Read(string file)
    {
        var parts = file.Split('-');
        var read = FlinkConfigurationReader.Read(
            File.ReadAllText(Path.Combine(Folder, file)), parts[2] == "legacy" ? FlinkConfigurationFormat.Legacy : FlinkConfigurationFormat.Yaml);
        Assert.Empty(read.Errors);
        return (parts[0] == "yarn" ? Jobs.OnYarn() : Jobs.OnKubernetes()) with { FlinkVersion = parts[1], Configuration = read.Entries, IgnoredLines = read.Ignored };
    }
}
