using Flink.Resources.Eligibility;

namespace Flink.Resources;

/// <summary>
/// Judges whether a job of a campaign may still be moved when its turn comes, which may be days after the plan was made. Optional
/// (<c>AddCampaignEligibility</c>): without one, what the plan found holds for all of its waves. Asked beside a campaign's loop, for a few jobs at
/// a time, only for jobs that limits, windows and room would let go, and only when the last judgement is older than
/// <see cref="CampaignOptions.EligibilityAge"/>. Must be safe for concurrent use.
/// </summary>
public interface ICampaignEligibility
{
    /// <summary>Reads the facts anew and judges them, with what people did about findings. Changes nothing, and starts no container: the move tries its directory of snapshots itself.</summary>
    /// <param name="move">The move. Nothing of it is begun.</param>
    /// <param name="cancellationToken">Ends the question: the campaign ends, or has waited for 15 minutes. What ignores it keeps others from being judged.</param>
    /// <returns>
    /// What speaks against the move. An eligible job is started; another is left where it is, with its findings. What is not known
    /// (<see cref="EligibilityReport.IsUnknown"/>) is no refusal: the job waits, and is judged again a minute later. So is whatever this throws.
    /// </returns>
    Task<EligibilityReport> JudgeAsync(MoveRequest move, CancellationToken cancellationToken = default);
}
