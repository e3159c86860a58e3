using System.Collections.Immutable;
using Flink.Resources.Fleet;
using Microsoft.Extensions.Logging;

namespace Flink.Resources;

/// <summary>Looks for jobs of which two copies live.</summary>
public interface ICopyWatcher
{
    /// <summary>Looks once at all backends. What it finds it freezes: nothing touches the job by itself until somebody releases it.</summary>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    Task<CopyScan> ScanAsync(CancellationToken cancellationToken = default);

    /// <summary>Looks every minute, until it is cancelled. What can't be read is looked at again a minute later.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    Task RunAsync(CancellationToken cancellationToken = default);
}

/// <summary>What one look found.</summary>
/// <param name="At">When.</param>
/// <param name="Doubles">The jobs of which more than one copy lives.</param>
/// <param name="Unknown">The backends that could not be read, with the reason.</param>
public sealed record CopyScan(DateTimeOffset At, ImmutableArray<DoubleCopy> Doubles, ImmutableArray<string> Unknown);

/// <summary>A job of which more than one copy lives.</summary>
/// <param name="Job">The job.</param>
/// <param name="Copies">The copies.</param>
/// <param name="Stopped">The copy that was stopped; null when none was.</param>
/// <param name="Reason">Why, in plain words.</param>
public sealed record DoubleCopy(JobKey Job, ImmutableArray<ApplicationHandle> Copies, ApplicationHandle? Stopped, string Reason);

internal sealed partial class CopyWatcher(
    IJournal journal, IBackendCatalog backends, IDeployments deployments, IJobMarks marks, TimeProvider timeProvider, ILogger<CopyWatcher> logger) : ICopyWatcher
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(50);
    private readonly CopyObserver _observer = new(backends, timeProvider);

    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await ScanAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (JournalException exception)
            {
                LogJournal(exception);
            }
            await Task.Delay(Round, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<CopyScan> ScanAsync(CancellationToken cancellationToken = default)
    {
        var unknown = new List<string>();
        var reports = new List<ApplicationReport>();
        foreach (var snapshot in await Task.WhenAll(backends.Backends.Select(b => SnapshotAsync(b, cancellationToken))).ConfigureAwait(false))
        {
            if (snapshot.Trouble is { } trouble)
            {
                unknown.Add(trouble);
            }
            reports.AddRange(snapshot.Reports);
        }
        var doubles = ImmutableArray.CreateBuilder<DoubleCopy>();
        foreach (var (job, copies) in JobsOf(reports).Where(static p => p.Value.Count > 1).OrderBy(static p => p.Key.Value, StringComparer.Ordinal))
        {
            if (await JudgeAsync(job, copies, cancellationToken).ConfigureAwait(false) is { } found)
            {
                doubles.Add(found);
            }
        }
        return new CopyScan(timeProvider.GetUtcNow(), doubles.ToImmutable(), [.. unknown]);
    }

    private static async Task<(ImmutableArray<ApplicationReport> Reports, string? Trouble)> SnapshotAsync(IResourceBackend backend, CancellationToken cancellationToken)
    {
        try
        {
            var snapshot = await backend.GetSnapshotAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
            // What was seen last may still live: a second look tells.
            return (snapshot.Applications.Items, snapshot.Applications.StaleBecause is { } stale ? $"{backend.Info.Name}: {stale}" : null);
        }
        catch (ResourceBackendException exception)
        {
            return ([], $"{backend.Info.Name}: {exception.Message}");
        }
    }

    /// <summary>Applications by the job of their fence; one without a fence by its name, where a fenced application has that name.</summary>
    private static Dictionary<JobKey, List<ApplicationReport>> JobsOf(List<ApplicationReport> reports)
    {
        var live = reports.Where(static r => r.State is ApplicationState.Running or ApplicationState.Starting or ApplicationState.Unknown).ToList();
        var jobs = live.Where(static r => r.Fence is not null).GroupBy(static r => r.Fence!.Value.Job).ToDictionary(static g => g.Key, static g => g.ToList());
        foreach (var stranger in live.Where(static r => r.Fence is null))
        {
            if (JobKey.TryParse(stranger.Name, out var job) && jobs.TryGetValue(job, out var copies))
            {
                copies.Add(stranger);
            }
        }
        return jobs;
    }

    private async Task<DoubleCopy?> JudgeAsync(JobKey job, List<ApplicationReport> reports, CancellationToken cancellationToken)
    {
        // The snapshots are of two moments: a copy that ended between them lived at no time beside the other. So each is looked at once more.
        var decision = await LookAsync(job, reports, cancellationToken).ConfigureAwait(false);
        if (decision.IsDouble)
        {
            decision = await LookAsync(job, reports, cancellationToken).ConfigureAwait(false);
        }
        if (!decision.IsDouble)
        {
            return null;
        }
        await FreezeAsync(job, decision.Reason, cancellationToken).ConfigureAwait(false);
        var stopped = decision.Stop is { } copy ? await StopAsync(job, copy, cancellationToken).ConfigureAwait(false) : null;
        return new DoubleCopy(job, [.. decision.Copies.Select(static c => c.Application)], stopped, decision.Reason);
    }

    private async Task<CopyWatchDecision> LookAsync(JobKey job, List<ApplicationReport> reports, CancellationToken cancellationToken)
    {
        var snapshots = await SnapshotsAsync(job, cancellationToken).ConfigureAwait(false);
        var seen = new List<(ApplicationReport Report, CopyObservation Copy)>();
        foreach (var report in reports)
        {
            seen.Add((report, await _observer.LookAsync(new CopyRef(report.Application), null, thorough: false, cancellationToken).ConfigureAwait(false)));
        }
        foreach (var (_, copy) in seen)
        {
            // What a copy itself wrote last is dated by it.
            if (copy is { LatestCheckpoint: { } path, LatestCheckpointAt: { } at })
            {
                snapshots.TryAdd(path.TrimEnd('/'), at);
            }
        }
        var ours = await OursAsync(job, cancellationToken).ConfigureAwait(false);
        return CopyWatchPolicy.Decide(
        [
            .. seen.Select(s => new SeenCopyOfJob
            {
                Application = s.Report.Application,
                Epoch = s.Report.Fence?.Epoch,
                IsOurs = ours.Contains(s.Report.Application.Id),
                IsCertain = s.Copy is { FlinkAnswers: true, LiveJobs: > 0 },
                RestoredFrom = s.Copy.RestoredFrom,
                RestoredAsOf = s.Copy.RestoredFrom is { } from && snapshots.TryGetValue(from.TrimEnd('/'), out var at) ? at : null,
                BeganWithoutState = s.Copy is { HasCheckpoints: true, RestoredFrom: null },
            }),
        ]);
    }

    /// <summary>The snapshots of a job that the journal names, and when each was complete.</summary>
    private async Task<Dictionary<string, DateTimeOffset>> SnapshotsAsync(JobKey job, CancellationToken cancellationToken)
    {
        var known = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        foreach (var run in await RunsAsync(job, cancellationToken).ConfigureAwait(false))
        {
            foreach (var snapshot in run.Snapshots)
            {
                known[snapshot.Uri.TrimEnd('/')] = snapshot.At;
            }
        }
        return known;
    }

    /// <summary>The applications of a job that this journal's controllers started.</summary>
    private async Task<HashSet<string>> OursAsync(JobKey job, CancellationToken cancellationToken) =>
        [.. (await RunsAsync(job, cancellationToken).ConfigureAwait(false)).SelectMany(static r => r.Started)];

    private async Task<List<RunFacts>> RunsAsync(JobKey job, CancellationToken cancellationToken)
    {
        var facts = new List<RunFacts>();
        var migrations = new Migrations(journal, backends, timeProvider);
        foreach (var head in await journal.ListAsync(new RunQuery(job), cancellationToken).ConfigureAwait(false))
        {
            if (head.Machine == Migrations.Machine && await migrations.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) is { } move)
            {
                facts.Add(new RunFacts(
                    [.. new[] { move.TargetMayRun ? move.Target : null, move.Returned }.OfType<PreparedApplication>().Select(static a => a.Application.Id)],
                    [.. new[] { move.Origin, move.Return }.OfType<MigrationSnapshot>()]));
            }
            else if (head.Machine == Deployments.Machine && await deployments.FindAsync(head.Run, cancellationToken).ConfigureAwait(false) is { } start)
            {
                facts.Add(new RunFacts(start is { Application: { } application, MayRun: true } ? [application.Application.Id] : [], start.Snapshot is { } snapshot ? [snapshot] : []));
            }
        }
        return facts;
    }

    /// <summary>Once: a job that is frozen stays so without being told again.</summary>
    private async Task FreezeAsync(JobKey job, string reason, CancellationToken cancellationToken)
    {
        var said = await marks.ListAsync(job, cancellationToken).ConfigureAwait(false);
        if (said.LastOrDefault(static m => m.Kind is JobMarkKind.TwoCopies or JobMarkKind.Release or JobMarkKind.Hold) is { Kind: JobMarkKind.TwoCopies } last && last.Reason == reason)
        {
            return;
        }
        LogTwoCopies(job, reason);
        await marks.AddAsync(job, JobMarkKind.TwoCopies, "copy watcher", reason, cancellationToken).ConfigureAwait(false);
    }

    private async Task<ApplicationHandle?> StopAsync(JobKey job, SeenCopyOfJob copy, CancellationToken cancellationToken)
    {
        try
        {
            var run = await deployments.CreateAsync(
                new DeploymentRequest { Job = job, Kind = DeploymentKind.Remove, Copy = new CopyRef(copy.Application) }, cancellationToken).ConfigureAwait(false);
            var ended = await deployments.RunAsync(run, null, cancellationToken).ConfigureAwait(false);
            LogStopped(job, copy.Application.ToString(), ended.State.ToString());
            return ended.State == DeploymentState.Stopped ? copy.Application : null;
        }
        catch (InvalidOperationException exception)
        {
            // A run of the job is not over: whoever carries it may be in the middle of something. A person looks.
            LogNotStopped(exception, job, copy.Application.ToString());
            return null;
        }
    }

    [LoggerMessage(1101, LogLevel.Critical, "Two copies of {Job} live: {Reason} Nothing touches the job until somebody releases it.")]
    private partial void LogTwoCopies(JobKey job, string reason);

    [LoggerMessage(1102, LogLevel.Warning, "The superseded copy {Application} of {Job} was stopped without a savepoint: {State}.")]
    private partial void LogStopped(JobKey job, string application, string state);

    [LoggerMessage(1103, LogLevel.Error, "The superseded copy {Application} of {Job} was not stopped.")]
    private partial void LogNotStopped(Exception exception, JobKey job, string application);

    [LoggerMessage(1104, LogLevel.Warning, "The journal could not be read for the look at copies; trying again in a minute.")]
    private partial void LogJournal(Exception exception);

    /// <summary>What a run says of copies and snapshots.</summary>
    private sealed record RunFacts(ImmutableArray<string> Started, ImmutableArray<MigrationSnapshot> Snapshots);
}
