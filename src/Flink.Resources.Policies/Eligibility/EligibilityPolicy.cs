using System.Collections.Immutable;
using Flink.Resources.Translation;

namespace Flink.Resources.Eligibility;

/// <summary>Asks all rules about a job. Pure and deterministic: neither the order of rules nor that of facts changes the report.</summary>
public static class EligibilityPolicy
{
    /// <summary>Judges a job by the rules that this library brings.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="options">What people did about findings.</param>
    public static EligibilityReport Judge(EligibilityFacts facts, EligibilityOptions options) => Judge(facts, EligibilityRules.All, options);

    /// <summary>Judges a job.</summary>
    /// <param name="facts">What is known. Facts older than <see cref="EligibilityOptions.MaximumFactAge"/> count as unknown.</param>
    /// <param name="rules">The rules, each id once.</param>
    /// <param name="options">What people did about findings.</param>
    /// <exception cref="ArgumentException">Two rules have one id, or a rule reports under another id.</exception>
    public static EligibilityReport Judge(EligibilityFacts facts, IEnumerable<IEligibilityRule> rules, EligibilityOptions options)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(options);
        var all = rules.ToList();
        if (all.GroupBy(static r => r.Id, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two rules are called '{twice.Key}': {string.Join(", ", twice.Select(static r => r.GetType().Name))}. Each needs an id of its own.", nameof(rules));
        }
        var fresh = facts.NotOlderThan(options.MaximumFactAge);
        var open = new List<EligibilityFinding>();
        var settled = new List<SettledFinding>();
        foreach (var finding in all.SelectMany(r => Ask(r, fresh)).Distinct())
        {
            if (NoteOn(finding, facts.Job, options) is { } note)
            {
                settled.Add(new SettledFinding(finding, note));
            }
            else
            {
                open.Add(finding);
            }
        }
        return new EligibilityReport(facts.Job, [.. InOrder(open, static f => f)]) { Settled = [.. InOrder(settled, static s => s.Finding)] };
    }

    private static IEnumerable<EligibilityFinding> Ask(IEligibilityRule rule, EligibilityFacts facts) => rule.Judge(facts).Select(f => f.Rule == rule.Id
        ? f with { Evidence = SecretMask.Cover(f.Evidence), Remedy = SecretMask.Cover(f.Remedy) }
        : throw new ArgumentException($"The rule {rule.Id} reports a finding of '{f.Rule}': a rule reports under its own id.", nameof(rule)));

    /// <summary>Nobody's word settles a Block: what speaks against the move has to change.</summary>
    private static EligibilityNote? NoteOn(EligibilityFinding finding, JobKey job, EligibilityOptions options) => finding.Severity switch
    {
        EligibilitySeverity.Fix => options.Remedies.FirstOrDefault(n => n.Concerns(finding, job)),
        EligibilitySeverity.Warn => options.Acknowledgements.FirstOrDefault(n => n.Concerns(finding, job)),
        _ => null,
    };

    private static IOrderedEnumerable<T> InOrder<T>(IEnumerable<T> findings, Func<T, EligibilityFinding> of) => findings
        .OrderByDescending(f => of(f).Severity)
        .ThenBy(f => of(f).Rule, StringComparer.Ordinal)
        .ThenBy(f => of(f).Evidence, StringComparer.Ordinal);
}
