using System.Collections.Immutable;
using Flink.Resources.Autoscaling;
using Flink.Resources.Flink;

namespace Flink.Resources.Translation;

/// <summary>Where the job's files come from on the target. Nothing is guessed: a digest, or somebody's decision.</summary>
internal static class Files
{
    /// <summary>A file there; null with the reason when it is still to be decided.</summary>
    public sealed record Place(ArtifactRef? There, KeyOutcome Outcome, string Reason, bool IsInContent = false);

    /// <summary>Since Flink 1.19 a running job shows a list as its YAML: <c>[--rate, '100']</c>.</summary>
    public static ImmutableArray<string> List(string text) => text.TrimStart().StartsWith('[')
        ? FlinkListText.Parse(text.Trim())
        : [.. FlinkValue.List(text).Select(static t => t.Trim()).Where(static t => t.Length > 0)];

    public static Place Resolve(Draft draft, ArtifactRef file)
    {
        var target = draft.Target;
        if (target.Artifacts.TryGetValue(file.Uri, out var decided))
        {
            return file.Sha256 is not null && decided.Sha256 is not null && file.Sha256 != decided.Sha256
                ? new Place(null, KeyOutcome.Blocking, "the file that was chosen for it has another digest; choose the same bytes")
                : new Place(decided with { Sha256 = decided.Sha256 ?? file.Sha256 }, KeyOutcome.Mapped, "somebody chose this place");
        }
        if (file.Sha256 is { } digest && target.Content.FirstOrDefault(c => c.Value == digest).Key is { } path)
        {
            return draft.ToKubernetes
                ? new Place(new ArtifactRef($"local://{path}", digest), KeyOutcome.Mapped, "the image holds the same bytes", true)
                : new Place(new ArtifactRef(path, digest), KeyOutcome.Mapped, "the library directories hold the same bytes", true);
        }
        if (Paths.IsUnreachable(draft, file.Uri))
        {
            return new Place(null, KeyOutcome.NeedsInput, "only the source reaches it; copy it and name the place in TargetProfile.Artifacts");
        }
        var scheme = Uri.TryCreate(file.Uri, UriKind.Absolute, out var uri) && !file.Uri.StartsWith('/') ? uri.Scheme : "file";
        if (!draft.ToKubernetes)
        {
            return scheme is "hdfs" or "viewfs"
                ? new Place(file, KeyOutcome.Kept, "YARN localises it from there")
                : new Place(null, KeyOutcome.NeedsInput, "YARN localises files of its own file system; copy it there and name the place in TargetProfile.Artifacts");
        }
        return scheme switch
        {
            "file" => new Place(null, KeyOutcome.NeedsInput, "pods can't read a client's disk; put it into the image or onto remote storage and name the place in TargetProfile.Artifacts"),
            "local" => new Place(null, KeyOutcome.NeedsInput, "the image's content does not say that it holds this file; give its digest"),
            _ when draft.To.HasLegacyFileOnly => new Place(null, KeyOutcome.NeedsInput, $"Flink {draft.To} fetches no remote files; put it into the image"),
            _ when file.Sha256 is null => new Place(null, KeyOutcome.NeedsInput, "a remote file is pinned by its digest; give it"),
            _ => new Place(file, KeyOutcome.Kept, "pods fetch it from there"),
        };
    }

    /// <summary>Files that the configuration ships, with the digests that the source knows of them.</summary>
    public static ImmutableArray<ArtifactRef> Shipped(Draft draft)
    {
        var known = draft.Source.Files.DistinctBy(static f => f.Uri, StringComparer.Ordinal).ToDictionary(static f => f.Uri, StringComparer.Ordinal);
        string[] options = draft.ToKubernetes ? ["yarn.ship-files", "yarn.ship-archives"] : ["user.artifacts.artifact-list"];
        return
        [
            .. options.SelectMany(o => List(draft.Get(o) ?? string.Empty)).Select(u => known.GetValueOrDefault(u, new ArtifactRef(u)))
                .Concat(known.Values).DistinctBy(static f => f.Uri, StringComparer.Ordinal).OrderBy(static f => f.Uri, StringComparer.Ordinal),
        ];
    }
}
