using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Flink.Resources.Flink;

namespace Flink.Resources.Simulation;

/// <summary>A simulated place as a backend.</summary>
/// <param name="place">The place.</param>
/// <param name="holder">Who takes fences through it.</param>
internal sealed class SimulatedBackend(SimulatedPlace place, string holder)
    : IResourceBackend, IFenceRegistry, ISnapshotStorage, IDefinitionKeeper, IDirectoryProbe, IApplicationMoves
{
    private static readonly TimeSpan _removePatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _removeRound = TimeSpan.FromMilliseconds(500);
    private readonly SimulatedCaller _caller = new(place);
    private readonly SnapshotReader _snapshots = new(place);

    public BackendInfo Info => place.Info;

    public bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
        where T : class
    {
        feature = typeof(T) == typeof(IApplicationMoves) && place.Info.Kind != BackendKind.Yarn ? null : this as T;
        return feature is not null;
    }

    public Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return _caller.CallAsync(
            SimulatedCall.Prepare, fence.ToString(), _ => Prepare(fence, spec), static f => new PrepareOutcome.Indeterminate(f.Evidence), cancellationToken);
    }

    public Task<StartOutcome> StartAsync(PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(restore);
        bool isFirst;
        lock (place.Clock.Gate)
        {
            isFirst = place.FindFence(application.Fence) is { SubmittedAt: null };
        }
        return _caller.CallAsync<StartOutcome>(
            SimulatedCall.Start,
            application.Application.Id,
            _ => Start(application, restore),
            f => isFirst && f.Fault is SimulatedFault.Unauthenticated or SimulatedFault.Forbidden
                ? new StartOutcome.Refused(f.Exception.Message)
                : new StartOutcome.Indeterminate(f.Evidence),
            cancellationToken);
    }

    public Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken = default) => _caller.CallAsync(
        SimulatedCall.Find,
        fence.ToString(),
        _ => place.FindFence(fence) is { } application
            ? place.Report(application)
            : Lookup.Absent<ApplicationReport>(place.Seen($"There is no fence {fence}.")),
        static f => Lookup.Unknown<ApplicationReport>(f.Evidence),
        cancellationToken);

    public Task<Lookup<ApplicationReport>> FindAsync(ApplicationHandle application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return _caller.CallAsync(
            SimulatedCall.Find, application.Id, _ => Find(application), static f => Lookup.Unknown<ApplicationReport>(f.Evidence), cancellationToken);
    }

    public Task<DeathProbe> ProbeDeathAsync(CopyRef copy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(copy);
        return _caller.CallAsync(
            SimulatedCall.ProbeDeath,
            copy.Application.Id,
            _ => IsOfThisPlace(copy.Application)
                ? place.Probe(copy, place.FindApplication(copy.Application.Id))
                : new DeathProbe(copy, DeathVerdict.Unknown, Elsewhere(copy.Application)),
            f => new DeathProbe(copy, DeathVerdict.Unknown, f.Evidence),
            cancellationToken);
    }

    public async Task<RemoveOutcome> RemoveAsync(ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        if (metadata is not (HaMetadata.Keep or HaMetadata.Purge))
        {
            return new RemoveOutcome.Refused("Say whether the high-availability metadata is kept or purged.");
        }
        var began = place.Clock.GetTimestamp();
        var found = false;
        while (true)
        {
            var outcome = await _caller.CallAsync(
                SimulatedCall.Remove, application.Id, _ => Remove(application, metadata), NotRemoved, cancellationToken).ConfigureAwait(false);
            if (outcome is not RemoveOutcome.InProgress)
            {
                return found && outcome is RemoveOutcome.AlreadyGone gone ? new RemoveOutcome.Removed(gone.Evidence) : outcome;
            }
            found = true;
            if (place.Clock.GetElapsedTime(began) >= _removePatience)
            {
                return outcome;
            }
            await Task.Delay(_removeRound, place.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task ForgetAsync(Fence fence, CancellationToken cancellationToken = default) => _caller.CallAsync(
        SimulatedCall.Forget, fence.ToString(), _ => Forget(fence), static f => throw f.Exception, cancellationToken);

    public Task<Lookup<IFlinkCluster>> ConnectAsync(ApplicationHandle application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return _caller.CallAsync(
            SimulatedCall.Connect, application.Id, _ => Connect(application), static f => Lookup.Unknown<IFlinkCluster>(f.Evidence), cancellationToken);
    }

    public Task<BackendSnapshot> GetSnapshotAsync(TimeSpan maxAge, CancellationToken cancellationToken = default) =>
        _snapshots.Cached(maxAge) is { } cached
            ? Task.FromResult(cached)
            : _caller.CallAsync(SimulatedCall.Snapshot, place.Name, _snapshots.Read, _snapshots.Stale, cancellationToken);

    public async IAsyncEnumerable<BackendSnapshot> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var round = TimeSpan.FromSeconds(place.Info.Kind == BackendKind.Yarn ? 5 : 1);
        long? shown = null;
        while (true)
        {
            if (shown != place.Fleet.ChangesOf(place.Name))
            {
                shown = place.Fleet.ChangesOf(place.Name);
                var (snapshot, isGap) = await _caller.CallAsync(
                    SimulatedCall.Watch, place.Name, f => (_snapshots.Read(f), f == SimulatedFault.WatchGap), f => (_snapshots.Stale(f), false), cancellationToken).ConfigureAwait(false);
                if (isGap)
                {
                    await Task.Delay(TimeSpan.FromMinutes(1), place.Clock, cancellationToken).ConfigureAwait(false);
                    shown = null;
                    continue;
                }
                yield return snapshot;
            }
            await Task.Delay(round, place.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task<Lookup<ImmutableArray<FenceReport>>> FindFencesAsync(JobKey job, CancellationToken cancellationToken = default) => _caller.CallAsync(
        SimulatedCall.FindFences,
        job.Value,
        _ => place.FencesOf(job).Select(a => new FenceReport(a.Fence!.Value, a.Holder, a.Handle, place.Clock.At(a.PreparedAt))).ToImmutableArray() is { IsEmpty: false } fences
            ? Lookup.Found(fences, place.Seen($"{fences.Length} fences of {job} stand."))
            : Lookup.Absent<ImmutableArray<FenceReport>>(place.Seen($"No fence of {job} stands.")),
        static f => Lookup.Unknown<ImmutableArray<FenceReport>>(f.Evidence),
        cancellationToken);

    public Task<Lookup<string>> FindNewestAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        return _caller.CallAsync(
            SimulatedCall.FindSnapshot,
            directory,
            _ => !place.Fleet.Storage.IsReadable(directory, place.Name)
                ? Lookup.Unknown<string>(place.Seen($"{directory} can't be read from {place.Name}."))
                : place.Fleet.Storage.FindNewest(directory) is { } snapshot
                    ? Lookup.Found(snapshot.Uri, place.Seen($"{snapshot.Uri} is the newest."))
                    : Lookup.Absent<string>(place.Seen($"{directory} has no completed snapshot.")),
            static f => Lookup.Unknown<string>(f.Evidence),
            cancellationToken);
    }

    public Task<KeepOutcome> KeepAsync(ApplicationHandle application, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return _caller.CallAsync<KeepOutcome>(
            SimulatedCall.Keep, application.Id, _ => Keep(application, name), static f => new KeepOutcome.Indeterminate(f.Evidence), cancellationToken);
    }

    public Task<DirectoryProbeOutcome> ProbeAsync(DirectoryProbeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _caller.CallAsync<DirectoryProbeOutcome>(
            SimulatedCall.ProbeDirectory,
            request.Name,
            _ => place.Fleet.Storage.FaultOf(request.Directory, place.Name) is { } step
                ? new DirectoryProbeOutcome.NotUsable(step, place.Seen($"{step} of {request.Directory} failed from {place.Name} (simulated)."))
                : new DirectoryProbeOutcome.Usable(place.Seen($"{request.Directory} was listed, written, read back and cleared from {place.Name}.")),
            static f => new DirectoryProbeOutcome.Indeterminate(f.Evidence),
            cancellationToken);
    }

    public Task MoveToQueueAsync(ApplicationHandle application, string queue, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentException.ThrowIfNullOrWhiteSpace(queue);
        return _caller.CallAsync(SimulatedCall.Move, application.Id, _ => place.Move(Required(application), queue), static f => throw f.Exception, cancellationToken);
    }

    public Task SetPriorityAsync(ApplicationHandle application, JobPriority priority, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        return _caller.CallAsync(
            SimulatedCall.Move,
            application.Id,
            _ =>
            {
                Required(application).Priority = priority;
                return true;
            },
            static f => throw f.Exception,
            cancellationToken);
    }

    private PrepareOutcome Prepare(Fence fence, ApplicationSpec spec)
    {
        var errors = ApplicationSpecRules.Check(spec);
        if (fence.Job != spec.Job)
        {
            errors.Add(new SpecError("Job", spec.Job.Value, $"the fence is of {fence.Job}"));
        }
        if (fence.Epoch < 1)
        {
            errors.Add(new SpecError("Fence.Epoch", FormattableString.Invariant($"{fence.Epoch}"), "at least 1"));
        }
        if (errors.Count == 0)
        {
            place.CheckPlace(spec, errors);
        }
        if (errors.Count == 0 && place.LeftUnder(fence) is { } left)
        {
            errors.Add(new SpecError("Fence", fence.ToString(), $"a start without leftovers of an earlier one; {place.Name} still has {left}. Remove them or take the next epoch"));
        }
        if (errors.Count > 0)
        {
            return new PrepareOutcome.Refused([.. errors]);
        }
        var (application, by, why) = place.Take(fence, holder, spec);
        if (application is null)
        {
            return new PrepareOutcome.FenceTaken(by!, place.Seen($"{fence}: {why}."));
        }
        return SameSpec(application.Spec, spec)
            ? new PrepareOutcome.Prepared(new PreparedApplication { Fence = fence, Application = application.Handle, Payload = $"sim:{application.Handle.Id}" })
            : new PrepareOutcome.Refused([new SpecError(
                "Fence.Epoch", FormattableString.Invariant($"{fence.Epoch}"), "this epoch was prepared with another specification; take the next one")]);
    }

    private StartOutcome Start(PreparedApplication prepared, RestorePoint restore)
    {
        var application = place.FindFence(prepared.Fence);
        if (application is null || application.Handle != prepared.Application)
        {
            return new StartOutcome.Refused($"{prepared.Fence} is not prepared as {prepared.Application.Id}: prepare it first.");
        }
        var found = place.Report(application);
        if (found.Status == LookupStatus.Unknown)
        {
            return new StartOutcome.Indeterminate(found.Evidence);
        }
        if (found.Match<ApplicationReport?>(static r => r, static _ => null, static _ => null) is { State: not ApplicationState.Prepared } report)
        {
            return new StartOutcome.AlreadyStarted(report);
        }
        application.IsKnown = true;
        place.Submit(application, restore);
        return new StartOutcome.Accepted(application.Handle);
    }

    private Lookup<ApplicationReport> Find(ApplicationHandle handle)
    {
        if (!IsOfThisPlace(handle))
        {
            return Lookup.Unknown<ApplicationReport>(Elsewhere(handle));
        }
        return place.FindApplication(handle.Id) is { } application
            ? place.Report(application)
            : Lookup.Absent<ApplicationReport>(place.Seen($"There is no application {handle.Id}."));
    }

    private RemoveOutcome Remove(ApplicationHandle handle, HaMetadata metadata)
    {
        if (!IsOfThisPlace(handle))
        {
            return new RemoveOutcome.Indeterminate(Elsewhere(handle));
        }
        if (place.FindApplication(handle.Id) is not { } application)
        {
            return new RemoveOutcome.AlreadyGone(place.Seen($"There is nothing of {handle.Id}."));
        }
        var report = place.Report(application);
        if (report.Status == LookupStatus.Unknown)
        {
            return new RemoveOutcome.Indeterminate(report.Evidence);
        }
        return place.Remove(application, metadata);
    }

    private RemoveOutcome NotRemoved(CallFailure failure) =>
        place.Info.Kind == BackendKind.Kubernetes && failure.Fault is SimulatedFault.Unauthenticated or SimulatedFault.Forbidden
            ? new RemoveOutcome.Refused(failure.Exception.Message)
            : new RemoveOutcome.Indeterminate(failure.Evidence);

    private bool Forget(Fence fence)
    {
        if (place.FindFence(fence) is not { } application)
        {
            return true;
        }
        var probe = place.Probe(new CopyRef(application.Handle), application);
        if (probe.Verdict != DeathVerdict.Dead)
        {
            throw new InvalidOperationException($"{fence} is not known to be dead ({probe.Verdict}: {probe.Evidence.Seen}): remove it first.");
        }
        place.Forget(application);
        return true;
    }

    private Lookup<IFlinkCluster> Connect(ApplicationHandle handle)
    {
        if (!IsOfThisPlace(handle))
        {
            return Lookup.Unknown<IFlinkCluster>(Elsewhere(handle));
        }
        if (place.FindApplication(handle.Id) is not { Phase: Phase.Submitted or Phase.Up, IsKnown: true } application)
        {
            return Lookup.Absent<IFlinkCluster>(place.Seen("The application has ended, or is not there."));
        }
        return application.Run is { JobManager.State: ContainerState.Running }
            ? Lookup.Found<IFlinkCluster>(new SimulatedFlinkCluster(place, _caller, application), place.Seen($"Its JobManager is at {SimulatedFleet.AddressOf(application)}."))
            : Lookup.Unknown<IFlinkCluster>(place.Seen("The JobManager has not registered yet."));
    }

    private KeepOutcome Keep(ApplicationHandle handle, string name)
    {
        if (place.FindApplication(handle.Id) is not { } application)
        {
            return new KeepOutcome.Refused($"There is no application {handle.Id}.");
        }
        if (application.IsStagingGone)
        {
            return new KeepOutcome.Refused($"The files of {handle.Id} went with its end.");
        }
        var directory = $"sim://{place.Name}/kept/{name}";
        var jar = new ArtifactRef($"{directory}/{application.Spec.Jar.Uri.Split('/')[^1]}", application.Spec.Jar.Sha256);
        place.Fleet.Copy(application.Spec.Jar.Uri, jar.Uri);
        application.Log($"definition kept as {name}");
        return new KeepOutcome.Kept(new KeptDefinition(
            jar,
            [.. application.Spec.Files.Select(f => f with { Uri = $"{directory}/{f.Uri.Split('/')[^1]}" })],
            application.Spec.EntryClass,
            application.Spec.Arguments,
            application.Spec.Configuration));
    }

    private SimulatedApplication Required(ApplicationHandle handle) => place.FindApplication(handle.Id) is { Phase: Phase.Submitted or Phase.Up } application
        ? application
        : throw new ResourceBackendException(BackendFault.NotFound, place.Name, $"No application {handle.Id} runs.");

    private bool IsOfThisPlace(ApplicationHandle handle) => handle.Identity == place.Identity;

    private Evidence Elsewhere(ApplicationHandle handle) => place.Seen($"This place is {place.Identity}, the handle is of {handle.Identity}.");

    private static bool SameSpec(ApplicationSpec left, ApplicationSpec right) =>
        left with { Files = right.Files, Arguments = right.Arguments, Configuration = right.Configuration, Environment = right.Environment } == right
        && left.Files.SequenceEqual(right.Files) && left.Arguments.SequenceEqual(right.Arguments, StringComparer.Ordinal)
        && left.Configuration.SequenceEqual(right.Configuration) && left.Environment.SequenceEqual(right.Environment);
}
