namespace Flink.Resources.Eligibility;

/// <summary>What a client shipped is in no image.</summary>
internal sealed class ShippedFiles() : EligibilityRule(
    "E11", EligibilitySeverity.Fix, "Files were shipped by the client, or the start command was changed", "`yarn.ship-*`, library directories, start-command template, entry path; the target's `Files`")
{
    private static readonly string[] Lists = ["yarn.ship-files", "yarn.ship-archives"];
    private static readonly string[] Commands = ["yarn.container-start-command-template", "kubernetes.entry.path"];

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => WithConfiguration(facts, settings =>
    {
        var there = facts.TargetSpec.Files.Append(facts.TargetSpec.Jar).Select(static f => NameOf(f.Uri)).ToHashSet(StringComparer.Ordinal);
        return Files(settings, there).Concat(
            from key in Commands
            where settings[key] is { } value && facts.TargetSpec.Configuration.GetValueOrDefault(key) != value && IsOwn(key, value)
            select Finding($"{key} is set", "say by env.java.opts.* or a pod template what differs from Flink's own command, and record it"));
    });

    private IEnumerable<EligibilityFinding> Files(FlinkSettings settings, HashSet<string> there) =>
        from key in Lists
        from file in (settings[key] ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        where !there.Contains(NameOf(file))
        select Finding($"{key} ships {file}, which the target's specification does not have", "bring it with Files, or in the image, and record where");

    private static bool IsOwn(string key, string value) => key != "kubernetes.entry.path" || value != "/docker-entrypoint.sh";

    private static string NameOf(string uri) => uri.TrimEnd('/')[(uri.TrimEnd('/').LastIndexOf('/') + 1)..];
}
