using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>What somebody may ask of a campaign.</summary>
public enum CampaignRequestKind
{
    /// <summary>Nothing.</summary>
    Unknown = 0,

    /// <summary>Start no more jobs for now.</summary>
    Pause,

    /// <summary>Go on: takes back <see cref="Pause"/>, and every other hold that a person may release.</summary>
    Resume,

    /// <summary>Start no more jobs at all; what is under way goes on to its end. Jobs that have not been stopped yet stay where they are.</summary>
    Abort,

    /// <summary>Lets a wave, or one job, start that needs a person's approval.</summary>
    Approve,

    /// <summary>Takes away one hold.</summary>
    Release,

    /// <summary>Something that jobs share is in trouble (<see cref="CampaignDemand.Incident"/>): no starts, and the migration is not to blame.</summary>
    ReportIncident,

    /// <summary>It is over, whoever reported it.</summary>
    EndIncident,
}

/// <summary>Something that somebody asks of a campaign.</summary>
/// <param name="Kind">What.</param>
/// <param name="Wave">The wave that is approved.</param>
/// <param name="Job">The job that is approved.</param>
/// <param name="Hold">The hold that is released (<see cref="Planning.CampaignHold.Key"/>), or the signature that keeps jobs from starting.</param>
public sealed record CampaignDemand(CampaignRequestKind Kind, int? Wave = null, JobKey? Job = null, string? Hold = null)
{
    /// <summary>What is in trouble, such as <c>kafka-main</c>.</summary>
    public string? Incident { get; init; }
}

/// <summary>Moves fleets: waves of jobs under limits, windows and abort rules, and the way back at one click. All of it through the journal.</summary>
public interface ICampaigns
{
    /// <summary>Writes a campaign down, and returns its id. Nothing happens before <see cref="RunAsync"/>.</summary>
    /// <param name="request">What is to be moved.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException">The request contradicts itself; the message names every field.</exception>
    /// <exception cref="InvalidOperationException">A campaign of that name is not over.</exception>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    Task<string> CreateAsync(CampaignRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Carries a campaign on until it is over. Cancelling, like the end of the process, leaves it as the journal has it: the same call, here
    /// or elsewhere, goes on from there.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="progress">Told of what is new, at most once per <see cref="CampaignOptions.ReportInterval"/>, and of the end.</param>
    /// <param name="cancellationToken">Stops the work, not the jobs.</param>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    /// <exception cref="LeaseHeldException">Another process carries it.</exception>
    /// <exception cref="InvalidOperationException">The lease was lost on the way: another process carries it on.</exception>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    Task<CampaignReport> RunAsync(string campaign, IProgress<CampaignReport>? progress = null, CancellationToken cancellationToken = default);

    /// <summary>A campaign as the journal has it; null when there is none.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<CampaignReport?> FindAsync(string campaign, CancellationToken cancellationToken = default);

    /// <summary>The campaigns that are not over, oldest first.</summary>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<ImmutableArray<string>> FindUnfinishedAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks a campaign for something. It is durable when this returns; whoever carries the campaign acts on it at its next look.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="demand">What is asked for.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops waiting; the request may have been written.</param>
    /// <returns>Null when it has an effect, else why it has none; then nothing is written.</returns>
    /// <exception cref="KeyNotFoundException">There is no such campaign.</exception>
    Task<string?> RequestAsync(string campaign, CampaignDemand demand, string by, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>What <see cref="RollBackAsync"/> would do to each job, the most important first. Changes nothing.</summary>
    /// <param name="scope">Which jobs.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="KeyNotFoundException">The scope names a campaign, a wave or a job that the journal does not know.</exception>
    Task<ImmutableArray<RollbackPreview>> PreviewRollbackAsync(RollbackScope scope, CancellationToken cancellationToken = default);

    /// <summary>
    /// Brings jobs back to where they were, many at a time under the limits, the most important first. Asked for again while it is under
    /// way, or after its process died, it joins what is under way: each job goes back once.
    /// </summary>
    /// <param name="scope">Which jobs.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="reason">Why.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Stops the work, not the jobs.</param>
    /// <returns>What became of each job, the most important first.</returns>
    /// <exception cref="KeyNotFoundException">The scope names a campaign, a wave or a job that the journal does not know.</exception>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    Task<ImmutableArray<RollbackResult>> RollBackAsync(
        RollbackScope scope, string by, string? reason = null, RollbackOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Where a job must not be moved by itself, since it came back from there; null when there is no such place.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<RefusedPlacement?> FindRefusedAsync(JobKey job, CancellationToken cancellationToken = default);

    /// <summary>Lets a job be moved again to where it came back from. Durable when this returns.</summary>
    /// <param name="job">The job.</param>
    /// <param name="by">Who asks.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>Null when it has an effect, else why it has none; then nothing is written.</returns>
    /// <exception cref="LeaseHeldException">Another process is changing the job.</exception>
    Task<string?> RetryAsync(JobKey job, string by, string? reason = null, CancellationToken cancellationToken = default);
}
