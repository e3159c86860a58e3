using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

internal sealed class EligibilityCollector(IBackendCatalog backends, TimeProvider timeProvider) : IEligibilityCollector
{
    public async Task<EligibilityFacts> CollectAsync(EligibilityRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var move = request.Move;
        var source = backends.GetRequired(move.Source.Application.Backend);
        var target = backends.GetRequired(move.TargetBackend);
        var reading = new FactReading(timeProvider, request.ReadTimeout, cancellationToken);
        var facts = new EligibilityFacts
        {
            Job = move.Job,
            Kind = move.SourceSpec.Kind,
            Now = timeProvider.GetUtcNow(),
            Source = new EligibilityPlace(source.Info.Name, source.Info.Kind, move.SourceSpec.Queue),
            Target = new EligibilityPlace(target.Info.Name, target.Info.Kind, move.TargetSpec.Queue),
            SourceSpec = move.SourceSpec,
            TargetSpec = move.TargetSpec,
            StopsWithSavepoint = move.Options.Stop != StopMethod.LastCheckpoint,
            Sinks = [.. move.Options.Sinks.Values],
            Declared = request.Declared.Owner is null ? request.Declared with { Owner = move.Job.Team } : request.Declared,
            Limits = request.Limits,
            Score = request.Score,
            ImageContent = request.ImageContent,
        };
        facts = await WithSourceAsync(facts, source, move, reading).ConfigureAwait(false);
        facts = await WithTargetAsync(facts, target, request, reading).ConfigureAwait(false);
        var directories = await DirectoriesAsync(request, source, target, reading).ConfigureAwait(false);
        // Facts were read one after the other, a container may have taken minutes: they are judged as of now.
        return facts with { Directories = directories, Now = timeProvider.GetUtcNow() };
    }

    private static async Task<EligibilityFacts> WithSourceAsync(
        EligibilityFacts facts, IResourceBackend source, MoveRequest move, FactReading reading)
    {
        var connected = await reading.LookAsync(source.Info.Name, ct => source.ConnectAsync(move.Source.Application, ct)).ConfigureAwait(false);
        var cluster = connected.Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
        if (cluster is null)
        {
            var why = connected.Evidence;
            return facts with
            {
                JobManager = connected.Status == LookupStatus.Absent ? Lookup.Absent<FlinkClusterOverview>(why) : Lookup.Unknown<FlinkClusterOverview>(why),
                Jobs = Lookup.Unknown<ImmutableArray<FlinkJobSummary>>(why),
                CheckpointSettings = Lookup.Unknown<CheckpointSettings>(why),
                Checkpoints = Lookup.Unknown<CheckpointStatistics>(why),
                Configuration = Lookup.Unknown<ImmutableSortedDictionary<string, string>>(why),
            };
        }
        var name = move.Source.Application.ToString();
        facts = facts with
        {
            JobManager = await reading.ReadAsync(name, "its overview", ct => cluster.GetOverviewAsync(ct)).ConfigureAwait(false),
            Jobs = await reading.ReadAsync(name, "its jobs", ct => cluster.GetJobsAsync(ct)).ConfigureAwait(false),
            Configuration = await reading.ReadAsync(name, "its configuration", ct => cluster.GetConfigurationAsync(ct)).ConfigureAwait(false),
        };
        if (JobOf(move.Source, facts.Jobs) is not { } job)
        {
            var why = new Evidence(name, facts.Now, "Which Flink job is meant is not known.");
            return facts with { CheckpointSettings = Lookup.Unknown<CheckpointSettings>(why), Checkpoints = Lookup.Unknown<CheckpointStatistics>(why) };
        }
        return facts with
        {
            CheckpointSettings = await reading.LookAsync(name, ct => cluster.FindCheckpointSettingsAsync(job, ct)).ConfigureAwait(false),
            Checkpoints = await reading.LookAsync(name, ct => cluster.FindCheckpointsAsync(job, ct)).ConfigureAwait(false),
        };
    }

    private static FlinkJobId? JobOf(CopyRef source, Lookup<ImmutableArray<FlinkJobSummary>> jobs) => source.Job ?? jobs.Match(
        static all => all.OrderBy(static j => j.State.IsTerminal).ThenByDescending(static j => j.StartedAt).Select(static j => (FlinkJobId?)j.Id).FirstOrDefault(),
        static _ => null,
        static _ => null);

    private static async Task<EligibilityFacts> WithTargetAsync(
        EligibilityFacts facts, IResourceBackend target, EligibilityRequest request, FactReading reading)
    {
        var snapshot = await reading.ReadAsync(target.Info.Name, "its queues and nodes", ct => target.GetSnapshotAsync(request.SnapshotAge, ct)).ConfigureAwait(false);
        return facts with
        {
            Queues = Section(snapshot, target, static s => s.Queues),
            Nodes = Section(snapshot, target, static s => s.Nodes),
            Leftovers = await LeftoversAsync(request.Move, target, Section(snapshot, target, static s => s.Applications), reading).ConfigureAwait(false),
        };
    }

    /// <summary>A section that could not be refreshed shows what was, and that is not known to be.</summary>
    private static Lookup<ImmutableArray<T>> Section<T>(Lookup<BackendSnapshot> snapshot, IResourceBackend target, Func<BackendSnapshot, SnapshotSection<T>> of) => snapshot.Match(
        s => of(s) switch
        {
            { AsOf: { } at, StaleBecause: null } section => Lookup.Found(section.Items, new Evidence(target.Info.Name, at, FormattableString.Invariant($"{section.Items.Length} were listed."))),
            var section => Lookup.Unknown<ImmutableArray<T>>(new Evidence(target.Info.Name, section.AsOf ?? snapshot.Evidence.At, section.StaleBecause ?? "They were never read.")),
        },
        Lookup.Unknown<ImmutableArray<T>>,
        Lookup.Unknown<ImmutableArray<T>>);

    /// <summary>Fences that were not forgotten, and applications of the job that live there.</summary>
    private static async Task<Lookup<ImmutableArray<EligibilityLeftover>>> LeftoversAsync(
        MoveRequest move, IResourceBackend target, Lookup<ImmutableArray<ApplicationReport>> applications, FactReading reading)
    {
        if (!target.TryGetFeature<IFenceRegistry>(out var registry))
        {
            return Lookup.Unknown<ImmutableArray<EligibilityLeftover>>(reading.Seen(target.Info.Name, "It can't list its fences."));
        }
        var fences = await reading.LookAsync(target.Info.Name, ct => registry.FindFencesAsync(move.Job, ct)).ConfigureAwait(false);
        if (fences.Status == LookupStatus.Unknown || applications.Status == LookupStatus.Unknown)
        {
            return Lookup.Unknown<ImmutableArray<EligibilityLeftover>>(fences.Status == LookupStatus.Unknown ? fences.Evidence : applications.Evidence);
        }
        var found = new SortedDictionary<string, EligibilityLeftover>(StringComparer.Ordinal);
        foreach (var fence in fences.Match(static f => f, static _ => [], static _ => []).Where(f => f.Application.Id != move.Source.Application.Id))
        {
            var report = await reading.LookAsync(target.Info.Name, ct => target.FindAsync(fence.Fence, ct)).ConfigureAwait(false);
            if (report.Status == LookupStatus.Unknown)
            {
                return Lookup.Unknown<ImmutableArray<EligibilityLeftover>>(report.Evidence);
            }
            // The fence of an application that has ended and is gone is the memory of an earlier start, no more.
            if (report.Match(static r => r.State, static _ => ApplicationState.Finished, static _ => ApplicationState.Unknown) is not ApplicationState.Finished and var state)
            {
                found[fence.Application.Id] = new EligibilityLeftover(fence.Application, $"{fence.Holder} has {fence.Fence}, its application is {state}");
            }
        }
        foreach (var application in applications.Match(static a => a, static _ => [], static _ => []).Where(a => IsOf(a, move)))
        {
            found.TryAdd(application.Application.Id, new EligibilityLeftover(application.Application, $"an application called {application.Name} is {application.State} there"));
        }
        var evidence = reading.Seen(target.Info.Name, FormattableString.Invariant($"{found.Count} of {move.Job} are there."));
        return found.Count == 0 ? Lookup.Absent<ImmutableArray<EligibilityLeftover>>(evidence) : Lookup.Found<ImmutableArray<EligibilityLeftover>>([.. found.Values], evidence);
    }

    private static bool IsOf(ApplicationReport application, MoveRequest move) => application.Application.Id != move.Source.Application.Id
        && application.State != ApplicationState.Finished
        && (application.Fence?.Job == move.Job || application.Name == move.Job.Value);

    private static async Task<ImmutableArray<DirectoryFact>> DirectoriesAsync(
        EligibilityRequest request, IResourceBackend source, IResourceBackend target, FactReading reading)
    {
        var move = request.Move;
        var sides = new[] { (Backend: source, Spec: move.SourceSpec, Side: "source"), (Backend: target, Spec: move.TargetSpec, Side: "target") };
        var facts = await Task.WhenAll(sides.Skip(request.TriesDirectoriesFromSource ? 0 : 1).Select(async side => new DirectoryFact(
            side.Backend.Info.Name, move.SnapshotDirectory, await TryAsync(side.Backend, side.Spec, side.Side).ConfigureAwait(false)))).ConfigureAwait(false);
        return [.. facts];

        async Task<Lookup<DirectoryProbeStep>> TryAsync(IResourceBackend backend, ApplicationSpec spec, string side)
        {
            if (!request.TriesDirectories)
            {
                return Lookup.Unknown<DirectoryProbeStep>(reading.Seen(backend.Info.Name, "It was not to be tried."));
            }
            if (!backend.TryGetFeature<IDirectoryProbe>(out var probe))
            {
                return Lookup.Absent<DirectoryProbeStep>(reading.Seen(backend.Info.Name, "It can't try directories from inside."));
            }
            if (request.LeavesDirectoriesToMove)
            {
                return Lookup.Found(DirectoryProbeStep.Unknown, reading.Seen(backend.Info.Name, "It was not tried: the move does so before it stops its source."));
            }
            return request is { Tries: { } tries, DirectoryGroup: { } group }
                ? await tries.TryAsync(backend.Info.Name, group, move.SnapshotDirectory, () => ProbeAsync(backend, probe, spec, side), reading.Stop).ConfigureAwait(false)
                : await ProbeAsync(backend, probe, spec, side).ConfigureAwait(false);
        }

        async Task<Lookup<DirectoryProbeStep>> ProbeAsync(IResourceBackend backend, IDirectoryProbe probe, ApplicationSpec spec, string side)
        {
            var outcome = await reading.ReadAsync(backend.Info.Name, "a try of the directory", ct => probe.ProbeAsync(
                new DirectoryProbeRequest { Name = $"e03-{move.Job.Team}-{move.Job.Name}-{side}", Directory = move.SnapshotDirectory, Spec = spec }, ct), request.ProbeTimeout).ConfigureAwait(false);
            return outcome.Match(
                o => o switch
                {
                    DirectoryProbeOutcome.Usable usable => Lookup.Found(DirectoryProbeStep.Unknown, usable.Evidence),
                    DirectoryProbeOutcome.NotUsable failed => Lookup.Found(failed.Failed == DirectoryProbeStep.Unknown ? DirectoryProbeStep.Connect : failed.Failed, failed.Evidence),
                    DirectoryProbeOutcome.Refused refused => Lookup.Unknown<DirectoryProbeStep>(reading.Seen(backend.Info.Name, string.Join("; ", refused.Errors))),
                    DirectoryProbeOutcome.Indeterminate unknown => Lookup.Unknown<DirectoryProbeStep>(unknown.Evidence),
                    _ => Lookup.Unknown<DirectoryProbeStep>(outcome.Evidence),
                },
                Lookup.Unknown<DirectoryProbeStep>,
                Lookup.Unknown<DirectoryProbeStep>);
        }
    }
}
