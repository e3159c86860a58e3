using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Flink.Resources.Simulation;

namespace Flink.Resources.Migration;

/// <summary>One job between two simulated clusters, a watch that sees every second copy, and the account of its records.</summary>
internal sealed class SimulatedMove
{
    private static readonly TimeSpan _leaseEnds = TimeSpan.FromSeconds(16);
    private readonly string _from;
    private readonly string _to;
    private string? _twice;
    private DateTimeOffset _darkUntil;

    public SimulatedMove(long seed, string from = "yarn-east", string to = "k8s-east", SimulatedJob? behaviour = null, SimulatedFleet? fleet = null)
    {
        (_from, _to) = (from, to);
        Fleet = fleet ?? SimulatedFleet.Create(seed, "yarn-east", "k8s-east");
        Fleet.Describe(Job, behaviour ?? new SimulatedJob { State = MemorySize.FromMebibytes(200) });
        Journal = new MemoryJournal(Fleet.TimeProvider);
        Catalog = new FleetCatalog([.. Fleet.Names.Select(n => new Dark(Fleet.Backend(n), () => Fleet.TimeProvider.GetUtcNow() < _darkUntil))]);
        Options = new MoveOptions
        {
            Soak = TimeSpan.FromSeconds(20),
            Sinks = ImmutableSortedDictionary<string, SinkClass>.Empty.Add("orders", SinkClass.Transactional),
        };
    }

    public static JobKey Job { get; } = JobKey.Parse("ads/clicks");

    public SimulatedFleet Fleet { get; }

    public MemoryJournal Journal { get; }

    public IBackendCatalog Catalog { get; set; }

    public MoveOptions Options { get; set; }

    /// <summary>Whether JobManagers come back: a second attempt goes on from the metadata of the first.</summary>
    public bool HasHighAvailability { get; set; }

    /// <summary>The Flink version of the target; the source's when null.</summary>
    public string? TargetVersion { get; set; }

    public IProgress<MigrationRun>? Progress { get; set; }

    public PreparedApplication? Source { get; private set; }

    public string? RunId { get; private set; }

    /// <summary>The calls that were made before the move began.</summary>
    public long CallsBefore { get; private set; }

    public static ApplicationSpec Spec => MigrationCases.Spec with
    {
        Configuration = ImmutableSortedDictionary<string, string>.Empty.Add("execution.checkpointing.interval", "5s"),
    };

    private ApplicationSpec SourceSpec => HasHighAvailability
        ? Spec with { Configuration = Spec.Configuration.Add("high-availability.type", _from.StartsWith("yarn", StringComparison.Ordinal) ? "zookeeper" : "kubernetes") }
        : Spec;

    /// <summary>Runs a test in virtual time, with the watch on, and says what is wrong in the end; null when nothing is.</summary>
    public async Task<string?> RunAsync(Func<SimulatedMove, CancellationToken, Task> test, CancellationToken cancellationToken)
    {
        await Fleet.RunAsync(
            async ct =>
            {
                Source = await StartSourceAsync(ct);
                CallsBefore = Fleet.Calls;
                using var done = CancellationTokenSource.CreateLinkedTokenSource(ct);
                var watch = WatchAsync(done.Token);
                await test(this, ct);
                await Fleet.RunAsync(TimeSpan.FromSeconds(60), ct);
                await done.CancelAsync();
                await watch;
            },
            cancellationToken);
        return _twice ?? await VerdictAsync(cancellationToken);
    }

    /// <summary>Every call that changes something is held against the journal.</summary>
    public void AuditInto(Action<string> complain) =>
        Catalog = new FleetCatalog([.. Fleet.Names.Select(n => new Audit(Fleet.Backend(n), Journal, () => RunId, complain))]);

    /// <summary>The backends as one controller reaches them.</summary>
    public IBackendCatalog CatalogOf(string controller) => new FleetCatalog([.. Fleet.Names.Select(n => Fleet.Backend(n, controller))]);

    public Migrations New(IJournal? journal = null, string owner = "one") => new(journal ?? Journal, Catalog, Fleet.TimeProvider) { Owner = owner };

    public MoveRequest Request() => new()
    {
        Job = Job,
        Source = new CopyRef(Source!.Application),
        SourceSpec = SourceSpec,
        TargetBackend = _to,
        TargetSpec = TargetVersion is { } version ? SourceSpec with { FlinkVersion = version } : SourceSpec,
        SnapshotDirectory = "hdfs://sim/savepoints",
        Options = Options,
    };

    /// <summary>Carries the move to its end; a process that dies on the way is followed by another one.</summary>
    public async Task<MigrationRun> MoveAsync(CancellationToken ct, Func<IJournal, IJournal>? firstJournal = null, TimeSpan? firstLives = null, TimeSpan? lives = null)
    {
        for (var life = 0; life < 50; life++)
        {
            var migrations = New(life == 0 && firstJournal is not null ? firstJournal(Journal) : Journal, $"process {life}");
            using var end = CancellationTokenSource.CreateLinkedTokenSource(ct);
            if ((life == 0 ? firstLives ?? lives : lives) is { } time)
            {
                _ = EndAfterAsync(end, time);
            }
            try
            {
                RunId ??= (await migrations.FindUnfinishedAsync(Job, end.Token)) ?? await migrations.CreateAsync(Request(), end.Token);
                return await migrations.RunAsync(RunId, Progress, end.Token);
            }
            catch (Exception exception) when (exception is ProcessDiedException or OperationCanceledException or InvalidOperationException)
            {
                ct.ThrowIfCancellationRequested();
                RunId = await New().FindUnfinishedAsync(Job, ct) ?? RunId;
                await Fleet.RunAsync(_leaseEnds, ct);
            }
        }
        throw new InvalidOperationException("Fifty processes did not bring the run to an end.");
    }

    /// <summary>For a time Flink answers nothing to whoever asks for its metrics, jobs and checkpoints.</summary>
    public void Blackout(TimeSpan time) => _darkUntil = Fleet.TimeProvider.GetUtcNow() + time;

    public Task<MigrationRun?> FindAsync(CancellationToken ct) => New().FindAsync(RunId!, ct);

    private async Task EndAfterAsync(CancellationTokenSource end, TimeSpan lives)
    {
        await Task.Delay(lives, Fleet.TimeProvider);
        try
        {
            await end.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It was over before.
        }
    }

    private async Task<PreparedApplication> StartSourceAsync(CancellationToken ct)
    {
        var backend = Fleet.Backend(_from);
        var prepared = Assert.IsType<PrepareOutcome.Prepared>(await backend.PrepareAsync(new Fence(Job, 1), SourceSpec, ct)).Application;
        Assert.IsType<StartOutcome.Accepted>(await backend.StartAsync(prepared, RestorePoint.None, ct));
        await Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        return prepared;
    }

    private async Task WatchAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var copies = Fleet.LiveCopies(Job);
            if (copies.Length > 1)
            {
                _twice ??= FormattableString.Invariant($"Two live copies at {Fleet.TimeProvider.GetUtcNow():HH:mm:ss.fff}: {string.Join(" | ", copies.Select(static c => c.Why))}");
            }
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), Fleet.TimeProvider, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<string?> VerdictAsync(CancellationToken ct)
    {
        var account = Fleet.Account(Job);
        if (account is not { Lost: 0, Duplicated: 0, StartsFromNothing: 0 })
        {
            return $"Not exact: {account}";
        }
        if (RunId is null || await FindAsync(ct) is not { } run)
        {
            return null;
        }
        if (run.State == MigrationState.Parked)
        {
            return string.IsNullOrEmpty(run.Reason) ? "Parked without a reason." : null;
        }
        if (!run.IsFinal)
        {
            return $"The run ended as {run.State}.";
        }
        var copies = Fleet.LiveCopies(Job);
        var place = run.State == MigrationState.Committed ? _to : _from;
        return copies is [{ ProcessesRecords: true } one] && one.Copy.Application.Backend == place && account.MissingInState == 0
            ? null
            : $"{run.State} ({run.Reason}), and there lives: {string.Join(" | ", copies.Select(static c => c.Why))}; {account}";
    }

    private sealed class Dark(IResourceBackend inner, Func<bool> isDark) : BackendDecorator(inner)
    {
        protected override IFlinkCluster Flink(IFlinkCluster cluster) => FlinkDecorator.Over(cluster, (_, _, _) =>
            isDark() ? throw new ResourceBackendException(BackendFault.Unreachable, Info.Name, "No answer.") : null);
    }

    private sealed class FleetCatalog(ImmutableArray<IResourceBackend> backends) : IBackendCatalog
    {
        public ImmutableArray<IResourceBackend> Backends => backends;

        public bool TryGet(string name, [NotNullWhen(true)] out IResourceBackend? backend) =>
            (backend = backends.FirstOrDefault(b => b.Info.Name == name)) is not null;

        public IResourceBackend GetRequired(string name) => TryGet(name, out var backend) ? backend : throw new KeyNotFoundException(name);
    }
}

/// <summary>The process died here.</summary>
internal sealed class ProcessDiedException : Exception
{
    public ProcessDiedException()
    {
    }

    public ProcessDiedException(string message)
        : base(message)
    {
    }

    public ProcessDiedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A journal whose process dies before or after a record is written.</summary>
internal sealed class DyingJournal(IJournal inner, long record, bool after, Func<JournalRecord, bool>? counts = null) : IJournal
{
    private long _records;

    public async Task<AppendResult> AppendAsync(JournalRecord entry, JobLease? lease, CancellationToken cancellationToken = default)
    {
        // Who is dead stays so, whatever is counted.
        var number = _records >= record || counts?.Invoke(entry) != false ? ++_records : _records;
        if (number == record && !after)
        {
            throw new ProcessDiedException($"before record {entry.Sequence}");
        }
        if (number > record)
        {
            throw new ProcessDiedException("dead already");
        }
        var result = await inner.AppendAsync(entry, lease, cancellationToken);
        return number == record ? throw new ProcessDiedException($"after record {entry.Sequence}") : result;
    }

    public Task<ImmutableArray<JournalRecord>> ReadAsync(string run, long after1, CancellationToken cancellationToken = default) => inner.ReadAsync(run, after1, cancellationToken);

    public Task<ImmutableArray<RunHead>> ListAsync(RunQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

    public Task<long> FindHighestEpochAsync(JobKey job, CancellationToken cancellationToken = default) => inner.FindHighestEpochAsync(job, cancellationToken);

    public Task<JobLease?> TryAcquireAsync(JobKey job, string owner, TimeSpan duration, CancellationToken cancellationToken = default) => inner.TryAcquireAsync(job, owner, duration, cancellationToken);

    // A dead process renews and releases nothing.
    public Task<bool> RenewAsync(JobLease lease, TimeSpan duration, CancellationToken cancellationToken = default) =>
        _records >= record ? Task.FromResult(true) : inner.RenewAsync(lease, duration, cancellationToken);

    public Task ReleaseAsync(JobLease lease, CancellationToken cancellationToken = default) =>
        _records >= record ? Task.CompletedTask : inner.ReleaseAsync(lease, cancellationToken);

    public Task ImportAsync(ImmutableArray<JournalRecord> records, CancellationToken cancellationToken = default) => inner.ImportAsync(records, cancellationToken);
}
