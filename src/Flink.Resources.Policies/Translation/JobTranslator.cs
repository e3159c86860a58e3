using System.Collections.Immutable;
using System.Diagnostics;
using Flink.Resources.Flink;

namespace Flink.Resources.Translation;

/// <summary>
/// Translates a running job's definition between YARN and Kubernetes. Pure and total: the same input gives the same answer in the same order, every key of the
/// source appears in the report once, and whatever the configuration holds ends in a result, never in an exception.
/// A rollback starts the source from its stored text; nothing is ever translated back for that.
/// </summary>
public static class JobTranslator
{
    /// <summary>The shortest key for digests of secrets, in bytes.</summary>
    public const int MinimumDigestKey = 16;

    /// <summary>Translates a job.</summary>
    /// <param name="source">The job as it runs.</param>
    /// <param name="target">What is there where it shall run.</param>
    /// <param name="digestKey">Secrets appear in reports as HMAC-SHA-256 under this key, at least <see cref="MinimumDigestKey"/> bytes. Keep it: the same key shows whether a secret changed.</param>
    /// <exception cref="ArgumentException">The two are not one on YARN and one on Kubernetes, or the key is too short.</exception>
    public static TranslationResult Translate(SourceJob source, TargetProfile target, ReadOnlyMemory<byte> digestKey)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (digestKey.Length < MinimumDigestKey)
        {
            throw new ArgumentException(FormattableString.Invariant($"The digest key has {digestKey.Length} bytes; at least {MinimumDigestKey} are wanted."), nameof(digestKey));
        }
        var table = (source.Backend, target.Backend) switch
        {
            (BackendKind.Yarn, BackendKind.Kubernetes) => MappingTable.ToKubernetes,
            (BackendKind.Kubernetes, BackendKind.Yarn) => MappingTable.ToYarn,
            _ => throw new ArgumentException($"A job is translated between Yarn and Kubernetes; this is {source.Backend} to {target.Backend}.", nameof(target)),
        };
        var hasVersions = FlinkRelease.TryParse(source.FlinkVersion, out var from) & FlinkRelease.TryParse(target.FlinkVersion, out var to);
        var chosen = KeyChoice.Choose(source.Configuration, from);
        var draft = new Draft(source, target, new SecretMask(digestKey), from, to, chosen.Inputs);
        foreach (var passed in chosen.Passed)
        {
            draft.Drop(passed.Input, passed.Reason);
        }
        foreach (var input in draft.Inputs)
        {
            Apply(draft, table, input);
        }
        if (!hasVersions)
        {
            draft.Field("FlinkVersion", KeyOutcome.Blocking, $"{source.FlinkVersion} to {target.FlinkVersion}", null, "versions such as 1.20 or 1.20.5 are wanted");
        }
        var spec = Completion.Complete(draft);
        ConfigurationFindings.Look(draft);
        if (spec is not null)
        {
            draft.Blockers.AddRange(TranslationChecks.Check(spec, target));
        }
        var report = ReportOf(draft);
        return spec is null || draft.Blockers.Count > 0
            ? new TranslationResult.Blocked(
                [.. draft.Blockers.OrderBy(static b => b.Field, StringComparer.Ordinal).ThenBy(static b => b.Expected, StringComparer.Ordinal).DistinctBy(static b => (b.Field, b.Expected))], report)
            : new TranslationResult.Translated(spec, report);
    }

    private static void Apply(Draft draft, MappingTable table, InputKey input)
    {
        var before = draft.Entries.Count;
        if (draft.Target.Decisions.TryGetValue(input.Original, out var decision) || draft.Target.Decisions.TryGetValue(input.Key, out decision))
        {
            Decide(draft, input, decision);
        }
        else if (IsSupplied(draft.Target, input))
        {
            draft.Typed(input, KeyOutcome.Mapped, "backend", "supplied by the place", "the place brings it itself");
        }
        else if (input.Value == SecretMask.Hidden)
        {
            draft.Block(input, "Flink hides its value; give the real one, or let the place supply it (TargetProfile.SuppliedKeys)");
        }
        else
        {
            table.RowOf(input.Key).Apply(draft, input);
        }
        if (draft.Entries.Count != before + 1)
        {
            throw new UnreachableException($"The row of {input.Key} wrote {draft.Entries.Count - before} entries.");
        }
    }

    private static void Decide(Draft draft, InputKey input, KeyDecision decision)
    {
        switch (decision)
        {
            case KeyDecision.Drop drop:
                draft.Drop(input, $"decided: {drop.Reason}");
                break;
            case KeyDecision.Replace replace:
                draft.Map(input, $"decided: {replace.Reason}", [.. replace.Keys.Select(static p => (p.Key, p.Value))]);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static bool IsSupplied(TargetProfile target, InputKey input) => target.SuppliedKeys.Any(k => k is [.. var start, '*']
        ? input.Key.StartsWith(start, StringComparison.Ordinal) || input.Original.StartsWith(start, StringComparison.Ordinal)
        : k == input.Key || k == input.Original);

    private static TranslationReport ReportOf(Draft draft) => new()
    {
        Entries = [.. draft.Entries.OrderBy(static e => e.Key, StringComparer.Ordinal)],
        Fields = [.. draft.Fields.OrderBy(static f => f.Key, StringComparer.Ordinal)],
        Added = [.. draft.Additions.OrderBy(static a => a.Key, StringComparer.Ordinal).ThenBy(static a => a.Text, StringComparer.Ordinal)],
        Findings = [.. draft.Findings.OrderBy(static f => f.Rule).ThenBy(static f => f.Evidence, StringComparer.Ordinal).ThenBy(static f => f.Remedy, StringComparer.Ordinal)],
        IgnoredLines = [.. draft.Source.IgnoredLines.OrderBy(static l => l.Line).ThenBy(static l => l.Key, StringComparer.Ordinal)],
        IsOneWay = draft.From != draft.To,
    };
}
