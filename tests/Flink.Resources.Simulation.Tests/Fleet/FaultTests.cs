namespace Flink.Resources.Simulation;

/// <summary>Each way to fail, as it surfaces at the contract, and whether the call took effect.</summary>
public sealed class FaultTests
{
    private readonly JobKey _job = JobKey.Parse("payments/ledger");
    private readonly SimulatedFleet _fleet = SimulatedFleet.Create(7, "yarn-east", "k8s-east");

    public static TheoryData<string, SimulatedFault> Writes
    {
        get
        {
            var data = new TheoryData<string, SimulatedFault>();
            foreach (var fault in Enum.GetValues<SimulatedFault>().Where(static f => f is not (SimulatedFault.None or SimulatedFault.NotFound or SimulatedFault.StaleList or SimulatedFault.WatchGap)))
            {
                data.Add("yarn-east", fault);
                data.Add("k8s-east", fault);
            }
            return data;
        }
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Start_Faulty_NeverSaysThatItFailedWhenItTookEffect(string name, SimulatedFault fault)
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var backend = _fleet.Backend(name);
                var prepared = await backend.PreparedAsync(new Fence(_job, 1), Specs.Streaming(_job), ct);
                _fleet.Next(name, SimulatedCall.Start, fault);

                var outcome = await backend.StartAsync(prepared, RestorePoint.None, ct);
                var tookEffect = _fleet.LiveCopies(_job).Length == 1;
                var again = await backend.StartAsync(prepared, RestorePoint.None, ct);

                Assert.Equal(fault is SimulatedFault.Unauthenticated or SimulatedFault.Forbidden, outcome is StartOutcome.Refused);
                Assert.Equal(outcome is not StartOutcome.Refused, outcome is StartOutcome.Indeterminate);
                Assert.True(fault is not (SimulatedFault.LostAnswer or SimulatedFault.Truncated) || tookEffect);
                Assert.True(fault is SimulatedFault.LostAnswer or SimulatedFault.Truncated or SimulatedFault.ServerError || !tookEffect);
                Assert.Equal(tookEffect, again is StartOutcome.AlreadyStarted);
                Assert.Single(_fleet.LiveCopies(_job));
            },
            Cancellation);
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Reads_Faulty_AreUnknownAndNeverAbsent(string name, SimulatedFault fault)
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var backend = _fleet.Backend(name);
                var prepared = await _fleet.StartedAsync(name, new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, job) = await _fleet.RunningAsync(prepared.Application, ct);
                foreach (var call in new[] { SimulatedCall.Find, SimulatedCall.Connect, SimulatedCall.ProbeDeath, SimulatedCall.FlinkRead, SimulatedCall.FindSavepoint, SimulatedCall.Snapshot, SimulatedCall.Forget })
                {
                    _fleet.Next(call, fault);
                }

                Assert.Equal(LookupStatus.Unknown, (await backend.FindAsync(prepared.Fence, ct)).Status);
                Assert.Equal(LookupStatus.Unknown, (await backend.ConnectAsync(prepared.Application, ct)).Status);
                Assert.Equal(DeathVerdict.Unknown, (await backend.ProbeDeathAsync(new CopyRef(prepared.Application), ct)).Verdict);
                Assert.NotNull((await backend.GetSnapshotAsync(TimeSpan.Zero, ct)).Applications.StaleBecause);
                await Assert.ThrowsAsync<ResourceBackendException>(() => cluster.GetJobsAsync(ct));
                await Assert.ThrowsAsync<ResourceBackendException>(() => cluster.FindSavepointAsync(job, Specs.Trigger(1), ct));
                await Assert.ThrowsAsync<ResourceBackendException>(() => backend.ForgetAsync(prepared.Fence, ct));
            },
            Cancellation);
    }

    [Fact]
    public async Task Timeout_TakesAsLongAsACallMayTake()
    {
        _fleet.Next("k8s-east", SimulatedCall.Find, SimulatedFault.LostRequest);

        await _fleet.RunAsync(
            async ct =>
            {
                var began = _fleet.TimeProvider.GetTimestamp();
                await _fleet.Backend("k8s-east").FindAsync(new Fence(_job, 1), ct);
                Assert.InRange(_fleet.TimeProvider.GetElapsedTime(began), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(31));
            },
            Cancellation);
    }

    [Fact]
    public async Task NotFound_OfFlink_IsAbsentAndRefused()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, job) = await _fleet.RunningAsync(prepared.Application, ct);
                _fleet.Next(SimulatedCall.FlinkRead, SimulatedFault.NotFound);
                _fleet.Next(SimulatedCall.StopWithSavepoint, SimulatedFault.NotFound);
                _fleet.Next(SimulatedCall.Find, SimulatedFault.NotFound);

                Assert.Equal(LookupStatus.Absent, (await cluster.FindJobAsync(job, ct)).Status);
                Assert.IsType<TriggerOutcome.Refused>(await cluster.StopWithSavepointAsync(job, new SavepointRequest(Specs.Trigger(1), Specs.Savepoints), ct));
                Assert.Equal(LookupStatus.Found, (await _fleet.Backend("yarn-east").FindAsync(prepared.Fence, ct)).Status);
            },
            Cancellation);
    }

    [Fact]
    public async Task StopWithSavepoint_AnswerLost_TheSameTriggerFindsIt()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, job) = await _fleet.RunningAsync(prepared.Application, ct);
                _fleet.Next(SimulatedCall.StopWithSavepoint, SimulatedFault.LostAnswer);

                var outcome = await cluster.StopWithSavepointAsync(job, new SavepointRequest(Specs.Trigger(1), Specs.Savepoints), ct);
                var status = Specs.Require(await cluster.FindSavepointAsync(job, Specs.Trigger(1), ct));

                Assert.IsType<TriggerOutcome.Indeterminate>(outcome);
                Assert.IsType<SavepointStatus.Completed>(status);
            },
            Cancellation);
    }

    [Fact]
    public async Task Savepoint_FailsOnce_TheJobRunsOnAndTheNextSucceeds()
    {
        _fleet.Describe(_job, new SimulatedJob { SavepointFailures = 1 });

        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, job) = await _fleet.RunningAsync(prepared.Application, ct);

                var failed = Assert.IsType<SavepointStatus.Failed>(await _fleet.StopAsync(cluster, job, 1, ct));
                Assert.Null(failed.SavepointNamedByCause);
                Assert.True(Assert.Single(await cluster.GetJobsAsync(ct)).AllTasksRun);
                Assert.IsType<SavepointStatus.Completed>(await _fleet.StopAsync(cluster, job, 2, ct));
            },
            Cancellation);
        Assert.True(_fleet.Account(_job).IsExact);
    }

    [Fact]
    public async Task Savepoint_OfLargeState_BlocksTheJobForAsLongAsItIsWritten()
    {
        _fleet.Describe(_job, new SimulatedJob { State = MemorySize.FromMebibytes(60_000), StateBandwidth = MemorySize.FromMebibytes(1_000) });

        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, job) = await _fleet.RunningAsync(prepared.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(5), ct);
                await cluster.StopWithSavepointAsync(job, new SavepointRequest(Specs.Trigger(1), Specs.Savepoints), ct);
                var before = await PendingAsync(cluster, job, ct);
                await _fleet.RunAsync(TimeSpan.FromSeconds(50), ct);

                Assert.IsType<SavepointStatus.InProgress>(Specs.Require(await cluster.FindSavepointAsync(job, Specs.Trigger(1), ct)));
                Assert.InRange(await PendingAsync(cluster, job, ct) - before, 99_000, 101_000);
                await _fleet.RunAsync(TimeSpan.FromSeconds(12), ct);
                Assert.IsType<SavepointStatus.Completed>(Specs.Require(await cluster.FindSavepointAsync(job, Specs.Trigger(1), ct)));
            },
            Cancellation);
    }

    [Fact]
    public async Task Directory_UnreadableFromTheTarget_FailsItsStartAndSaysWhy()
    {
        _fleet.SetReadable(Specs.Savepoints, "k8s-east", isReadable: false);

        await _fleet.RunAsync(
            async ct =>
            {
                var source = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, job) = await _fleet.RunningAsync(source.Application, ct);
                var stopped = Assert.IsType<SavepointStatus.Completed>(await _fleet.StopAsync(cluster, job, 1, ct));
                Assert.True(_fleet.Backend("k8s-east").TryGetFeature<ISnapshotStorage>(out var storage));
                Assert.Equal(LookupStatus.Unknown, (await storage.FindNewestAsync(Specs.Savepoints, ct)).Status);
                Assert.True(_fleet.Backend("yarn-east").TryGetFeature<ISnapshotStorage>(out var other));
                Assert.Equal(stopped.Location, Specs.Require(await other.FindNewestAsync(Specs.Savepoints, ct)));
                var target = await _fleet.StartedAsync("k8s-east", new Fence(_job, 2), Specs.Streaming(_job), ct, new RestorePoint.Snapshot(stopped.Location));
                await _fleet.RunAsync(TimeSpan.FromMinutes(2), ct);

                var report = Specs.Require(await _fleet.Backend("k8s-east").FindAsync(target.Fence, ct));
                Assert.True(report.IsStuck);
                Assert.Contains(stopped.Location, report.Diagnostics, StringComparison.Ordinal);
            },
            Cancellation);
    }

    [Theory]
    [InlineData("yarn-east")]
    [InlineData("k8s-east")]
    public async Task Image_Missing_WaitsAndSaysWhy(string name)
    {
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Backends = [new() { Name = name, Kind = name.StartsWith('y') ? BackendKind.Yarn : BackendKind.Kubernetes, MissingImages = ["1.20.5"] }],
        });

        await fleet.RunAsync(
            async ct =>
            {
                var prepared = await fleet.StartedAsync(name, new Fence(_job, 1), Specs.Streaming(_job), ct);
                await fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                var report = Specs.Require(await fleet.Backend(name).FindAsync(prepared.Fence, ct));

                Assert.Equal((ApplicationState.Starting, true), (report.State, report.IsStuck));
                Assert.Contains("1.20.5", report.Diagnostics, StringComparison.Ordinal);
                await fleet.RemovedAsync(prepared.Application, ct);
            },
            Cancellation);
    }

    [Fact]
    public async Task Queue_Full_WaitsUntilThereIsRoom()
    {
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Backends =
            [
                new()
                {
                    Name = "k8s-east",
                    Kind = BackendKind.Kubernetes,
                    Queues = SortedQueues(("root.realtime", new ResourceAmount(MemorySize.FromMebibytes(4096), 2_000))),
                },
            ],
        });
        var other = JobKey.Parse("payments/other");

        await fleet.RunAsync(
            async ct =>
            {
                var first = await fleet.StartedAsync("k8s-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                await fleet.RunningAsync(first.Application, ct);
                var second = await fleet.StartedAsync("k8s-east", new Fence(other, 1), Specs.Streaming(other), ct);
                await fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                Assert.Contains("quota", Specs.Require(await fleet.Backend("k8s-east").FindAsync(second.Fence, ct)).Diagnostics, StringComparison.Ordinal);
                await fleet.RemovedAsync(first.Application, ct);
                await fleet.RunningAsync(second.Application, ct);
                Assert.IsType<PrepareOutcome.Refused>(
                    await fleet.Backend("k8s-east").PrepareAsync(new Fence(_job, 2), Specs.Streaming(_job) with { Queue = "root.none" }, ct));
            },
            Cancellation);
    }

    [Fact]
    public async Task Target_FailsAfterItsStart_IsFinishedAsFailed()
    {
        _fleet.Describe(_job, "k8s-east", new SimulatedJob { FailsAfter = TimeSpan.FromSeconds(20) });

        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("k8s-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                await _fleet.RunningAsync(prepared.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromSeconds(30), ct);
                var report = Specs.Require(await _fleet.Backend("k8s-east").FindAsync(prepared.Fence, ct));

                Assert.Equal((ApplicationState.Finished, ApplicationResult.Failed), (report.State, report.Result));
                Assert.Contains("JobException", report.Diagnostics, StringComparison.Ordinal);
            },
            Cancellation);
        Assert.Empty(_fleet.LiveCopies(_job));
    }

    [Fact]
    public async Task Metrics_OfAJobThatFallsBehind_ShowGrowingLagAndBackpressure()
    {
        _fleet.Describe(_job, new SimulatedJob { RecordsPerSecond = 5_000, CapacityPerSubtask = 2_000 });

        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, job) = await _fleet.RunningAsync(prepared.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(10), ct);
                var before = await PendingAsync(cluster, job, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(10), ct);
                var after = await PendingAsync(cluster, job, ct);
                var vertices = Specs.Require(await cluster.FindJobAsync(job, ct)).Vertices;
                var source = await cluster.GetAggregatedMetricsAsync(new MetricScope.Vertex(job, vertices[0].Id), ["backPressuredTimeMsPerSecond", "numRecordsOutPerSecond"], ct);

                Assert.InRange(after - before, 599_000, 601_000);
                Assert.True(source["backPressuredTimeMsPerSecond"].Maximum > 500);
                Assert.Equal(4_000, source["numRecordsOutPerSecond"].Sum!.Value, 1.0);
            },
            Cancellation);
    }

    [Fact]
    public async Task Rescale_AdaptiveScheduler_ChangesTheParallelismAndStaysExact()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var prepared = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job, ("jobmanager.scheduler", "adaptive")), ct);
                var (cluster, job) = await _fleet.RunningAsync(prepared.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                var bounds = Specs.Require(await cluster.FindResourceRequirementsAsync(job, ct));
                Assert.IsType<TriggerOutcome.Accepted>(await cluster.RescaleAsync(job, bounds.ToImmutableSorted(new ParallelismBounds(1, 6)), ct));
                await _fleet.RunningAsync(prepared.Application, ct);

                Assert.All(Specs.Require(await cluster.FindJobAsync(job, ct)).Vertices, static v => Assert.Equal(6, v.Parallelism));
                Assert.Equal(3, (await cluster.GetTaskManagersAsync(ct)).Length);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
            },
            Cancellation);
        Assert.True(_fleet.Account(_job).IsExact, _fleet.Account(_job).ToString());
    }

    [Fact]
    public async Task Snapshot_StaleList_ShowsWhatWasThereBefore()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var backend = _fleet.Backend("yarn-east");
                await backend.GetSnapshotAsync(TimeSpan.Zero, ct);
                await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                _fleet.Next(SimulatedCall.Snapshot, SimulatedFault.StaleList);

                var stale = await backend.GetSnapshotAsync(TimeSpan.Zero, ct);
                var fresh = await backend.GetSnapshotAsync(TimeSpan.Zero, ct);

                Assert.Null(stale.Applications.StaleBecause);
                Assert.Empty(stale.Applications.Items);
                Assert.Single(fresh.Applications.Items);
            },
            Cancellation);
    }

    [Fact]
    public async Task Watch_Gap_IsSilentAndGoesOnWithTheNewestState()
    {
        _fleet.Next(SimulatedCall.Watch, SimulatedFault.WatchGap);

        await _fleet.RunAsync(
            async ct =>
            {
                await _fleet.StartedAsync("k8s-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var began = _fleet.TimeProvider.GetTimestamp();
                await foreach (var snapshot in _fleet.Backend("k8s-east").WatchAsync(ct))
                {
                    Assert.True(_fleet.TimeProvider.GetElapsedTime(began) >= TimeSpan.FromMinutes(1));
                    Assert.Equal(ApplicationState.Running, Assert.Single(snapshot.Applications.Items).State);
                    break;
                }
            },
            Cancellation);
    }

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, ResourceAmount?> SortedQueues(params (string Path, ResourceAmount? Limit)[] queues) =>
        System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, queues.Select(static q => KeyValuePair.Create(q.Path, q.Limit)));

    private static async Task<double> PendingAsync(IFlinkCluster cluster, FlinkJobId job, CancellationToken ct)
    {
        var source = Specs.Require(await cluster.FindJobAsync(job, ct)).Vertices[0].Id;
        return (await cluster.GetMetricsAsync(new MetricScope.Vertex(job, source), ["pendingRecords"], ct))["pendingRecords"];
    }
}

internal static class Bounds
{
    public static System.Collections.Immutable.ImmutableSortedDictionary<string, ParallelismBounds> ToImmutableSorted(
        this System.Collections.Immutable.ImmutableSortedDictionary<string, ParallelismBounds> bounds, ParallelismBounds all) =>
        System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, bounds.Keys.Select(k => KeyValuePair.Create(k, all)));
}
