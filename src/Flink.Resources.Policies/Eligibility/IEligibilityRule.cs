using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>
/// One thing that can speak against moving a job. Pure: the same facts give the same findings; no clock, no I/O. Must be safe for concurrent use.
/// Own rules are added with <c>AddEligibilityRule</c>; numbers that they need and that nobody else collects are
/// <see cref="EligibilityFacts.Additional"/>.
/// </summary>
public interface IEligibilityRule
{
    /// <summary>Its id, such as <c>E01</c>. Always the same, and no other rule's.</summary>
    string Id { get; }

    /// <summary>What it looks for, in one line.</summary>
    string Title { get; }

    /// <summary>The severity of what it usually finds; a single finding may weigh more or less.</summary>
    EligibilitySeverity Severity { get; }

    /// <summary>
    /// What speaks against the move; empty when nothing does. A fact that is needed and <see cref="LookupStatus.Unknown"/> is a finding of its own,
    /// never silence.
    /// </summary>
    /// <param name="facts">What is known of the job and of where it shall go.</param>
    ImmutableArray<EligibilityFinding> Judge(EligibilityFacts facts);
}
