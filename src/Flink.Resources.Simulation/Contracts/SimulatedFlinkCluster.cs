using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Simulation;

/// <summary>The Flink cluster of a simulated application.</summary>
internal sealed class SimulatedFlinkCluster(SimulatedPlace place, SimulatedCaller caller, SimulatedApplication application) : IFlinkCluster
{
    public ApplicationHandle Application => application.Handle;

    public Task<FlinkClusterOverview> GetOverviewAsync(CancellationToken cancellationToken = default) => ReadAsync(
        run =>
        {
            var up = run.TaskManagers.Count(static c => c.State == ContainerState.Running);
            var slots = up * application.Spec.TaskManager.Slots;
            return new FlinkClusterOverview(Version(), up, slots, Math.Max(0, slots - (run.AllTasksRun ? run.Parallelism : 0)));
        },
        cancellationToken);

    public Task<ImmutableArray<FlinkJobSummary>> GetJobsAsync(CancellationToken cancellationToken = default) => ReadAsync<ImmutableArray<FlinkJobSummary>>(
        run => run.State == FlinkJobState.Initializing ? [] : [Summary(run)], cancellationToken);

    public Task<Lookup<FlinkJobDetails>> FindJobAsync(FlinkJobId job, CancellationToken cancellationToken = default) => FindAsync(job, Details, cancellationToken);

    public Task<Lookup<CheckpointStatistics>> FindCheckpointsAsync(FlinkJobId job, CancellationToken cancellationToken = default) =>
        FindAsync(job, Statistics, cancellationToken);

    public Task<Lookup<CheckpointSettings>> FindCheckpointSettingsAsync(FlinkJobId job, CancellationToken cancellationToken = default) => LookAsync(
        job,
        run => run.Interval is { } interval
            ? Found(new CheckpointSettings
            {
                Mode = "exactly_once",
                Interval = interval,
                Timeout = FlinkDuration.Parse(application.Configuration.GetValueOrDefault("execution.checkpointing.timeout")) ?? TimeSpan.FromMinutes(10),
                IsExternalized = application.RetainsCheckpoints,
                IsDeletedOnCancellation = !application.RetainsCheckpoints,
                StateBackend = "EmbeddedRocksDBStateBackend",
                Storage = "FileSystemCheckpointStorage",
            })
            : Lookup.Absent<CheckpointSettings>(place.Seen("Checkpointing is off.")),
        cancellationToken);

    public Task<Lookup<ImmutableArray<FlinkExceptionEntry>>> FindExceptionsAsync(FlinkJobId job, int maximum = 20, CancellationToken cancellationToken = default) =>
        FindAsync(job, run => run.NewestExceptions(maximum), cancellationToken);

    public Task<TriggerOutcome> TriggerSavepointAsync(FlinkJobId job, SavepointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return WriteAsync(SimulatedCall.TriggerSavepoint, job, run => run.Trigger(request, isStop: false), cancellationToken, request.Trigger);
    }

    public Task<TriggerOutcome> StopWithSavepointAsync(FlinkJobId job, SavepointRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return WriteAsync(SimulatedCall.StopWithSavepoint, job, run => run.Trigger(request, isStop: true), cancellationToken, request.Trigger);
    }

    public Task<Lookup<SavepointStatus>> FindSavepointAsync(FlinkJobId job, TriggerId trigger, CancellationToken cancellationToken = default) => caller.CallAsync(
        SimulatedCall.FindSavepoint,
        application.Handle.Id,
        _ => Reached() is var run && run.Id == job && run.FindOperation(trigger) is { } operation
            ? Found(operation.Status)
            : Lookup.Absent<SavepointStatus>(place.Seen($"Flink does not know the trigger {trigger}.")),
        f => f.Fault == SimulatedFault.NotFound ? Lookup.Absent<SavepointStatus>(f.Evidence) : throw f.Exception,
        cancellationToken);

    public Task<TriggerOutcome> TriggerCheckpointAsync(FlinkJobId job, TriggerId trigger, CancellationToken cancellationToken = default) =>
        WriteAsync(SimulatedCall.FlinkWrite, job, run => run.TriggerCheckpoint(), cancellationToken);

    public Task<TriggerOutcome> CancelAsync(FlinkJobId job, CancellationToken cancellationToken = default) => WriteAsync(
        SimulatedCall.FlinkWrite,
        job,
        run =>
        {
            place.JobEnded(application, run, FlinkJobState.Canceled, null);
            return new TriggerOutcome.Accepted();
        },
        cancellationToken);

    public Task<Lookup<ImmutableSortedDictionary<string, ParallelismBounds>>> FindResourceRequirementsAsync(FlinkJobId job, CancellationToken cancellationToken = default) =>
        LookAsync(
            job,
            run => IsAdaptive
                ? Found(Vertices(run).ToImmutableSortedDictionary(static v => v.Id, v => new ParallelismBounds(1, run.Parallelism), StringComparer.Ordinal))
                : Lookup.Absent<ImmutableSortedDictionary<string, ParallelismBounds>>(place.Seen("The job's scheduler is not the adaptive one.")),
            cancellationToken);

    public Task<TriggerOutcome> RescaleAsync(
        FlinkJobId job, ImmutableSortedDictionary<string, ParallelismBounds> requirements, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requirements);
        return WriteAsync(SimulatedCall.FlinkWrite, job, run => Rescale(run, requirements), cancellationToken);
    }

    public Task<ImmutableSortedDictionary<string, double>> GetMetricsAsync(
        MetricScope scope, ImmutableArray<string> names, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return ReadAsync(
            run => FlinkMetrics.Of(run, scope).Where(m => names.Contains(m.Key, StringComparer.Ordinal))
                .ToImmutableSortedDictionary(static m => m.Key, static m => m.Value, StringComparer.Ordinal),
            cancellationToken);
    }

    public async Task<ImmutableSortedDictionary<string, AggregatedMetric>> GetAggregatedMetricsAsync(
        MetricScope scope, ImmutableArray<string> names, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return await ReadAsync(
            run =>
            {
                // All subtasks do the same: the sum counts them, the rest does not.
                var members = scope is MetricScope.Vertex ? run.Parallelism : Math.Max(1, run.TaskManagers.Count);
                return FlinkMetrics.Of(run, scope).Where(m => names.Contains(m.Key, StringComparer.Ordinal)).ToImmutableSortedDictionary(
                    static m => m.Key, m => FlinkMetrics.IsTotal(m.Key)
                        ? new AggregatedMetric(m.Value / members, m.Value / members, m.Value / members, m.Value)
                        : new AggregatedMetric(m.Value, m.Value, m.Value, m.Value * members),
                    StringComparer.Ordinal);
            },
            cancellationToken).ConfigureAwait(false);
    }

    public Task<ImmutableArray<string>> ListMetricsAsync(MetricScope scope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return ReadAsync<ImmutableArray<string>>(run => [.. FlinkMetrics.Of(run, scope).Select(static m => m.Key).Order(StringComparer.Ordinal)], cancellationToken);
    }

    public Task<ImmutableArray<TaskManagerReport>> GetTaskManagersAsync(CancellationToken cancellationToken = default) => ReadAsync<ImmutableArray<TaskManagerReport>>(
        run => [.. run.TaskManagers.Where(static c => c.State == ContainerState.Running).Select(c => new TaskManagerReport
        {
            Id = c.Id,
            Slots = application.Spec.TaskManager.Slots,
            FreeSlots = run.AllTasksRun ? 0 : application.Spec.TaskManager.Slots,
            LastHeartbeatAt = place.Clock.GetUtcNow(),
            ProcessMemory = application.Spec.TaskManager.Memory,
            ManagedMemory = new MemorySize(application.Spec.TaskManager.Memory.Bytes * 2 / 5),
        })],
        cancellationToken);

    public Task<ImmutableSortedDictionary<string, string>> GetConfigurationAsync(CancellationToken cancellationToken = default) => ReadAsync(
        _ => application.Configuration.ToImmutableSortedDictionary(static p => p.Key, static p => Flink.FlinkSecrets.Mask(p.Key, p.Value), StringComparer.Ordinal), cancellationToken);

    public Task<FlinkEnvironment> GetEnvironmentAsync(CancellationToken cancellationToken = default) => ReadAsync(
        run => new FlinkEnvironment(
            "OpenJDK 64-Bit Server VM - Eclipse Adoptium - 17/17.0.13+11",
            [.. application.Configuration["env.java.default-opts.all"].Split(' ', StringSplitOptions.RemoveEmptyEntries)],
            run.Behaviour.TimeZone,
            run.Behaviour.TimeZone == "UTC" ? TimeSpan.Zero : null),
        cancellationToken);

    public Task<TriggerOutcome> ShutDownAsync(CancellationToken cancellationToken = default) => caller.CallAsync<TriggerOutcome>(
        SimulatedCall.FlinkWrite,
        application.Handle.Id,
        _ =>
        {
            Reached();
            place.Kill(application, ApplicationResult.Canceled, "shut down through Flink");
            return new TriggerOutcome.Accepted();
        },
        Failed,
        cancellationToken);

    private bool IsAdaptive => string.Equals(application.Configuration.GetValueOrDefault("jobmanager.scheduler"), "adaptive", StringComparison.OrdinalIgnoreCase);

    private string Version() => application.Spec.FlinkVersion.Split('.').Length == 2 ? application.Spec.FlinkVersion + ".0" : application.Spec.FlinkVersion;

    /// <summary>The JobManager, if anybody answers at its address.</summary>
    private FlinkRun Reached() => application is { Phase: Phase.Up, Run: { JobManager: { State: ContainerState.Running, IsDead: false } } run }
        ? run
        : throw new ResourceBackendException(BackendFault.Unreachable, place.Name, $"Nobody answers at {SimulatedFleet.AddressOf(application)}.");

    private Task<T> ReadAsync<T>(Func<FlinkRun, T> read, CancellationToken cancellationToken) => caller.CallAsync(
        SimulatedCall.FlinkRead,
        application.Handle.Id,
        _ =>
        {
            var run = Reached();
            run.Advance();
            return read(run);
        },
        static f => throw f.Exception,
        cancellationToken);

    private Task<Lookup<T>> FindAsync<T>(FlinkJobId job, Func<FlinkRun, T> read, CancellationToken cancellationToken) =>
        LookAsync(job, run => Found(read(run)), cancellationToken);

    private Task<Lookup<T>> LookAsync<T>(FlinkJobId job, Func<FlinkRun, Lookup<T>> read, CancellationToken cancellationToken) => caller.CallAsync(
        SimulatedCall.FlinkRead,
        application.Handle.Id,
        _ =>
        {
            var run = Reached();
            if (run.Id != job || run.State == FlinkJobState.Initializing)
            {
                return Lookup.Absent<T>(place.Seen($"Flink does not know the job {job}."));
            }
            run.Advance();
            return read(run);
        },
        f => f.Fault == SimulatedFault.NotFound ? Lookup.Absent<T>(f.Evidence) : throw f.Exception,
        cancellationToken);

    /// <summary>A trigger that Flink knows is answered as it was, also when the job has ended since.</summary>
    private Task<TriggerOutcome> WriteAsync(
        SimulatedCall call, FlinkJobId job, Func<FlinkRun, TriggerOutcome> write, CancellationToken cancellationToken, TriggerId? trigger = null) =>
        caller.CallAsync(
            call,
            application.Handle.Id,
            _ => Reached() is var run && run.Id == job && (!run.State.IsTerminal || (trigger is { } known && run.FindOperation(known) is not null))
                ? write(run)
                : new TriggerOutcome.Refused($"Flink knows no job {job} that runs."),
            Failed,
            cancellationToken);

    private static TriggerOutcome Failed(CallFailure failure) =>
        failure.Fault is SimulatedFault.Unauthenticated or SimulatedFault.Forbidden or SimulatedFault.NotFound or SimulatedFault.Conflict or SimulatedFault.Throttled
            ? new TriggerOutcome.Refused(failure.Exception.Message)
            : new TriggerOutcome.Indeterminate(failure.Evidence);

    private TriggerOutcome Rescale(FlinkRun run, ImmutableSortedDictionary<string, ParallelismBounds> requirements)
    {
        if (!IsAdaptive)
        {
            return new TriggerOutcome.Refused("The job's scheduler is not the adaptive one.");
        }
        var wanted = requirements.Values.Max(static b => b.Upper);
        if (requirements.Count != 2 || wanted < 1 || requirements.Values.Any(static b => b.Lower < 1 || b.Lower > b.Upper))
        {
            return new TriggerOutcome.Refused("Bounds are wanted for each vertex, from 1, the lower not above the upper.");
        }
        if (wanted != run.Parallelism)
        {
            place.Rescale(application, run, wanted);
        }
        return new TriggerOutcome.Accepted();
    }

    private Lookup<T> Found<T>(T value) => Lookup.Found(value, place.Seen($"Flink at {SimulatedFleet.AddressOf(application)} says so."));

    private FlinkJobSummary Summary(FlinkRun run) => new()
    {
        Id = run.Id,
        Name = application.Configuration["pipeline.name"],
        State = run.State,
        StartedAt = place.Clock.At(run.StartedAt),
        EndedAt = run.EndedAt is { } end ? place.Clock.At(end) : null,
        TasksTotal = 2 * run.Parallelism,
        TasksRunning = run.AllTasksRun ? 2 * run.Parallelism : 0,
        TasksFinished = run.State == FlinkJobState.Finished ? 2 * run.Parallelism : 0,
    };

    private FlinkJobDetails Details(FlinkRun run) => new()
    {
        Id = run.Id,
        Name = application.Configuration["pipeline.name"],
        State = run.State,
        JobType = application.Spec.Kind == JobKind.Batch ? "BATCH" : "STREAMING",
        MaximumParallelism = 128,
        Vertices = [.. Vertices(run)],
    };

    private static IEnumerable<FlinkVertex> Vertices(FlinkRun run)
    {
        var state = run.AllTasksRun ? "RUNNING" : run.State == FlinkJobState.Finished ? "FINISHED" : run.State == FlinkJobState.Running ? "INITIALIZING" : "SCHEDULED";
        var tasks = ImmutableSortedDictionary<string, int>.Empty.Add(state, run.Parallelism);
        var (source, counter) = (FlinkMetrics.SourceOf(run.Id), FlinkMetrics.CounterOf(run.Id));
        yield return new FlinkVertex { Id = source, Name = "Source: events", Parallelism = run.Parallelism, MaximumParallelism = 128, Tasks = tasks, RecordsRead = 0, RecordsWritten = run.Offset };
        yield return new FlinkVertex { Id = counter, Name = "Counter -> Sink: counts", Parallelism = run.Parallelism, MaximumParallelism = 128, Tasks = tasks, RecordsRead = run.Offset, RecordsWritten = run.Offset, Inputs = [source] };
    }

    private CheckpointStatistics Statistics(FlinkRun run)
    {
        var savepoint = run.LatestSavepoint is { } s ? new CheckpointEntry
        {
            Id = s.Id,
            Status = "COMPLETED",
            IsSavepoint = true,
            TriggeredAt = place.Clock.At(s.At - run.FullDuration.Ticks),
            Duration = run.FullDuration,
            CheckpointedBytes = s.Bytes,
            StateBytes = s.Bytes,
            Path = s.Uri,
        }
        : null;
        return new CheckpointStatistics
        {
            Completed = run.CompletedCheckpoints,
            Failed = run.FailedCheckpoints,
            InProgress = run.IsCheckpointUnderWay || run.IsSavepointUnderWay ? 1 : 0,
            Restored = run.Restored is null ? 0 : 1 + run.Restarts,
            LatestCompleted = run.LatestCompleted,
            LatestSavepoint = savepoint,
            LatestFailed = run.FailedCheckpoints == 0 ? null : new CheckpointEntry { Id = run.FailedCheckpoints, Status = "FAILED", FailureMessage = "Asynchronous task checkpoint failed." },
            LatestRestored = run.Restored is { } from ? new RestoredCheckpoint(from.Id, place.Clock.At(run.RestoredAt), from.IsSavepoint, from.Uri) : null,
            History = [.. run.History(10)],
        };
    }
}
