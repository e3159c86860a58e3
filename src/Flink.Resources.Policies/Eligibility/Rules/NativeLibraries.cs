using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>A library that a host had is missing in an image until somebody puts it there.</summary>
internal sealed class NativeLibraries() : EligibilityRule(
    "E13", EligibilitySeverity.Block, "Native libraries or programs of the hosts are not in the target's image",
    "declarations, `java.library.path` and `LD_LIBRARY_PATH` of the configuration; the image's content")
{
    private const string JavaPath = "-Djava.library.path=";

    private static readonly string[] Variables = ["LD_LIBRARY_PATH", "LD_PRELOAD"];

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => WithConfiguration(facts, settings =>
    {
        var needed = facts.Declared.NativeLibraries.Concat(Hinted(settings)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return needed.Count == 0 ? [] : facts.ImageContent.Match<IEnumerable<EligibilityFinding>>(
            content => needed.Where(n => !Has(content, n)).Select(n => Finding($"{n} is not in the target's image", "add it to the image")),
            e => [NotKnown($"Whether the target's image has {string.Join(", ", needed)}", e, "say what the image has (imageFiles of the runtime in a fleet document)")],
            e => [NotKnown($"Whether the target's image has {string.Join(", ", needed)}", e, "say what the image has (imageFiles of the runtime in a fleet document)")]);
    });

    private static IEnumerable<string> Hinted(FlinkSettings settings)
    {
        foreach (var (key, value) in settings.Original)
        {
            if (key.StartsWith("env.java.opts", StringComparison.Ordinal))
            {
                foreach (var option in value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(static o => o.StartsWith(JavaPath, StringComparison.Ordinal)))
                {
                    foreach (var path in Paths(option[JavaPath.Length..]))
                    {
                        yield return path;
                    }
                }
            }
            else if (key.StartsWith("containerized.", StringComparison.Ordinal) && Variables.Any(v => key.EndsWith($".env.{v}", StringComparison.Ordinal)))
            {
                foreach (var path in Paths(value))
                {
                    yield return path;
                }
            }
        }
    }

    private static IEnumerable<string> Paths(string value) =>
        value.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(static p => p.StartsWith('/')).Select(static p => p.TrimEnd('/'));

    /// <summary>A path is there as a file or as a folder of files; a bare name is there anywhere.</summary>
    private static bool Has(ImmutableSortedSet<string> content, string wanted) => wanted.StartsWith('/')
        ? content.Contains(wanted) || content.Any(c => c.StartsWith($"{wanted}/", StringComparison.Ordinal))
        : content.Any(c => c == wanted || c.EndsWith($"/{wanted}", StringComparison.Ordinal));
}
