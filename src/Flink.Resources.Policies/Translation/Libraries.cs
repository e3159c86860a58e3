namespace Flink.Resources.Translation;

/// <summary>Rows about files that the place brings, and files that the job brings.</summary>
internal static class Libraries
{
    public static MappingRow Row(string option) => new(
        option, "content of the image, or of the library directories", [KeyOutcome.DroppedSafe, KeyOutcome.Blocking],
        "only when the target holds the same files, by digest", static (draft, input) =>
        {
            var files = draft.Source.Libraries.Where(l => l.Option == input.Key || l.Option == input.Original).Select(static l => l.File).ToList();
            var content = draft.Target.Content.Values.ToHashSet(StringComparer.Ordinal);
            var missing = files.Where(f => f.Sha256 is null || !content.Contains(f.Sha256)).Select(static f => f.Uri.Split('/')[^1]).Order(StringComparer.Ordinal).ToList();
            if (files.Count == 0)
            {
                draft.Block(input, "what it holds is not known; list the files with their digests in SourceJob.Libraries");
            }
            else if (missing.Count > 0)
            {
                draft.Block(input, FormattableString.Invariant($"{missing.Count} of {files.Count} files are not there by digest: {string.Join(", ", missing.Take(5))}{(missing.Count > 5 ? ", …" : string.Empty)}"));
            }
            else
            {
                draft.Drop(input, FormattableString.Invariant($"the target holds all {files.Count} files, by digest"));
            }
        });

    public static MappingRow Shipped(string option, string target) => new(
        option, target, [KeyOutcome.Mapped, KeyOutcome.NeedsInput, KeyOutcome.Blocking],
        "one decision for each file: the same bytes in the image, or a place in `Artifacts`", static (draft, input) =>
        {
            var known = Files.Shipped(draft);
            var open = Files.List(input.Value).Select(u => known.First(f => f.Uri == u)).Where(f => Files.Resolve(draft, f).There is null).ToList();
            draft.Find(TranslationRule.ShippedFiles, FindingSeverity.Fix, input.Original, "one decision for each file; see the fields Files");
            if (open.Count == 0)
            {
                draft.Typed(input, KeyOutcome.Mapped, "Files", FormattableString.Invariant($"{Files.List(input.Value).Length} files"), "each has its place; see the fields");
            }
            else
            {
                draft.Ask(input, FormattableString.Invariant($"{open.Count} files have no place there; see the fields"));
            }
        });
}
