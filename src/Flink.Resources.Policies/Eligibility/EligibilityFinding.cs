using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>How much a finding weighs.</summary>
public enum EligibilitySeverity
{
    /// <summary>Good to know.</summary>
    Info = 0,

    /// <summary>Somebody has to say that it is known.</summary>
    Warn,

    /// <summary>The job may be moved once its remedy is done and recorded.</summary>
    Fix,

    /// <summary>The job can't be moved.</summary>
    Block,
}

/// <summary>Something that speaks against moving a job.</summary>
/// <param name="Rule">The rule's id, such as <c>E01</c>.</param>
/// <param name="Severity">How much it weighs.</param>
/// <param name="Evidence">What was seen, without secrets.</param>
/// <param name="Remedy">What would be right.</param>
public sealed record EligibilityFinding(string Rule, EligibilitySeverity Severity, string Evidence, string Remedy)
{
    /// <summary>It rests on something that could not be read: nothing was found to be wrong, and asking again may tell.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>It in plain words, and what would settle it.</summary>
    internal string Say() => Severity switch
    {
        EligibilitySeverity.Warn => $"{Rule} warns: {Sentence(Evidence)} {Sentence(Remedy)} Acknowledge it to move the job all the same.",
        EligibilitySeverity.Fix => $"{Rule} is to be fixed: {Sentence(Evidence)} {Sentence(Remedy)} Record that it is done.",
        _ => $"{Rule} blocks it: {Sentence(Evidence)} {Sentence(Remedy)}",
    };

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}

/// <summary>A finding that no longer speaks against the move.</summary>
/// <param name="Finding">The finding.</param>
/// <param name="Note">Who settled it, and how.</param>
public sealed record SettledFinding(EligibilityFinding Finding, EligibilityNote Note);

/// <summary>Whether a job may be moved.</summary>
/// <param name="Job">The job.</param>
/// <param name="Findings">What is open: the worst first, then by rule.</param>
public sealed record EligibilityReport(JobKey Job, ImmutableArray<EligibilityFinding> Findings)
{
    /// <summary>What was found and settled since: remedies that were done, warnings that somebody knows of.</summary>
    public ImmutableArray<SettledFinding> Settled { get; init; } = [];

    /// <summary>The worst of the findings; <see cref="EligibilitySeverity.Info"/> when there is none.</summary>
    public EligibilitySeverity Verdict => Findings.IsEmpty ? EligibilitySeverity.Info : Findings.Max(static f => f.Severity);

    /// <summary>Nothing open weighs more than <see cref="EligibilitySeverity.Info"/>.</summary>
    public bool IsEligible => Verdict == EligibilitySeverity.Info;

    /// <summary>
    /// The job is not eligible only because of what could not be read: whoever can wait asks again, when a cluster answers again for example. False as
    /// soon as anything open is known to be wrong.
    /// </summary>
    public bool IsUnknown => !IsEligible && Findings.All(static f => f.IsUnknown || f.Severity == EligibilitySeverity.Info);

    /// <summary>Why the job stays where it is, in plain words, and what would change that; null when it may be moved.</summary>
    public string? Refusal() => Refusal(Findings.Where(static f => f.Severity != EligibilitySeverity.Info));

    /// <summary>The worst first.</summary>
    internal static string? Refusal(IEnumerable<EligibilityFinding> open)
    {
        var said = open.OrderByDescending(static f => f.Severity).ThenBy(static f => f.Rule, StringComparer.Ordinal).ThenBy(static f => f.Evidence, StringComparer.Ordinal)
            .Select(static f => f.Say()).ToList();
        return said.Count == 0 ? null : string.Join(' ', said);
    }
}
