using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Flink.Resources.Simulation;

namespace Flink.Resources.Migration;

/// <summary>Engines that are broken on purpose: each of them is caught by what the sweep looks at.</summary>
public sealed class MutantTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly string[] _controllers = ["one", "two"];

    [Fact]
    public async Task UnknownTakenForDead_IsCaught()
    {
        // The source's pods are deleted by force: nobody knows whether their containers live, and they do.
        var wrong = await PlayAsync(static inner => new TakesUnknownForDead(inner), "k8s-east", "yarn-east", options: static o => o with { Stop = StopMethod.LastCheckpoint }, beforeMove: static m =>
        {
            foreach (var node in m.Fleet.NodesOf(m.Source!.Application))
            {
                m.Fleet.LoseNode("k8s-east", node, containersLiveOn: true);
            }
        }, during: true);

        Assert.Contains("Two live copies", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_AskedAgainUnderAnotherTrigger_IsCaught() => Assert.Contains(
        "Without an intent: stop",
        await PlayAsync(static inner => new RepeatsStop(inner), fault: (SimulatedCall.StopWithSavepoint, SimulatedFault.LostAnswer)),
        StringComparison.Ordinal);

    [Fact]
    public async Task PathInAFailureIgnored_IsCaught()
    {
        var behaviour = new SimulatedJob { StopFault = StopFault.FailsAfterSavepoint };

        Assert.Null(await PlayAsync(static inner => inner, behaviour: behaviour, mustCommit: true));
        Assert.NotNull(await PlayAsync(static inner => new IgnoresNamedPath(inner), behaviour: behaviour, mustCommit: true));
    }

    [Fact]
    public async Task SnapshotClaimed_IsCaught() =>
        Assert.NotNull(await PlayAsync(static inner => new Claims(inner)));

    [Fact]
    public async Task MetadataRemovedTooEarly_IsCaught() => Assert.Contains(
        "Without an intent: remove",
        await PlayAsync(static inner => new PurgesAlways(inner), "k8s-east", "yarn-east", options: static o => o with { Stop = StopMethod.LastCheckpoint }),
        StringComparison.Ordinal);

    [Fact]
    public async Task NoIntentWritten_IsCaught() =>
        Assert.Contains("Without an intent", await PlayAsync(static inner => inner, journal: static j => new ForgetsIntents(j)), StringComparison.Ordinal);

    [Fact]
    public async Task NoFencing_TwoControllersWithTwoJournals_IsCaught()
    {
        var caught = new List<string?>();
        for (var later = 0; later < 20; later++)
        {
            var after = TimeSpan.FromMilliseconds(later * 50);
            Assert.Null(await TwoControllersAsync(static inner => inner, after));
            caught.Add(await TwoControllersAsync(static inner => new IgnoresFences(inner), after));
        }

        Assert.Contains(caught, static wrong => wrong?.Contains("Two live copies", StringComparison.Ordinal) == true);
    }

    /// <summary>Two controllers that know nothing of each other move the same job at once.</summary>
    private static async Task<string?> TwoControllersAsync(Func<IResourceBackend, IResourceBackend> mutate, TimeSpan secondLater)
    {
        var move = new SimulatedMove(3, "yarn-east", "k8s-east");
        return await move.RunAsync(
            async (m, ct) =>
            {
                m.Options = m.Options with { Stop = StopMethod.LastCheckpoint };
                var runs = new List<Task>();
                foreach (var name in _controllers)
                {
                    var catalog = new Mutated([.. m.Fleet.Names.Select(n => mutate(m.Fleet.Backend(n, name)))]);
                    var migrations = new Migrations(new MemoryJournal(m.Fleet.TimeProvider), catalog, m.Fleet.TimeProvider) { Owner = name };
                    runs.Add(CarryAsync(migrations, m.Request(), ct));
                    await m.Fleet.RunAsync(secondLater, ct);
                }
                await Task.WhenAll(runs);
            },
            Cancellation);
    }

    private static async Task CarryAsync(Migrations migrations, MoveRequest request, CancellationToken ct) =>
        await migrations.RunAsync(await migrations.CreateAsync(request, ct), null, ct);

    private static async Task<string?> PlayAsync(
        Func<IResourceBackend, IResourceBackend> mutate,
        string from = "yarn-east",
        string to = "k8s-east",
        SimulatedJob? behaviour = null,
        (SimulatedCall, SimulatedFault)? fault = null,
        Func<MoveOptions, MoveOptions>? options = null,
        Func<IJournal, IJournal>? journal = null,
        Action<SimulatedMove>? beforeMove = null,
        bool during = false,
        bool mustCommit = false)
    {
        var move = new SimulatedMove(3, from, to, behaviour);
        string? complaint = null;
        MigrationRun? run = null;
        move.Catalog = new Mutated([.. move.Fleet.Names.Select(n => mutate(new Audit(move.Fleet.Backend(n), move.Journal, () => move.RunId, c => complaint ??= c)))]);
        move.Options = options?.Invoke(move.Options) ?? move.Options;
        var wrong = await move.RunAsync(
            async (m, ct) =>
            {
                if (fault is var (call, shape))
                {
                    m.Fleet.Next(call, shape);
                }
                if (beforeMove is not null && during)
                {
                    _ = LaterAsync(m, beforeMove);
                }
                run = await m.MoveAsync(ct, journal);
            },
            Cancellation);
        return wrong ?? complaint ?? (mustCommit && run!.State != MigrationState.Committed ? $"It ended as {run.State}." : null);
    }

    /// <summary>In the midst of the stop.</summary>
    private static async Task LaterAsync(SimulatedMove move, Action<SimulatedMove> accident)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), move.Fleet.TimeProvider);
            if (move.RunId is not null && await move.New().FindAsync(move.RunId) is { State: MigrationState.Stopping })
            {
                accident(move);
                return;
            }
        }
    }

    private sealed class Mutated(ImmutableArray<IResourceBackend> backends) : IBackendCatalog
    {
        public ImmutableArray<IResourceBackend> Backends => backends;

        public bool TryGet(string name, [NotNullWhen(true)] out IResourceBackend? backend) => (backend = backends.FirstOrDefault(b => b.Info.Name == name)) is not null;

        public IResourceBackend GetRequired(string name) => TryGet(name, out var backend) ? backend : throw new KeyNotFoundException(name);
    }

    private sealed class TakesUnknownForDead(IResourceBackend inner) : BackendDecorator(inner)
    {
        public override async Task<DeathProbe> ProbeDeathAsync(CopyRef copy, CancellationToken cancellationToken = default) =>
            await base.ProbeDeathAsync(copy, cancellationToken) is { Verdict: not DeathVerdict.Unknown } probe ? probe : new DeathProbe(copy, DeathVerdict.Dead, Evidence.None);
    }

    private sealed class RepeatsStop(IResourceBackend inner) : BackendDecorator(inner)
    {
        protected override IFlinkCluster Flink(IFlinkCluster cluster) => FlinkDecorator.Over(cluster, static (inner, method, arguments) =>
            method == nameof(IFlinkCluster.StopWithSavepointAsync) ? TwiceAsync(inner, (FlinkJobId)arguments[0]!, (SavepointRequest)arguments[1]!) : null);

        private static async Task<TriggerOutcome> TwiceAsync(IFlinkCluster cluster, FlinkJobId job, SavepointRequest request)
        {
            var outcome = await cluster.StopWithSavepointAsync(job, request, CancellationToken.None);
            return outcome is TriggerOutcome.Indeterminate
                ? await cluster.StopWithSavepointAsync(job, request with { Trigger = new TriggerId(new string('f', 32)) }, CancellationToken.None)
                : outcome;
        }
    }

    private sealed class IgnoresNamedPath(IResourceBackend inner) : BackendDecorator(inner)
    {
        protected override IFlinkCluster Flink(IFlinkCluster cluster) => FlinkDecorator.Over(cluster, static (inner, method, arguments) =>
            method == nameof(IFlinkCluster.FindSavepointAsync) ? WithoutAsync(inner, (FlinkJobId)arguments[0]!, (TriggerId)arguments[1]!) : null);

        private static async Task<Lookup<SavepointStatus>> WithoutAsync(IFlinkCluster cluster, FlinkJobId job, TriggerId trigger) =>
            (await cluster.FindSavepointAsync(job, trigger, CancellationToken.None)).Select<SavepointStatus>(static s => s is SavepointStatus.Failed failed ? failed with { SavepointNamedByCause = null } : s);
    }

    private sealed class Claims(IResourceBackend inner) : BackendDecorator(inner)
    {
        public override Task<StartOutcome> StartAsync(PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default) =>
            base.StartAsync(application, restore is RestorePoint.Snapshot snapshot ? snapshot with { Claim = ClaimMode.Claim } : restore, cancellationToken);
    }

    private sealed class PurgesAlways(IResourceBackend inner) : BackendDecorator(inner)
    {
        public override Task<RemoveOutcome> RemoveAsync(ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default) =>
            base.RemoveAsync(application, HaMetadata.Purge, cancellationToken);
    }

    /// <summary>Each controller takes the fence above whatever stands in its way, and sees no other's.</summary>
    private sealed class IgnoresFences(IResourceBackend inner) : BackendDecorator(inner), IFenceRegistry
    {
        public override bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
            where T : class => (feature = this as T) is not null || base.TryGetFeature(out feature);

        public Task<Lookup<ImmutableArray<FenceReport>>> FindFencesAsync(JobKey job, CancellationToken cancellationToken = default) =>
            Task.FromResult(Lookup.Absent<ImmutableArray<FenceReport>>(Evidence.None));

        public override async Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken = default)
        {
            var outcome = await base.PrepareAsync(fence, spec, cancellationToken);
            return outcome is PrepareOutcome.FenceTaken ? await PrepareAsync(fence with { Epoch = fence.Epoch + 1 }, spec, cancellationToken) : outcome;
        }
    }

    /// <summary>Says that intents are written, and writes none.</summary>
    private sealed class ForgetsIntents(IJournal inner) : IJournal
    {
        private long _forgotten;

        public Task<AppendResult> AppendAsync(JournalRecord record, JobLease? lease, CancellationToken cancellationToken = default)
        {
            if (record.Kind == JournalRecordKind.Intent)
            {
                _forgotten++;
                return Task.FromResult(AppendResult.Appended);
            }
            return inner.AppendAsync(record with { Sequence = record.Sequence - _forgotten, Of = null }, lease, cancellationToken);
        }

        public async Task<ImmutableArray<JournalRecord>> ReadAsync(string run, long after, CancellationToken cancellationToken = default) =>
            [.. (await inner.ReadAsync(run, after - _forgotten, cancellationToken)).Select(r => r with { Sequence = r.Sequence + _forgotten })];

        public Task<ImmutableArray<RunHead>> ListAsync(RunQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

        public Task<long> FindHighestEpochAsync(JobKey job, CancellationToken cancellationToken = default) => inner.FindHighestEpochAsync(job, cancellationToken);

        public Task<JobLease?> TryAcquireAsync(JobKey job, string owner, TimeSpan duration, CancellationToken cancellationToken = default) => inner.TryAcquireAsync(job, owner, duration, cancellationToken);

        public Task<bool> RenewAsync(JobLease lease, TimeSpan duration, CancellationToken cancellationToken = default) => inner.RenewAsync(lease, duration, cancellationToken);

        public Task ReleaseAsync(JobLease lease, CancellationToken cancellationToken = default) => inner.ReleaseAsync(lease, cancellationToken);

        public Task ImportAsync(ImmutableArray<JournalRecord> records, CancellationToken cancellationToken = default) => inner.ImportAsync(records, cancellationToken);
    }
}
