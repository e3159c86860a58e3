using System.Collections.Immutable;

namespace Flink.Resources.Simulation;

/// <summary>
/// Simulated clusters under one virtual clock, with one source and one sink per job whose records are counted. Deterministic: the same seed
/// and the same calls give the same events, byte for byte. Safe for concurrent use; <see cref="RunAsync(Func{CancellationToken, Task}, CancellationToken)"/>
/// keeps everything on one thread.
/// </summary>
public sealed partial class SimulatedFleet
{
    private readonly SortedDictionary<string, SimulatedPlace> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Backend, string Controller), SimulatedBackend> _backends = [];
    private readonly Dictionary<string, JobLedger> _ledgers = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Job, string? Backend), SimulatedJob> _behaviours = [];
    private readonly Dictionary<string, ImmutableArray<string>> _jars = new(StringComparer.Ordinal);
    private readonly HashSet<string> _deleted = new(StringComparer.Ordinal);
    private readonly SeededRandom _random;
    private readonly VirtualRunner _runner;
    private readonly EventLog _log;
    private int _foreign;

    /// <summary>Creates a fleet.</summary>
    /// <exception cref="ArgumentException">A backend's name or kind is none, or two have one name.</exception>
    public SimulatedFleet(SimulatedFleetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Backends.IsDefaultOrEmpty)
        {
            throw new ArgumentException("A fleet needs at least one backend.", nameof(options));
        }
        Seed = options.Seed;
        Clock = new VirtualClock(options.StartsAt);
        _random = new SeededRandom(options.Seed);
        _runner = new VirtualRunner(Clock, options.Patience);
        _log = new EventLog(Clock, options.EventsKept);
        Script = new CallScript(options, _random);
        foreach (var backend in options.Backends)
        {
            SimulatedPlace place = backend.Kind switch
            {
                BackendKind.Yarn => new YarnPlace(this, backend),
                BackendKind.Kubernetes => new KubernetesPlace(this, backend),
                _ => throw new ArgumentException($"'{backend.Name}' is of kind {backend.Kind}: only Yarn and Kubernetes are simulated.", nameof(options)),
            };
            if (!_places.TryAdd(backend.Name, place))
            {
                throw new ArgumentException($"Two backends are called '{backend.Name}'.", nameof(options));
            }
        }
    }

    /// <summary>What decided every random choice.</summary>
    public long Seed { get; }

    /// <summary>The fleet's own clock. Give it to everything that is tested: what waits for another clock waits in vain.</summary>
    public TimeProvider TimeProvider => Clock;

    /// <summary>The names of the backends.</summary>
    public ImmutableArray<string> Names => [.. _places.Keys];

    /// <summary>The newest events, oldest first.</summary>
    public ImmutableArray<SimulatedEvent> Events
    {
        get
        {
            lock (Clock.Gate)
            {
                return _log.Newest;
            }
        }
    }

    /// <summary>A digest of all events so far: equal for equal runs.</summary>
    public string Digest
    {
        get
        {
            lock (Clock.Gate)
            {
                return _log.Digest;
            }
        }
    }

    /// <summary>How many calls were made so far.</summary>
    public long Calls
    {
        get
        {
            lock (Clock.Gate)
            {
                return Script.Calls;
            }
        }
    }

    internal VirtualClock Clock { get; }

    internal CallScript Script { get; }

    internal SnapshotStorage Storage { get; } = new();

    /// <summary>Creates a fleet with well-sized clusters.</summary>
    /// <param name="seed">Decides every random choice.</param>
    /// <param name="names">The backends; a name that begins with <c>yarn</c> or <c>k8s</c> (also <c>kube</c>) says which kind it is.</param>
    /// <exception cref="ArgumentException">A name does not say its kind.</exception>
    public static SimulatedFleet Create(long seed, params ReadOnlySpan<string> names)
    {
        var backends = ImmutableArray.CreateBuilder<SimulatedBackendOptions>();
        foreach (var name in names)
        {
            backends.Add(new SimulatedBackendOptions { Name = name, Kind = KindOf(name) });
        }
        return new SimulatedFleet(new SimulatedFleetOptions { Seed = seed, Backends = backends.ToImmutable() });
    }

    /// <summary>A backend. It has the features of the real ones: the registry of fences, the storage of snapshots, the keeping of definitions, and on YARN moves.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="controller">Who takes fences through it: two controllers are rivals.</param>
    /// <exception cref="KeyNotFoundException">No backend has that name.</exception>
    public IResourceBackend Backend(string name, string controller = "controller")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(controller);
        var place = PlaceOf(name);
        lock (Clock.Gate)
        {
            if (!_backends.TryGetValue((name, controller), out var backend))
            {
                backend = _backends[(name, controller)] = new SimulatedBackend(place, controller);
            }
            return backend;
        }
    }

    /// <summary>
    /// Runs code, and lets virtual time pass whenever all of it waits. Everything happens on one thread. Code that leaves it
    /// (<c>Task.Run</c>, <c>Task.Yield</c>, a <see cref="SemaphoreSlim"/> that is waited for) is waited for, but its order is no longer the seed's.
    /// </summary>
    /// <param name="work">The code.</param>
    /// <param name="cancellationToken">Is handed to the code.</param>
    /// <exception cref="InvalidOperationException">All of it waits, and nothing will happen any more; or the time is driven already.</exception>
    /// <exception cref="TimeoutException">It took longer than the fleet's patience, in virtual time.</exception>
    public Task RunAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _runner.RunAsync(work, cancellationToken);
    }

    /// <summary>Lets virtual time pass. Inside of other code that runs here it is a wait like any other.</summary>
    /// <param name="time">How much.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public Task RunAsync(TimeSpan time, CancellationToken cancellationToken = default) =>
        _runner.RunAsync(ct => Task.Delay(time, Clock, ct), cancellationToken);

    /// <summary>Lets time pass on a thread of its own, for code that RunAsync can't run (a host, a test framework), until the answer is disposed.</summary>
    /// <param name="speed">Virtual seconds per real second, above 0; <see cref="double.PositiveInfinity"/>: as soon as somebody waits for it.</param>
    /// <exception cref="InvalidOperationException">The time is driven already.</exception>
    public IDisposable StartClock(double speed = double.PositiveInfinity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        return _runner.Start(speed);
    }

    /// <summary>Lets the next call of a kind fail, on whichever backend; told twice, the next two.</summary>
    public void Next(SimulatedCall call, SimulatedFault fault) => Tell(null, call, fault);

    /// <summary>Lets the next call of a kind on a backend fail.</summary>
    /// <exception cref="KeyNotFoundException">No backend has that name.</exception>
    public void Next(string backend, SimulatedCall call, SimulatedFault fault) => Tell(PlaceOf(backend).Name, call, fault);

    /// <summary>Lets the n-th call of the fleet's life fail: so that each call of a run can be made to fail in turn.</summary>
    /// <param name="number">From 1; <see cref="Calls"/> were made already.</param>
    /// <param name="fault">How.</param>
    public void FailCall(long number, SimulatedFault fault)
    {
        lock (Clock.Gate)
        {
            Script.TellNumber(number, fault);
        }
    }

    /// <summary>Says how a job behaves from now on, wherever it runs.</summary>
    public void Describe(JobKey job, SimulatedJob behaviour) => Describe(job, null, behaviour);

    /// <summary>Says how a job behaves from now on where it runs on one backend; elsewhere it behaves as described without one.</summary>
    /// <exception cref="KeyNotFoundException">No backend has that name.</exception>
    public void Describe(JobKey job, string? backend, SimulatedJob behaviour)
    {
        ArgumentNullException.ThrowIfNull(behaviour);
        var place = backend is null ? null : PlaceOf(backend).Name;
        lock (Clock.Gate)
        {
            var runs = _ledgers.TryGetValue(job.Value, out var ledger) ? ledger.Runs : [];
            runs.ForEach(static r => r.Settle());
            _behaviours[(job.Value, place)] = behaviour;
            if (ledger is not null && runs.LastOrDefault() is { } newest)
            {
                ledger.Describe(newest.Behaviour, newest.Application.Spec.Kind == JobKind.Batch, Clock.Now);
            }
            runs.ForEach(static r => r.Describe());
        }
    }

    /// <summary>
    /// Everything that can process records of a job, or can be started again by something that stands: what must never be two. Processes that
    /// the cluster has lost sight of are among them.
    /// </summary>
    public ImmutableArray<SimulatedCopy> LiveCopies(JobKey job)
    {
        lock (Clock.Gate)
        {
            return [.. _places.Values.SelectMany(p => p.ApplicationsOf(job.Value).SelectMany(a => CopiesOf(p, a)))];
        }
    }

    /// <summary>What became of a job's records so far.</summary>
    public SimulatedAccount Account(JobKey job)
    {
        lock (Clock.Gate)
        {
            return LedgerOf(job.Value).Account(Clock.Now);
        }
    }

    internal double NextRandom() => _random.NextDouble();

    internal void Log(string backend, string subject, string what) => _log.Add(backend, subject, what);

    internal long ChangesOf(string backend) => _log.CountOf(backend);

    internal JobLedger LedgerOf(string job)
    {
        if (!_ledgers.TryGetValue(job, out var ledger))
        {
            ledger = _ledgers[job] = new JobLedger(job);
        }
        return ledger;
    }

    internal SimulatedJob BehaviourOf(string job, string backend) =>
        _behaviours.GetValueOrDefault((job, backend)) ?? _behaviours.GetValueOrDefault((job, null)) ?? SimulatedJobs.Default;

    internal static Uri AddressOf(SimulatedApplication application) => new($"http://{application.Handle.Id}.{application.Handle.Backend}.sim:8081/");

    internal bool HasFile(string uri) => !_deleted.Contains(uri);

    internal bool HasEntryClass(ApplicationSpec spec) =>
        spec.EntryClass is null || !_jars.TryGetValue(spec.Jar.Uri, out var classes) || classes.Contains(spec.EntryClass, StringComparer.Ordinal);

    internal void Copy(string from, string to)
    {
        _deleted.Remove(to);
        if (_jars.TryGetValue(from, out var classes))
        {
            _jars[to] = classes;
        }
    }

    private static IEnumerable<SimulatedCopy> CopiesOf(SimulatedPlace place, SimulatedApplication application)
    {
        var name = application.Ledger.Job;
        foreach (var zombie in application.Zombies.Where(static z => !z.IsOver))
        {
            yield return new SimulatedCopy(
                new CopyRef(application.Handle, zombie.Id), name, zombie.ProcessesRecords, false, $"Processes of {application.Handle.Id} run on although the cluster has lost sight of them.");
        }
        var restarts = place.HasRestarter(application);
        if (application.Run is { IsOver: false } run)
        {
            yield return new SimulatedCopy(
                new CopyRef(application.Handle, run.Id), name, run.ProcessesRecords, restarts, $"{application.Handle.Id} runs the job, which is {run.State}.");
        }
        else if (restarts)
        {
            yield return new SimulatedCopy(new CopyRef(application.Handle), name, false, true, $"{application.Handle.Id} is {application.Phase}: its job can still be started again.");
        }
    }

    private static BackendKind KindOf(string name) =>
        name.StartsWith("yarn", StringComparison.Ordinal) ? BackendKind.Yarn
        : name.StartsWith("k8s", StringComparison.Ordinal) || name.StartsWith("kube", StringComparison.Ordinal) ? BackendKind.Kubernetes
        : throw new ArgumentException($"'{name}' does not say its kind: let it begin with yarn or k8s, or give SimulatedFleetOptions.", nameof(name));

    private SimulatedPlace PlaceOf(string name) => _places.TryGetValue(name, out var place)
        ? place
        : throw new KeyNotFoundException($"No simulated backend is called '{name}'. There are: {string.Join(", ", _places.Keys)}.");

    private void Tell(string? backend, SimulatedCall call, SimulatedFault fault)
    {
        lock (Clock.Gate)
        {
            Script.Tell(backend, call, fault);
        }
    }
}

/// <summary>The behaviour of jobs that nobody described.</summary>
internal static class SimulatedJobs
{
    public static SimulatedJob Default { get; } = new();
}
