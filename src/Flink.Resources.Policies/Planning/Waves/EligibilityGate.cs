using System.Collections.Immutable;
using Flink.Resources.Eligibility;

namespace Flink.Resources.Planning;

/// <summary>Which jobs may be moved at all, and why the others may not.</summary>
internal sealed class EligibilityGate
{
    private readonly Dictionary<JobKey, ImmutableArray<EligibilityFinding>> _findings;
    private readonly HashSet<(string Rule, JobKey? Job)> _known;
    private readonly bool _isRequired;

    public EligibilityGate(PlanningFacts facts, PlanningOptions options)
    {
        _findings = facts.Eligibility.GroupBy(static r => r.Job).ToDictionary(static g => g.Key, static g => g.SelectMany(static r => r.Findings).ToImmutableArray());
        _known = [.. facts.Acknowledged.Select(static a => (a.Rule, a.Job))];
        _isRequired = options.RequireEligibility;
    }

    /// <summary>Why a job stays; null when it may be moved.</summary>
    public string? Refusal(FleetJob job)
    {
        if (!_findings.TryGetValue(job.Job, out var findings))
        {
            return _isRequired ? "whether it may be moved was not judged; judge its eligibility first." : null;
        }
        return EligibilityReport.Refusal(findings.Where(f => IsOpen(f, job.Job)));
    }

    private bool IsOpen(EligibilityFinding finding, JobKey job) => finding.Severity switch
    {
        EligibilitySeverity.Info => false,
        EligibilitySeverity.Warn => !_known.Contains((finding.Rule, null)) && !_known.Contains((finding.Rule, job)),
        EligibilitySeverity.Fix => !_known.Contains((finding.Rule, job)),
        _ => true,
    };
}
