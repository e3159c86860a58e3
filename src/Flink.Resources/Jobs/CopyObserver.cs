using System.Collections.Immutable;
using Flink.Resources.Flink;
using Flink.Resources.Translation;

namespace Flink.Resources;

/// <summary>Looks at a copy through its backend and through Flink, and puts together what each of them knows.</summary>
internal sealed class CopyObserver(IBackendCatalog backends, TimeProvider timeProvider)
{
    /// <summary>Flink serves a job's exceptions from a copy of it that is up to web.refresh-interval old, by default three seconds.</summary>
    private static readonly TimeSpan _exceptionsAreLate = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _asksAgain = TimeSpan.FromMilliseconds(500);

    public async Task<CopyObservation> LookAsync(CopyRef copy, TriggerId? trigger, bool thorough, CancellationToken cancellationToken)
    {
        if (!backends.TryGet(copy.Application.Backend, out var backend))
        {
            return new CopyObservation { Trouble = $"No backend is called '{copy.Application.Backend}'." };
        }
        try
        {
            var found = await backend.FindAsync(copy.Application, cancellationToken).ConfigureAwait(false);
            var seen = found.Match(
                static r => new CopyObservation
                {
                    Application = LookupStatus.Found,
                    ApplicationState = r.State,
                    Result = r.Result,
                    IsStuck = r.IsStuck,
                    Diagnostics = r.Diagnostics,
                },
                static e => new CopyObservation { Application = LookupStatus.Absent, Trouble = e.Seen },
                static e => new CopyObservation { Trouble = e.Seen });
            if (seen.Application == LookupStatus.Absent)
            {
                return seen;
            }
            var connected = await backend.ConnectAsync(copy.Application, cancellationToken).ConfigureAwait(false);
            return await connected.Match(
                c => FlinkAsync(seen, c, copy.Job, trigger, thorough, cancellationToken),
                e => Task.FromResult(seen with { Trouble = e.Seen }),
                e => Task.FromResult(seen with { Trouble = e.Seen })).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return new CopyObservation { Trouble = exception.Message };
        }
    }

    private async Task<CopyObservation> FlinkAsync(
        CopyObservation seen, IFlinkCluster cluster, FlinkJobId? wanted, TriggerId? trigger, bool thorough, CancellationToken cancellationToken)
    {
        try
        {
            var jobs = await cluster.GetJobsAsync(cancellationToken).ConfigureAwait(false);
            var job = jobs.Where(j => wanted is null || j.Id == wanted).OrderByDescending(static j => !j.State.IsTerminal)
                .ThenByDescending(static j => j.StartedAt).FirstOrDefault();
            seen = seen with
            {
                FlinkAnswers = true,
                LiveJobs = jobs.Count(static j => !j.State.IsTerminal),
                Job = job?.Id,
                JobState = job?.State ?? FlinkJobState.Unknown,
                AllTasksRun = job?.AllTasksRun ?? false,
            };
            if ((job?.Id ?? wanted) is not { } id)
            {
                return seen;
            }
            if (trigger is { } asked)
            {
                seen = WithSavepoint(seen, await cluster.FindSavepointAsync(id, asked, cancellationToken).ConfigureAwait(false));
            }
            seen = WithCheckpoints(seen, await cluster.FindCheckpointsAsync(id, cancellationToken).ConfigureAwait(false));
            if (job?.State == FlinkJobState.Failed)
            {
                // The backend learns that a job has ended later than Flink, and may not know why even then.
                seen = seen with { Diagnostics = await CauseAsync(cluster, id, cancellationToken).ConfigureAwait(false) ?? seen.Diagnostics };
            }
            return thorough ? await ThoroughAsync(seen, cluster, id, cancellationToken).ConfigureAwait(false) : seen;
        }
        catch (ResourceBackendException exception)
        {
            return seen with { Trouble = exception.Message };
        }
    }

    private static CopyObservation WithSavepoint(CopyObservation seen, Lookup<SavepointStatus> lookup) => lookup.Match(
        s => s switch
        {
            SavepointStatus.InProgress => seen with { Savepoint = SavepointLook.InProgress },
            SavepointStatus.Completed completed => seen with { Savepoint = SavepointLook.Completed, SavepointLocation = completed.Location },
            SavepointStatus.Failed failed => seen with
            {
                Savepoint = SavepointLook.Failed,
                SavepointCause = failed.Cause,
                SavepointNamedByCause = failed.SavepointNamedByCause,
            },
            _ => seen,
        },
        _ => seen with { Savepoint = SavepointLook.Absent },
        e => seen with { Trouble = e.Seen });

    private static CopyObservation WithCheckpoints(CopyObservation seen, Lookup<CheckpointStatistics> lookup) => lookup.Match(
        c => seen with
        {
            HasCheckpoints = true,
            CompletedCheckpoints = c.Completed,
            LatestCheckpointId = c.LatestCompleted?.Id,
            LatestCheckpoint = c.LatestCompleted?.Path,
            LatestCheckpointAt = c.LatestCompleted?.TriggeredAt,
            CheckpointDuration = c.LatestCompleted?.Duration,
            StateBytes = c.LatestCompleted?.StateBytes,
            InProgress = c.InProgress,
            RestoredFrom = c.LatestRestored?.Path,
            RestoredFromSavepoint = c.LatestRestored?.IsSavepoint,
        },
        _ => seen,
        e => seen with { Trouble = e.Seen });

    /// <summary>Null when it can't be read: the job has ended all the same.</summary>
    private async Task<string?> CauseAsync(IFlinkCluster cluster, FlinkJobId job, CancellationToken cancellationToken)
    {
        var until = timeProvider.GetUtcNow() + _exceptionsAreLate;
        while (true)
        {
            var entries = (await cluster.FindExceptionsAsync(job, 1, cancellationToken).ConfigureAwait(false))
                .Match<ImmutableArray<FlinkExceptionEntry>?>(static e => e, static _ => null, static _ => null);
            if (entries is not [] || timeProvider.GetUtcNow() >= until)
            {
                return entries is [var newest, ..] ? LastWords.Of(newest.StackTrace) ?? newest.Name : null;
            }
            await Task.Delay(_asksAgain, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<CopyObservation> ThoroughAsync(
        CopyObservation seen, IFlinkCluster cluster, FlinkJobId job, CancellationToken cancellationToken)
    {
        var settings = await cluster.FindCheckpointSettingsAsync(job, cancellationToken).ConfigureAwait(false);
        var overview = await cluster.GetOverviewAsync(cancellationToken).ConfigureAwait(false);
        var environment = await cluster.GetEnvironmentAsync(cancellationToken).ConfigureAwait(false);
        seen = settings.Match(
            s => seen with
            {
                CheckpointInterval = s.Interval,
                RetainsCheckpoints = s.IsExternalized && !s.IsDeletedOnCancellation,
                StateBackend = s.StateBackend,
            },
            _ => seen,
            e => seen with { Trouble = e.Seen });
        return seen with { FlinkVersion = overview.FlinkVersion, Environment = JobEnvironment.Of(environment, ImmutableDictionary<string, string>.Empty) };
    }
}
