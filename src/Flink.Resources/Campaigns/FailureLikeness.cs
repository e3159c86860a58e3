using System.Text.RegularExpressions;
using Flink.Resources.Health;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>What jobs have in common that failed for one cause. Null: they differ in it. Jobs that are alike in all of it would fail too.</summary>
/// <param name="Signature">The cause.</param>
/// <param name="TargetBackend">Where they went.</param>
/// <param name="TargetQueue">The queue there.</param>
/// <param name="FlinkVersion">Their Flink.</param>
/// <param name="StateBackend">Their state backend.</param>
/// <param name="Team">Their owner.</param>
internal sealed record FailureLikeness(
    string Signature, string? TargetBackend, string? TargetQueue, string? FlinkVersion, string? StateBackend, string? Team)
{
    /// <summary>What jobs have in common.</summary>
    public static FailureLikeness Of(string signature, IReadOnlyCollection<FleetJob> jobs) => new(
        signature,
        Common(jobs, static j => j.Target.Backend),
        Common(jobs, static j => j.Target.Queue),
        Common(jobs, static j => j.FlinkVersion),
        Common(jobs, static j => j.StateBackend),
        Common(jobs, static j => j.Job.Team));

    /// <summary>Whether a job is like them.</summary>
    public bool Fits(FleetJob job) =>
        Same(TargetBackend, job.Target.Backend) && Same(TargetQueue, job.Target.Queue) && Same(FlinkVersion, job.FlinkVersion)
        && Same(StateBackend, job.StateBackend) && Same(Team, job.Job.Team);

    /// <inheritdoc/>
    public override string ToString()
    {
        var parts = new[]
        {
            TargetBackend is null ? null : $"target {TargetBackend}",
            TargetQueue is null ? null : $"queue {TargetQueue}",
            FlinkVersion is null ? null : $"Flink {FlinkVersion}",
            StateBackend is null ? null : $"state backend {StateBackend}",
            Team is null ? null : $"team {Team}",
        };
        var common = string.Join(", ", parts.OfType<string>());
        return $"{Signature} ({(common.Length == 0 ? "nothing in common" : common)})";
    }

    private static string? Common(IReadOnlyCollection<FleetJob> jobs, Func<FleetJob, string?> trait)
    {
        var all = jobs.Select(trait).Distinct(StringComparer.Ordinal).Take(2).ToList();
        return all is [{ } one] ? one : null;
    }

    private static bool Same(string? wanted, string? has) => wanted is null || string.Equals(wanted, has, StringComparison.Ordinal);
}

/// <summary>The same words for the same cause, so that failures can be counted by it.</summary>
internal static partial class FailureSignature
{
    private const int Length = 120;

    /// <summary>The signature of a run that failed; null when it did not, or a person brought it back.</summary>
    public static string? Of(MigrationRun run)
    {
        if (run.AskedBackBy is not null || run.State == MigrationState.Cancelled || run.Reason is null)
        {
            return null;
        }
        var cause = run.Rollback?.Reason ?? run.Reason;
        var kind = RootCause.Classify($"{cause}\n{run.Evidence}");
        return kind != RootCauseKind.Other ? kind.ToString() : Plain(cause, run);
    }

    /// <summary>A text without what differs from job to job: names, numbers, addresses, ids.</summary>
    private static string Plain(string text, MigrationRun run)
    {
        var plain = text;
        foreach (var name in new[] { run.Request.Job.Value, run.Request.Job.Name, run.Target?.Application.Id, run.Source.Application.Id, run.Id }.OfType<string>())
        {
            plain = name.Length > 2 ? plain.Replace(name, "…", StringComparison.Ordinal) : plain;
        }
        plain = Addresses().Replace(plain, "…");
        plain = Numbers().Replace(plain, "#");
        return plain.Length <= Length ? plain : plain[..Length];
    }

    [GeneratedRegex(@"[a-z][a-z0-9+.-]*:/[^\s,;)]*", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Addresses();

    // Versions keep their digits (1.19): an image that is missing for one is another cause than one that is missing for another.
    [GeneratedRegex(@"(?<![\d.])\d+(?![\d.]*\d*\.\d)(?!\.\d)|[0-9a-f]{8,}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Numbers();
}
