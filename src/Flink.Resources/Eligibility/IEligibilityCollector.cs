namespace Flink.Resources.Eligibility;

/// <summary>Reads what is to be known of a job before it is moved. Changes nothing of the job. Safe for concurrent use.</summary>
public interface IEligibilityCollector
{
    /// <summary>
    /// Reads the facts. What can't be read is Unknown with the reason, never an exception: an unreachable cluster is a fact as well.
    /// </summary>
    /// <param name="request">The move, and what was declared.</param>
    /// <param name="cancellationToken">Stops reading. A container that tries a directory ends by itself.</param>
    /// <exception cref="KeyNotFoundException">No backend has a name of the move.</exception>
    Task<EligibilityFacts> CollectAsync(EligibilityRequest request, CancellationToken cancellationToken = default);
}

/// <summary>Judges moves by all registered rules, the library's and one's own. Safe for concurrent use.</summary>
public interface IEligibilityJudge
{
    /// <summary>Reads the facts and judges them.</summary>
    /// <param name="request">The move, and what was declared.</param>
    /// <param name="options">What people did about findings; null for nothing.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="KeyNotFoundException">No backend has a name of the move.</exception>
    /// <exception cref="ArgumentException">Two rules have one id.</exception>
    Task<EligibilityReport> JudgeAsync(EligibilityRequest request, EligibilityOptions? options = null, CancellationToken cancellationToken = default);
}

internal sealed class EligibilityJudge(IEligibilityCollector collector, IEnumerable<IEligibilityRule> rules) : IEligibilityJudge
{
    public async Task<EligibilityReport> JudgeAsync(EligibilityRequest request, EligibilityOptions? options = null, CancellationToken cancellationToken = default) =>
        EligibilityPolicy.Judge(await collector.CollectAsync(request, cancellationToken).ConfigureAwait(false), EligibilityRules.All.Concat(rules), options ?? new EligibilityOptions());
}
