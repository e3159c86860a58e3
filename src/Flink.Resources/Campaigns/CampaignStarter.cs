namespace Flink.Resources;

/// <summary>Starts the jobs of one campaign: writes the runs of those that were chosen, puts off those that can't be started for the moment, leaves those that may not.</summary>
internal sealed class CampaignStarter(CampaignPen pen, IJournal journal, IMigrations migrations, PlacementMemory placements, TimeProvider timeProvider)
{
    private static readonly TimeSpan StartAgain = TimeSpan.FromSeconds(30);
    private readonly Dictionary<JobKey, DateTimeOffset> _notBefore = [];

    /// <summary>Jobs that could not be started a moment ago, and when they may be tried again.</summary>
    public IReadOnlyDictionary<JobKey, DateTimeOffset> NotBefore => _notBefore;

    private DateTimeOffset Now => timeProvider.GetUtcNow();

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
            _notBefore[key] = Now + StartAgain;
            await pen.WriteAsync(new StartPutOff(key, exception.Message) { At = Now }).ConfigureAwait(false);
            return null;
        }
        await pen.WriteAsync(new RunWritten(key, id) { At = Now }).ConfigureAwait(false);
        return id;
    }

    /// <summary>A job stays where it is.</summary>
    public Task LeaveAsync(JobKey key, string reason) => pen.WriteAsync(new JobLeft(key, reason) { At = Now });

    /// <summary>A run of the job that is not over, or was written after the job was chosen.</summary>
    private async Task<string?> FindWrittenAsync(JobKey key, CancellationToken cancellationToken)
    {
        var chosenAt = pen.Run.Jobs[key].StartedAt;
        var heads = await journal.ListAsync(new RunQuery(key), cancellationToken).ConfigureAwait(false);
        return heads.LastOrDefault(h => h.Machine == Migrations.Machine && (!h.IsFinal || h.CreatedAt >= chosenAt))?.Run;
    }
}
