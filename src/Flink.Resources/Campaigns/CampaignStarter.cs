using Flink.Resources.Eligibility;

namespace Flink.Resources;

/// <summary>
/// Starts the jobs of one campaign: has those judged again that were judged too long ago, writes the runs of those that were chosen, puts off those
/// that can't be judged or started for the moment, leaves those that may not.
/// </summary>
internal sealed class CampaignStarter(
    CampaignPen pen, IJournal journal, IMigrations migrations, PlacementMemory placements, CampaignExaminer? examiner, TimeProvider timeProvider)
{
    private static readonly TimeSpan StartAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan JudgeAgain = TimeSpan.FromMinutes(1);
    private readonly Dictionary<JobKey, PutOff> _putOff = [];

    /// <summary>Jobs whose judgement is too old are judged again.</summary>
    public bool Judges => examiner is not null;

    /// <summary>Jobs that could not be judged or started a moment ago.</summary>
    public IReadOnlyDictionary<JobKey, PutOff> PutOff => _putOff;

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    /// <summary>Begins to judge jobs beside the loop; <paramref name="done"/> is called for each.</summary>
    public void Judge(IEnumerable<JobKey> jobs, Action done, CancellationToken cancellationToken)
    {
        foreach (var job in jobs)
        {
            examiner!.Begin(pen.Run.Request.Moves[job], done, cancellationToken);
        }
    }

    /// <summary>Writes down what was judged since; what could not be judged is asked again later.</summary>
    /// <returns>Whether anything was judged.</returns>
    public async Task<bool> HearAsync()
    {
        var changed = false;
        foreach (var examined in examiner?.Take() ?? [])
        {
            changed = true;
            if (pen.Run.Jobs[examined.Job].State != CampaignJobState.Waiting)
            {
                continue;
            }
            if (examined.Report is { IsUnknown: false } report)
            {
                var judged = new JobJudged(examined.Job, examined.BeganAt, [.. report.Findings.Where(static f => f.Severity > EligibilitySeverity.Info)]) { At = Now };
                await pen.WriteAsync(judged).ConfigureAwait(false);
            }
            else
            {
                _putOff[examined.Job] = new PutOff(Now + JudgeAgain, $"Whether it may still be moved is not known, and is asked again: {examined.Trouble ?? examined.Report?.Refusal()}");
            }
        }
        return changed;
    }

    /// <summary>Writes the run of a job that was chosen, or finds the one that a process wrote before it died.</summary>
    /// <returns>The run; null when there is none: the job is left or put off.</returns>
    public async Task<string?> StartAsync(JobKey key, CancellationToken cancellationToken)
    {
        var request = pen.Run.Request.Moves[key];
        string id;
        try
        {
            if (await FindWrittenAsync(key, cancellationToken).ConfigureAwait(false) is { } written)
            {
                if (await migrations.FindAsync(written, cancellationToken).ConfigureAwait(false) is not { } run || PlacementMemory.TargetOf(run.Request) != PlacementMemory.TargetOf(request))
                {
                    await LeaveAsync(key, $"It has a run that is not this campaign's: {written}.").ConfigureAwait(false);
                    return null;
                }
                id = written;
            }
            else if (Judges && pen.Run.NeedsJudgement(pen.Run.Jobs[key], Now))
            {
                // It was chosen by a process that died before it wrote the run, a while ago.
                await PutOffAsync(key, "It was chosen, and not moved before its judgement was too old: it is judged again.").ConfigureAwait(false);
                return null;
            }
            else if (await placements.FindAsync(key, cancellationToken).ConfigureAwait(false) is { } refused && refused.Objection(PlacementMemory.TargetOf(request), request.Revision) is { } objection)
            {
                await LeaveAsync(key, objection).ConfigureAwait(false);
                return null;
            }
            else
            {
                id = await migrations.CreateAsync(request, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (ArgumentException exception)
        {
            await LeaveAsync(key, exception.Message).ConfigureAwait(false);
            return null;
        }
        catch (InvalidOperationException exception)
        {
            await PutOffAsync(key, exception.Message).ConfigureAwait(false);
            return null;
        }
        await pen.WriteAsync(new RunWritten(key, id) { At = Now }).ConfigureAwait(false);
        return id;
    }

    /// <summary>A job stays where it is.</summary>
    public Task LeaveAsync(JobKey key, string reason) => pen.WriteAsync(new JobLeft(key, reason) { At = Now });

    private Task PutOffAsync(JobKey key, string reason)
    {
        _putOff[key] = new PutOff(Now + StartAgain, reason);
        return pen.WriteAsync(new StartPutOff(key, reason) { At = Now });
    }

    /// <summary>A run of the job that is not over, or was written after the job was chosen.</summary>
    private async Task<string?> FindWrittenAsync(JobKey key, CancellationToken cancellationToken)
    {
        var chosenAt = pen.Run.Jobs[key].StartedAt;
        var heads = await journal.ListAsync(new RunQuery(key), cancellationToken).ConfigureAwait(false);
        return heads.LastOrDefault(h => h.Machine == Migrations.Machine && (!h.IsFinal || h.CreatedAt >= chosenAt))?.Run;
    }
}
