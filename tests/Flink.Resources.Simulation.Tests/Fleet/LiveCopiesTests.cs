namespace Flink.Resources.Simulation;

/// <summary>Restarters, zombies and leftovers: what can still process records is seen, whatever the cluster says.</summary>
public sealed class LiveCopiesTests
{
    private readonly JobKey _job = JobKey.Parse("payments/ledger");
    private readonly SimulatedFleet _fleet = SimulatedFleet.Create(7, "yarn-east", "k8s-east");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prepared_IsNoCopy_StartedIsOne_RemovedIsNone()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var backend = _fleet.Backend("k8s-east");
                var prepared = await backend.PreparedAsync(new Fence(_job, 1), Specs.Streaming(_job), ct);
                Assert.Empty(_fleet.LiveCopies(_job));
                await backend.StartAsync(prepared, RestorePoint.None, ct);
                Assert.True(Assert.Single(_fleet.LiveCopies(_job)).CanComeBack);
                await _fleet.RunningAsync(prepared.Application, ct);
                Assert.True(Assert.Single(_fleet.LiveCopies(_job)).ProcessesRecords);
                await _fleet.RemovedAsync(prepared.Application, ct);
                Assert.Empty(_fleet.LiveCopies(_job));
            },
            Cancellation);
    }

    [Fact]
    public async Task Kubelet_Dead_ForceDeletedPodsLiveOn_AndDeathIsUnknown()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var backend = _fleet.Backend("k8s-east");
                var prepared = await _fleet.StartedAsync("k8s-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                await _fleet.RunningAsync(prepared.Application, ct);
                var nodes = _fleet.NodesOf(prepared.Application);
                foreach (var node in nodes)
                {
                    _fleet.LoseNode("k8s-east", node, containersLiveOn: true);
                }
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                await backend.RemoveAsync(prepared.Application, HaMetadata.Purge, ct);
                _fleet.ForceDeletePods(prepared.Application);
                await _fleet.RunAsync(TimeSpan.FromMinutes(2), ct);

                Assert.Equal(DeathVerdict.Unknown, (await backend.ProbeDeathAsync(new CopyRef(prepared.Application), ct)).Verdict);
                Assert.True(Assert.Single(_fleet.LiveCopies(_job)).ProcessesRecords);
                await Assert.ThrowsAsync<InvalidOperationException>(() => backend.ForgetAsync(prepared.Fence, ct));
                foreach (var node in nodes)
                {
                    _fleet.ReturnNode("k8s-east", node);
                }
                await _fleet.RemovedAsync(prepared.Application, ct);
                Assert.Empty(_fleet.LiveCopies(_job));
            },
            Cancellation);
    }

    [Fact]
    public async Task Node_LostOnYarn_ItsContainersRunOnBesideTheNextAttempt()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job, ("high-availability.type", "zookeeper")), ct);
                await _fleet.RunningAsync(prepared.Application, ct);
                foreach (var node in _fleet.NodesOf(prepared.Application))
                {
                    _fleet.LoseNode("yarn-east", node, containersLiveOn: true);
                }
                await _fleet.RunAsync(TimeSpan.FromMinutes(15), ct);

                Assert.Equal(2, _fleet.LiveCopies(_job).Length);
                Assert.True(_fleet.Account(_job).Duplicated > 0);
            },
            Cancellation);
    }

    [Fact]
    public async Task ResourceManager_RestartedWithAnEmptiedStore_IsUnknownWhileTheJobRuns()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var backend = _fleet.Backend("yarn-east");
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                await _fleet.RunningAsync(prepared.Application, ct);
                _fleet.RestartResourceManager("yarn-east", keepsStore: false);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);

                Assert.Equal(LookupStatus.Unknown, (await backend.FindAsync(prepared.Fence, ct)).Status);
                Assert.Equal(DeathVerdict.Unknown, (await backend.ProbeDeathAsync(new CopyRef(prepared.Application), ct)).Verdict);
                Assert.IsType<StartOutcome.Indeterminate>(await backend.StartAsync(prepared, RestorePoint.None, ct));
                Assert.Single(_fleet.LiveCopies(_job));
            },
            Cancellation);
    }

    [Fact]
    public async Task ResourceManager_RestartedWithItsStore_IsAwayThenStaleThenRight()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var backend = _fleet.Backend("yarn-east");
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                await _fleet.RunningAsync(prepared.Application, ct);
                _fleet.RestartResourceManager("yarn-east", keepsStore: true);

                Assert.Equal(LookupStatus.Unknown, (await backend.FindAsync(prepared.Fence, ct)).Status);
                await _fleet.RunAsync(TimeSpan.FromSeconds(12), ct);
                Assert.Empty((await backend.GetSnapshotAsync(TimeSpan.Zero, ct)).Applications.Items);
                Assert.Equal(LookupStatus.Found, (await backend.FindAsync(prepared.Fence, ct)).Status);
                await _fleet.RunAsync(TimeSpan.FromSeconds(12), ct);
                Assert.Single((await backend.GetSnapshotAsync(TimeSpan.Zero, ct)).Applications.Items);
            },
            Cancellation);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task JobManager_KilledAfterTheJobFinished_RunsItAgainOnlyWithoutAStoredResult(bool keepsResult)
    {
        var spec = keepsResult
            ? Specs.Batch(_job)
            : Specs.Batch(_job, ("high-availability.type", "NONE"));

        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("k8s-east", new Fence(_job, 1), spec, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
                Assert.Equal(keepsResult ? 0 : 1, _fleet.LiveCopies(_job).Length);
                _fleet.KillJobManager(prepared.Application);
                await _fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
            },
            Cancellation);

        Assert.Equal(keepsResult ? 0 : 50_000, _fleet.Account(_job).Duplicated);
    }

    [Theory]
    [InlineData("yarn-east")]
    [InlineData("k8s-east")]
    public async Task JobManager_KilledWithHighAvailability_GoesOnFromItsCheckpointExact(string name)
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync(name, new Fence(_job, 1), Specs.Streaming(_job, ("high-availability.type", "zookeeper")), ct);
                await _fleet.RunningAsync(prepared.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                _fleet.KillJobManager(prepared.Application);
                await _fleet.RunAsync(TimeSpan.FromSeconds(5), ct);
                await _fleet.RunningAsync(prepared.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
            },
            Cancellation);

        var account = _fleet.Account(_job);
        Assert.True(account is { IsExact: true, StartsFromNothing: 0 }, account.ToString());
        Assert.Single(_fleet.LiveCopies(_job));
    }

    [Fact]
    public async Task JobManager_KilledOnYarnWithoutHighAvailability_IsTheEnd()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                await _fleet.RunningAsync(prepared.Application, ct);
                _fleet.KillJobManager(prepared.Application);
                await _fleet.RunAsync(TimeSpan.FromSeconds(10), ct);
                var report = Specs.Require(await _fleet.Backend("yarn-east").FindAsync(prepared.Fence, ct));

                Assert.Equal((ApplicationState.Finished, ApplicationResult.Failed), (report.State, report.Result));
                Assert.Empty(_fleet.LiveCopies(_job));
            },
            Cancellation);
    }

    [Fact]
    public async Task Metadata_LeftBehind_ResurrectsTheOldJobUnderTheNewName()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var source = await _fleet.StartedAsync("k8s-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, job) = await _fleet.RunningAsync(source.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                var first = Assert.IsType<TriggerOutcome.Accepted>(await cluster.TriggerSavepointAsync(job, new SavepointRequest(Specs.Trigger(1), Specs.Savepoints), ct));
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                var savepoint = Assert.IsType<SavepointStatus.Completed>(Specs.Require(await cluster.FindSavepointAsync(job, Specs.Trigger(1), ct)));
                var next = new Fence(_job, 2);
                var target = await _fleet.Backend("k8s-east").PreparedAsync(next, Specs.Streaming(_job), ct);
                _fleet.LeaveMetadata(source.Application, "k8s-east", next);
                await _fleet.RemovedAsync(source.Application, ct);
                Assert.IsType<StartOutcome.Accepted>(await _fleet.Backend("k8s-east").StartAsync(target, new RestorePoint.Snapshot(savepoint.Location), ct));
                var (restored, again) = await _fleet.RunningAsync(target.Application, ct);

                var from = Specs.Require(await restored.FindCheckpointsAsync(again, ct)).LatestRestored!;
                Assert.False(from.IsSavepoint);
                Assert.NotEqual(savepoint.Location, from.Path, StringComparer.Ordinal);
                Assert.NotNull(first);
            },
            Cancellation);
    }

    [Fact]
    public async Task Metadata_LeftBehindBeforeThePreparation_IsRefused()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var source = await _fleet.StartedAsync("k8s-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                await _fleet.RunningAsync(source.Application, ct);
                _fleet.LeaveMetadata(source.Application, "k8s-east", new Fence(_job, 2));

                var refused = Assert.IsType<PrepareOutcome.Refused>(await _fleet.Backend("k8s-east").PrepareAsync(new Fence(_job, 2), Specs.Streaming(_job), ct));
                Assert.Contains("-e2-cluster-config-map", Assert.Single(refused.Errors).ToString(), StringComparison.Ordinal);
                await _fleet.Backend("k8s-east").PreparedAsync(new Fence(_job, 3), Specs.Streaming(_job), ct);
            },
            Cancellation);
    }

    [Fact]
    public async Task ByHand_StartedWithoutFence_IsACopyAndCanBeKeptAndRemoved()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var handle = _fleet.StartByHand("yarn-east", Specs.Streaming(_job));
                await _fleet.RunningAsync(handle, ct);
                var backend = _fleet.Backend("yarn-east");
                Assert.Null(Specs.Require(await backend.FindAsync(handle, ct)).Fence);
                Assert.True(backend.TryGetFeature<IDefinitionKeeper>(out var keeper));
                var kept = Assert.IsType<KeepOutcome.Kept>(await keeper.KeepAsync(handle, "run-1", ct)).Definition;
                _fleet.DeleteFile(Specs.Jar);
                await _fleet.RemovedAsync(handle, ct);

                Assert.IsType<PrepareOutcome.Refused>(await backend.PrepareAsync(new Fence(_job, 1), Specs.Streaming(_job), ct));
                Assert.IsType<PrepareOutcome.Prepared>(await backend.PrepareAsync(new Fence(_job, 1), Specs.Streaming(_job) with { Jar = kept.Jar }, ct));
                Assert.IsType<KeepOutcome.Refused>(await keeper.KeepAsync(handle, "run-2", ct));
            },
            Cancellation);
    }

    [Fact]
    public async Task Checkpoints_AreKeptOnKillAndDeletedAtFinished()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, job) = await _fleet.RunningAsync(prepared.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                var seen = Specs.Require(await cluster.FindCheckpointsAsync(job, ct)).LatestCompleted!.Path!;
                await _fleet.RunAsync(TimeSpan.FromSeconds(25), ct);
                await _fleet.RemovedAsync(prepared.Application, ct, HaMetadata.Keep);
                Assert.True(_fleet.Backend("k8s-east").TryGetFeature<ISnapshotStorage>(out var storage));
                var newest = Specs.Require(await storage.FindNewestAsync(seen[..seen.LastIndexOf('/')], ct));
                Assert.NotEqual(seen, newest, StringComparer.Ordinal);

                var target = await _fleet.StartedAsync("k8s-east", new Fence(_job, 2), Specs.Streaming(_job), ct, new RestorePoint.Snapshot(newest));
                var (there, id) = await _fleet.RunningAsync(target.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                var last = Specs.Require(await there.FindCheckpointsAsync(id, ct)).LatestCompleted!.Path!;
                await _fleet.StopAsync(there, id, 9, ct);
                Assert.Equal(LookupStatus.Absent, (await storage.FindNewestAsync(last[..last.LastIndexOf('/')], ct)).Status);
            },
            Cancellation);
        Assert.True(_fleet.Account(_job).IsExact, _fleet.Account(_job).ToString());
    }
}
