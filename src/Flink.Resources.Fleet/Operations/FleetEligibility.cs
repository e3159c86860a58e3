using System.Collections.Concurrent;
using System.Collections.Immutable;
using Flink.Resources.Eligibility;

namespace Flink.Resources.Fleet;

/// <summary>
/// Whether the jobs of a document may be moved: facts of both sides, judged with what the document acknowledges. With the plan, and once more for
/// jobs of a campaign whose turn comes later.
/// </summary>
internal sealed class FleetEligibility(FleetDocument document, IEligibilityJudge judge, TimeProvider timeProvider) : ICampaignEligibility
{
    /// <summary>Each may hold a container of the target.</summary>
    private const int AtATime = 4;

    /// <summary>Judges moves, a few at a time.</summary>
    /// <param name="moves">The moves.</param>
    /// <param name="tries">What tries of directories have told in the same plan.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>One report for each, by job.</returns>
    public async Task<ImmutableArray<EligibilityReport>> JudgeAsync(IEnumerable<MoveRequest> moves, DirectoryTries tries, CancellationToken cancellationToken)
    {
        var waiting = new ConcurrentQueue<MoveRequest>(moves);
        var reports = new ConcurrentQueue<EligibilityReport>();
        // Without locks, so that a simulated clock sees all of it.
        await Task.WhenAll(Enumerable.Range(0, Math.Min(AtATime, waiting.Count)).Select(async _ =>
        {
            while (waiting.TryDequeue(out var move))
            {
                reports.Enqueue(await judge.JudgeAsync(RequestOf(move, tries), OptionsOf(move.Job), cancellationToken).ConfigureAwait(false));
            }
        })).ConfigureAwait(false);
        return [.. reports.OrderBy(static r => r.Job.Value, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Judges a job whose turn has come in a campaign. Its directory is left to the move. A job that the document does not name any more is judged by
    /// the rules alone: nobody acknowledges anything of it.
    /// </summary>
    public Task<EligibilityReport> JudgeAsync(MoveRequest move, CancellationToken cancellationToken = default) => document.Jobs.ContainsKey(move.Job)
        ? judge.JudgeAsync(RequestOf(move, null) with { LeavesDirectoriesToMove = true }, OptionsOf(move.Job), cancellationToken)
        : judge.JudgeAsync(new EligibilityRequest { Move = move, TriesDirectoriesFromSource = false, LeavesDirectoriesToMove = true }, null, cancellationToken);

    private EligibilityRequest RequestOf(MoveRequest move, DirectoryTries? tries)
    {
        var facts = document.Jobs[move.Job].Facts;
        var usual = new EligibilityLimits();
        return new EligibilityRequest
        {
            Move = move,
            TriesDirectoriesFromSource = false,
            Tries = tries,
            DirectoryGroup = tries is null ? null : DirectoryGroups.Of(document, move),
            Declared = new EligibilityDeclarations
            {
                Owner = facts.Owner,
                Freeze = facts.Freeze,
                IsStateless = facts.IsStateless,
                SourceRetention = facts.SourceRetention,
            },
            ImageContent = ImageOf(move.Job),
            Limits = usual with
            {
                // Flink gives a savepoint up after the usual limit, whatever the document allows.
                LongestStop = move.Options.StopTimeout < usual.LongestStop ? move.Options.StopTimeout : usual.LongestStop,
                Soak = move.Options.Soak,
            },
        };
    }

    /// <summary>What the document says that the image has; nobody looks into images.</summary>
    private Lookup<ImmutableSortedSet<string>> ImageOf(JobKey job)
    {
        var runtime = document.Runtimes[document.Jobs[job].Runtime];
        return runtime.ImageFiles.IsEmpty
            ? default
            : Lookup.Found(
                runtime.ImageFiles.ToImmutableSortedSet(StringComparer.Ordinal), new Evidence("the document", timeProvider.GetUtcNow(), $"imageFiles of the runtime {runtime.Name}"));
    }

    private EligibilityOptions OptionsOf(JobKey job)
    {
        var facts = document.Jobs[job].Facts;
        var owner = facts.Owner ?? job.Team;
        return new EligibilityOptions
        {
            Acknowledgements =
            [
                .. facts.Acknowledged.Select(a => new EligibilityNote(a, job, owner, "The document acknowledges it.")),
                .. document.Campaign.Acknowledged.Select(static a => new EligibilityNote(a, null, "campaign", "The document acknowledges it for all jobs.")),
            ],
            Remedies = [.. facts.Remedied.Select(a => new EligibilityNote(a, job, owner, "The document says that it is done."))],
        };
    }
}
