using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Flink.Resources.Health;

namespace Flink.Resources;

/// <summary>
/// The only code that changes a job. It performs one effect and says what came of it; what that means, a machine decides. What did not
/// answer is Unknown, never an exception: a machine has an answer to Unknown.
/// </summary>
internal sealed class JobOperations(IBackendCatalog backends, IJournal journal, TimeProvider timeProvider, HealthWatch? health = null)
{
    private const int EvidenceLength = 20_000;
    private readonly CopyObserver _observer = new(backends, timeProvider);

    /// <summary>Performs an effect.</summary>
    /// <param name="effect">The effect.</param>
    /// <param name="resumed">It may have been performed before, by a process that died.</param>
    /// <param name="cancellationToken">Stops waiting. What was sent may have its effect.</param>
    public async Task<JobEvent> PerformAsync(JobEffect effect, bool resumed, CancellationToken cancellationToken) => effect switch
    {
        PrepareApplication prepare => await PrepareAsync(prepare, cancellationToken).ConfigureAwait(false),
        StartApplication start => await StartAsync(start, cancellationToken).ConfigureAwait(false),
        StopWithSavepoint stop => await StopAsync(stop, resumed, cancellationToken).ConfigureAwait(false),
        TriggerCheckpoint checkpoint => await CheckpointAsync(checkpoint, cancellationToken).ConfigureAwait(false),
        RemoveApplication remove => await RemoveAsync(remove, cancellationToken).ConfigureAwait(false),
        ForgetFence forget => await ForgetAsync(forget, cancellationToken).ConfigureAwait(false),
        KeepDefinition keep => await KeepAsync(keep, cancellationToken).ConfigureAwait(false),
        BringUpStandby bring => await BringUpAsync(bring, cancellationToken).ConfigureAwait(false),
        LookAtStandby look => await StandbyAsync(look, cancellationToken).ConfigureAwait(false),
        ProbeDirectory probe => await TryDirectoryAsync(probe, cancellationToken).ConfigureAwait(false),
        LookAtCopy look => new CopySeen(await _observer.LookAsync(look.Copy, look.Trigger, look.Thorough, cancellationToken).ConfigureAwait(false)) { At = Now },
        ReadHealth read => await HealthAsync(read, cancellationToken).ConfigureAwait(false),
        LookForFences look => await FencesAsync(look.Job, cancellationToken).ConfigureAwait(false),
        ProbeDeath probe => await DeathAsync(probe.Copy, cancellationToken).ConfigureAwait(false),
        FindSnapshot find => await SnapshotAsync(find.Directory, cancellationToken).ConfigureAwait(false),
        CollectEvidence collect => await EvidenceAsync(collect.Copy, cancellationToken).ConfigureAwait(false),
        _ => throw new InvalidOperationException($"Nobody performs {effect.GetType().Name}."),
    };

    private DateTimeOffset Now => timeProvider.GetUtcNow();

    private async Task<JobEvent> HealthAsync(ReadHealth effect, CancellationToken cancellationToken)
    {
        var seen = await _observer.LookAsync(effect.Copy, null, thorough: false, cancellationToken).ConfigureAwait(false);
        var question = effect.Question with { IsControlPlaneHeld = effect.Situation.IsControlPlaneHeld, SecondCopy = effect.Situation.SecondCopy };
        var watch = health ?? throw new InvalidOperationException("Nobody reads health here.");
        var answer = await watch.ReadAsync(question, cancellationToken).ConfigureAwait(false);
        return new HealthSeen(seen, answer, effect.Watched, effect.Situation) { At = answer.At };
    }

    private async Task<JobEvent> PrepareAsync(PrepareApplication effect, CancellationToken cancellationToken)
    {
        try
        {
            // Prepare repeats the identity that the fence fixed: performing it twice is performing it once.
            var outcome = await Backend(effect.Backend).PrepareAsync(effect.Fence, effect.Spec, cancellationToken).ConfigureAwait(false);
            return outcome switch
            {
                PrepareOutcome.Prepared prepared => new PrepareEnded(WriteResult.Done, prepared.Application, null, null) { At = Now },
                PrepareOutcome.Refused refused => new PrepareEnded(WriteResult.Refused, null, null, string.Join("; ", refused.Errors)) { At = Now },
                PrepareOutcome.FenceTaken taken => new PrepareEnded(WriteResult.Refused, null, taken.Holder, taken.Evidence.Seen) { At = Now },
                PrepareOutcome.Indeterminate unknown => new PrepareEnded(WriteResult.Unknown, null, null, unknown.Evidence.Seen) { At = Now },
                _ => new PrepareEnded(WriteResult.Unknown, null, null, outcome.ToString()) { At = Now },
            };
        }
        catch (ResourceBackendException exception)
        {
            return new PrepareEnded(WriteResult.Unknown, null, null, exception.Message) { At = Now };
        }
    }

    private async Task<JobEvent> StartAsync(StartApplication effect, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await Backend(effect.Application.Application.Backend)
                .StartAsync(effect.Application, effect.Restore, cancellationToken).ConfigureAwait(false);
            return outcome switch
            {
                StartOutcome.Accepted => new StartEnded(WriteResult.Done, null) { At = Now },
                StartOutcome.AlreadyStarted => new StartEnded(WriteResult.Done, "It had been started before.") { At = Now },
                StartOutcome.Refused refused => new StartEnded(WriteResult.Refused, refused.Cause) { At = Now },
                StartOutcome.Indeterminate unknown => new StartEnded(WriteResult.Unknown, unknown.Evidence.Seen) { At = Now },
                _ => new StartEnded(WriteResult.Unknown, outcome.ToString()) { At = Now },
            };
        }
        catch (ResourceBackendException exception)
        {
            return new StartEnded(WriteResult.Unknown, exception.Message) { At = Now };
        }
    }

    private Task<JobEvent> StopAsync(StopWithSavepoint effect, bool resumed, CancellationToken cancellationToken) => TriggerAsync(
        effect.Copy, c => StopAsync(c, effect, resumed, cancellationToken), cancellationToken);

    /// <summary>
    /// A process that died may have asked already: that is seen by the trigger id. Only a Flink that does not know it is asked, under the
    /// same id, which it takes for the same request should the first one still arrive.
    /// </summary>
    private static async Task<TriggerOutcome> StopAsync(IFlinkCluster cluster, StopWithSavepoint effect, bool resumed, CancellationToken cancellationToken)
    {
        var job = JobOf(effect.Copy);
        if (resumed)
        {
            var known = await cluster.FindSavepointAsync(job, effect.Request.Trigger, cancellationToken).ConfigureAwait(false);
            if (known.Status != LookupStatus.Absent)
            {
                return new TriggerOutcome.Indeterminate(known.Evidence);
            }
        }
        return await cluster.StopWithSavepointAsync(job, effect.Request, cancellationToken).ConfigureAwait(false);
    }

    private Task<JobEvent> CheckpointAsync(TriggerCheckpoint effect, CancellationToken cancellationToken) => TriggerAsync(
        effect.Copy, c => c.TriggerCheckpointAsync(JobOf(effect.Copy), effect.Trigger, cancellationToken), cancellationToken);

    private async Task<JobEvent> TriggerAsync(CopyRef copy, Func<IFlinkCluster, Task<TriggerOutcome>> trigger, CancellationToken cancellationToken)
    {
        try
        {
            var connected = await Backend(copy.Application.Backend).ConnectAsync(copy.Application, cancellationToken).ConfigureAwait(false);
            var outcome = await connected.Match(
                trigger,
                static e => Task.FromResult<TriggerOutcome>(new TriggerOutcome.Refused(e.Seen)),
                static e => Task.FromResult<TriggerOutcome>(new TriggerOutcome.Indeterminate(e))).ConfigureAwait(false);
            return outcome switch
            {
                TriggerOutcome.Accepted => new TriggerEnded(WriteResult.Done, null) { At = Now },
                TriggerOutcome.Refused refused => new TriggerEnded(WriteResult.Refused, refused.Cause) { At = Now },
                TriggerOutcome.Indeterminate unknown => new TriggerEnded(WriteResult.Unknown, unknown.Evidence.Seen) { At = Now },
                _ => new TriggerEnded(WriteResult.Unknown, outcome.ToString()) { At = Now },
            };
        }
        catch (ResourceBackendException exception)
        {
            return new TriggerEnded(WriteResult.Unknown, exception.Message) { At = Now };
        }
    }

    private async Task<JobEvent> RemoveAsync(RemoveApplication effect, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await Backend(effect.Application.Backend)
                .RemoveAsync(effect.Application, effect.Metadata, cancellationToken).ConfigureAwait(false);
            return outcome switch
            {
                RemoveOutcome.Removed removed => new RemoveEnded(WriteResult.Done, removed.Evidence.Seen) { At = Now },
                RemoveOutcome.AlreadyGone gone => new RemoveEnded(WriteResult.Done, gone.Evidence.Seen) { At = Now },
                RemoveOutcome.InProgress progress => new RemoveEnded(WriteResult.Underway, progress.Evidence.Seen) { At = Now },
                RemoveOutcome.Refused refused => new RemoveEnded(WriteResult.Refused, refused.Cause) { At = Now },
                RemoveOutcome.Indeterminate unknown => new RemoveEnded(WriteResult.Unknown, unknown.Evidence.Seen) { At = Now },
                _ => new RemoveEnded(WriteResult.Unknown, outcome.ToString()) { At = Now },
            };
        }
        catch (ResourceBackendException exception)
        {
            return new RemoveEnded(WriteResult.Unknown, exception.Message) { At = Now };
        }
    }

    private async Task<JobEvent> ForgetAsync(ForgetFence effect, CancellationToken cancellationToken)
    {
        try
        {
            await Backend(effect.Backend).ForgetAsync(effect.Fence, cancellationToken).ConfigureAwait(false);
            return new FenceForgotten(WriteResult.Done, null) { At = Now };
        }
        catch (ResourceBackendException exception)
        {
            return new FenceForgotten(WriteResult.Unknown, exception.Message) { At = Now };
        }
    }

    private async Task<JobEvent> KeepAsync(KeepDefinition effect, CancellationToken cancellationToken)
    {
        if (!Backend(effect.Application.Backend).TryGetFeature<IDefinitionKeeper>(out var keeper))
        {
            return new DefinitionKept(WriteResult.Refused, null, $"{effect.Application.Backend} can't keep the files of an application.") { At = Now };
        }
        try
        {
            var outcome = await keeper.KeepAsync(effect.Application, effect.Run, cancellationToken).ConfigureAwait(false);
            return outcome switch
            {
                // The configuration lies beside the copies. It may hold secrets that nobody knows for such, and nothing reads it from the journal.
                KeepOutcome.Kept kept => new DefinitionKept(WriteResult.Done, kept.Definition with { Configuration = kept.Definition.Configuration.Clear() }, null) { At = Now },
                KeepOutcome.Refused refused => new DefinitionKept(WriteResult.Refused, null, refused.Cause) { At = Now },
                KeepOutcome.Indeterminate unknown => new DefinitionKept(WriteResult.Unknown, null, unknown.Evidence.Seen) { At = Now },
                _ => new DefinitionKept(WriteResult.Unknown, null, outcome.ToString()) { At = Now },
            };
        }
        catch (ResourceBackendException exception)
        {
            return new DefinitionKept(WriteResult.Unknown, null, exception.Message) { At = Now };
        }
    }

    private async Task<JobEvent> TryDirectoryAsync(ProbeDirectory effect, CancellationToken cancellationToken)
    {
        if (!Backend(effect.Backend).TryGetFeature<IDirectoryProbe>(out var probe))
        {
            return new DirectoryTried(DirectoryVerdict.NotOffered, $"{effect.Backend} can't try directories from inside.") { At = Now };
        }
        try
        {
            var outcome = await probe.ProbeAsync(
                new DirectoryProbeRequest { Name = effect.Name, Directory = effect.Directory, Spec = effect.Spec }, cancellationToken).ConfigureAwait(false);
            return outcome switch
            {
                DirectoryProbeOutcome.Usable usable => new DirectoryTried(DirectoryVerdict.Usable, usable.Evidence.Seen) { At = Now },
                DirectoryProbeOutcome.NotUsable failed => new DirectoryTried(DirectoryVerdict.NotUsable, $"{failed.Failed}: {failed.Evidence.Seen}") { At = Now },
                // The preparation says it in full, and still before the source is touched.
                DirectoryProbeOutcome.Refused refused => new DirectoryTried(DirectoryVerdict.NotOffered, string.Join("; ", refused.Errors)) { At = Now },
                DirectoryProbeOutcome.Indeterminate unknown => new DirectoryTried(DirectoryVerdict.Unknown, unknown.Evidence.Seen) { At = Now },
                _ => new DirectoryTried(DirectoryVerdict.Unknown, outcome.ToString()) { At = Now },
            };
        }
        catch (ResourceBackendException exception)
        {
            return new DirectoryTried(DirectoryVerdict.Unknown, exception.Message) { At = Now };
        }
    }

    /// <summary>A place that keeps no room in advance has none to wait for; a cluster in advance was asked for and is not to be had.</summary>
    private async Task<JobEvent> BringUpAsync(BringUpStandby effect, CancellationToken cancellationToken)
    {
        var place = effect.Application.Application.Backend;
        if (!Backend(place).TryGetFeature<IStandby>(out var standby))
        {
            return effect.Level == StandbyLevel.Cluster
                ? new StandbyBegun(WriteResult.Refused, false, $"{place} can't have a cluster up before its job.") { At = Now }
                : new StandbyBegun(WriteResult.Done, true, $"{place} keeps no room in advance.") { At = Now };
        }
        try
        {
            var outcome = await standby.BringUpAsync(effect.Application, effect.Level, cancellationToken).ConfigureAwait(false);
            return outcome switch
            {
                StandbyOutcome.Accepted => new StandbyBegun(WriteResult.Done, false, null) { At = Now },
                StandbyOutcome.Refused refused => new StandbyBegun(WriteResult.Refused, false, refused.Cause) { At = Now },
                StandbyOutcome.Indeterminate unknown => new StandbyBegun(WriteResult.Unknown, false, unknown.Evidence.Seen) { At = Now },
                _ => new StandbyBegun(WriteResult.Unknown, false, outcome.ToString()) { At = Now },
            };
        }
        catch (ResourceBackendException exception)
        {
            return new StandbyBegun(WriteResult.Unknown, false, exception.Message) { At = Now };
        }
    }

    private async Task<JobEvent> StandbyAsync(LookAtStandby effect, CancellationToken cancellationToken)
    {
        if (!Backend(effect.Application.Application.Backend).TryGetFeature<IStandby>(out var standby))
        {
            return new StandbySeen(LookupStatus.Unknown, false, "The place does not know of standbys any more.") { At = Now };
        }
        try
        {
            var found = await standby.FindAsync(effect.Application, effect.Level, cancellationToken).ConfigureAwait(false);
            return new StandbySeen(
                found.Status, found.Match(static r => r.IsReady, static _ => false, static _ => false), found.Match(static r => r.Words, static e => e.Seen, static e => e.Seen), found.Match(static r => r.IsStuck, static _ => false, static _ => false)) { At = Now };
        }
        catch (ResourceBackendException exception)
        {
            return new StandbySeen(LookupStatus.Unknown, false, exception.Message) { At = Now };
        }
    }

    private async Task<JobEvent> FencesAsync(JobKey job, CancellationToken cancellationToken)
    {
        var fences = ImmutableArray.CreateBuilder<FenceObservation>();
        var unknown = ImmutableArray.CreateBuilder<string>();
        foreach (var backend in backends.Backends)
        {
            if (!backend.TryGetFeature<IFenceRegistry>(out var registry))
            {
                unknown.Add($"{backend.Info.Name} can't list its fences.");
                continue;
            }
            try
            {
                var found = await registry.FindFencesAsync(job, cancellationToken).ConfigureAwait(false);
                foreach (var fence in found.Match(static f => f, static _ => [], e => Note(unknown, $"{backend.Info.Name}: {e.Seen}")))
                {
                    var state = await backend.FindAsync(fence.Fence, cancellationToken).ConfigureAwait(false);
                    fences.Add(new FenceObservation(
                        fence.Fence, fence.Holder, fence.Application, state.Match(static r => r.State, static _ => ApplicationState.Finished, static _ => ApplicationState.Unknown)));
                }
            }
            catch (ResourceBackendException exception)
            {
                unknown.Add($"{backend.Info.Name}: {exception.Message}");
            }
        }
        return new FencesSeen(fences.ToImmutable(), unknown.ToImmutable(), await journal.FindHighestEpochAsync(job, cancellationToken).ConfigureAwait(false)) { At = Now };
    }

    private static ImmutableArray<FenceReport> Note(ImmutableArray<string>.Builder unknown, string words)
    {
        unknown.Add(words);
        return [];
    }

    private async Task<JobEvent> DeathAsync(CopyRef copy, CancellationToken cancellationToken)
    {
        try
        {
            var probe = await Backend(copy.Application.Backend).ProbeDeathAsync(copy, cancellationToken).ConfigureAwait(false);
            return new DeathSeen(probe.Verdict, probe.CanComeBack, probe.Evidence) { At = Now };
        }
        catch (ResourceBackendException exception)
        {
            return new DeathSeen(DeathVerdict.Unknown, true, new Evidence(copy.Application.Backend, Now, exception.Message)) { At = Now };
        }
    }

    private async Task<JobEvent> SnapshotAsync(string directory, CancellationToken cancellationToken)
    {
        var words = new List<string>();
        foreach (var backend in backends.Backends)
        {
            if (!backend.TryGetFeature<ISnapshotStorage>(out var storage))
            {
                continue;
            }
            try
            {
                var found = await storage.FindNewestAsync(directory, cancellationToken).ConfigureAwait(false);
                if (found.Status != LookupStatus.Unknown)
                {
                    return new SnapshotSeen(found.Status, found.Match<string?>(static s => s, static _ => null, static _ => null), found.Evidence.Seen) { At = Now };
                }
                words.Add(found.Evidence.Seen);
            }
            catch (ResourceBackendException exception)
            {
                words.Add(exception.Message);
            }
        }
        return new SnapshotSeen(LookupStatus.Unknown, null, words.Count == 0 ? $"No backend reads {directory}." : string.Join("; ", words)) { At = Now };
    }

    private async Task<JobEvent> EvidenceAsync(CopyRef copy, CancellationToken cancellationToken)
    {
        var seen = await _observer.LookAsync(copy, null, thorough: true, cancellationToken).ConfigureAwait(false);
        var text = new StringBuilder();
        if (seen.Diagnostics is { Length: > 0 } diagnostics)
        {
            text.Append(diagnostics).AppendLine();
        }
        try
        {
            var connected = await Backend(copy.Application.Backend).ConnectAsync(copy.Application, cancellationToken).ConfigureAwait(false);
            var cluster = connected.Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
            if (cluster is not null && seen.Job is { } job)
            {
                var exceptions = await cluster.FindExceptionsAsync(job, 5, cancellationToken).ConfigureAwait(false);
                foreach (var exception in exceptions.Match(static e => e, static _ => [], static _ => []))
                {
                    text.AppendLine(CultureInfo.InvariantCulture, $"{exception.At?.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {exception.Task}: {exception.StackTrace}");
                }
            }
        }
        catch (ResourceBackendException exception)
        {
            text.Append("Exceptions could not be read: ").Append(exception.Message).AppendLine();
        }
        return new EvidenceSeen(seen, text.Length <= EvidenceLength ? text.ToString() : text.ToString(0, EvidenceLength)) { At = Now };
    }

    private IResourceBackend Backend(string name) => backends.GetRequired(name);

    private static FlinkJobId JobOf(CopyRef copy) => copy.Job
        ?? throw new InvalidOperationException($"The Flink job of {copy.Application} must be known before it is told anything.");
}
