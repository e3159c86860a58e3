using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>What people did about findings, and how old facts may be.</summary>
public sealed record EligibilityOptions
{
    /// <summary>An older fact counts as unknown. Above zero.</summary>
    /// <value>1 h.</value>
    public TimeSpan MaximumFactAge
    {
        get;
        init => field = value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A fact may be some time old.");
    } = TimeSpan.FromHours(1);

    /// <summary>Remedies that were done; each settles findings of <see cref="EligibilitySeverity.Fix"/>.</summary>
    public ImmutableArray<EligibilityNote> Remedies { get; init; } = [];

    /// <summary>Warnings that somebody knows of; each settles findings of <see cref="EligibilitySeverity.Warn"/>.</summary>
    public ImmutableArray<EligibilityNote> Acknowledgements { get; init; } = [];
}

/// <summary>Somebody's word on the findings of a rule.</summary>
/// <param name="Rule">The rule's id.</param>
/// <param name="Job">The job; null for all of them.</param>
/// <param name="By">Who says so.</param>
/// <param name="Words">What was done, or why it is fine.</param>
public sealed record EligibilityNote(string Rule, JobKey? Job, string By, string Words)
{
    internal bool Concerns(EligibilityFinding finding, JobKey job) => Rule == finding.Rule && (Job is null || Job == job);
}
