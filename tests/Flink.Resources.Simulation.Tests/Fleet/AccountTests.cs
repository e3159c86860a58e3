namespace Flink.Resources.Simulation;

/// <summary>Loss and doubling are seen.</summary>
public sealed class AccountTests
{
    private readonly JobKey _job = JobKey.Parse("payments/ledger");
    private readonly SimulatedFleet _fleet = SimulatedFleet.Create(7, "yarn-east", "k8s-east");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SinkClass.Transactional)]
    [InlineData(SinkClass.Append)]
    public async Task Account_SecondCopyPlanted_CountsWhatBothWrote(SinkClass sink)
    {
        _fleet.Describe(_job, new SimulatedJob { Sink = sink });

        await _fleet.RunAsync(
            async ct =>
            {
                var target = await _fleet.MovedAsync(_job, "yarn-east", "k8s-east", ct);
                Assert.Equal(0, _fleet.Account(_job).Duplicated);
                var snapshot = await SavepointAsync(target.Application, ct);
                var second = _fleet.StartByHand("yarn-east", Specs.Streaming(_job), new RestorePoint.Snapshot(snapshot));
                await _fleet.RunningAsync(second, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
            },
            Cancellation);

        Assert.Equal(2, _fleet.LiveCopies(_job).Length);
        Assert.True(_fleet.Account(_job).Duplicated > 50_000, _fleet.Account(_job).ToString());
        Assert.Equal(0, _fleet.Account(_job).Lost);
    }

    [Theory]
    [InlineData(SinkClass.Transactional, StartPosition.Earliest)]
    [InlineData(SinkClass.Append, StartPosition.Earliest)]
    [InlineData(SinkClass.Idempotent, StartPosition.Earliest)]
    [InlineData(SinkClass.Transactional, StartPosition.Latest)]
    public async Task Account_RestorePathIgnored_IsSeen(SinkClass sink, StartPosition position)
    {
        var behaviour = new SimulatedJob { Sink = sink, StartPosition = position };
        _fleet.Describe(_job, behaviour);
        _fleet.Describe(_job, "k8s-east", behaviour with { IgnoresRestorePath = true });

        await _fleet.RunAsync(
            async ct =>
            {
                var source = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, id) = await _fleet.RunningAsync(source.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
                var stopped = Assert.IsType<SavepointStatus.Completed>(await _fleet.StopAsync(cluster, id, 1, ct));
                await _fleet.RemovedAsync(source.Application, ct);
                var target = await _fleet.StartedAsync("k8s-east", new Fence(_job, 2), Specs.Streaming(_job), ct, new RestorePoint.Snapshot(stopped.Location));
                var (restored, job) = await _fleet.RunningAsync(target.Application, ct);
                Assert.Null(Specs.Require(await restored.FindCheckpointsAsync(job, ct)).LatestRestored);
                await _fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
            },
            Cancellation);

        var account = _fleet.Account(_job);
        Assert.Equal(1, account.StartsFromNothing);
        Assert.Equal(position == StartPosition.Latest, account.Lost > 10_000);
        Assert.Equal(position == StartPosition.Latest, account.MissingInState > 10_000);
        Assert.Equal(position == StartPosition.Earliest && sink != SinkClass.Idempotent, account.Duplicated > 100_000);
        Assert.Equal(sink == SinkClass.Idempotent, account.Repeated > 100_000);
        Assert.Equal(sink == SinkClass.Idempotent, account.IsExact);
    }

    [Theory]
    [InlineData(SinkClass.Transactional, false)]
    [InlineData(SinkClass.Append, true)]
    public async Task Account_TaskFails_RepeatsOnlyWhereTheSinkCannotTakeBack(SinkClass sink, bool repeats)
    {
        _fleet.Describe(_job, new SimulatedJob { Sink = sink });

        await _fleet.RunAsync(
            async ct =>
            {
                var started = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, id) = await _fleet.RunningAsync(started.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromSeconds(47), ct);
                _fleet.FailTask(started.Application);
                await _fleet.RunningAsync(started.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
                var metrics = await cluster.GetMetricsAsync(new MetricScope.Job(id), ["numRestarts"], ct);
                Assert.Equal(1, metrics["numRestarts"]);
                Assert.NotEmpty(Specs.Require(await cluster.FindExceptionsAsync(id, cancellationToken: ct)));
            },
            Cancellation);

        var account = _fleet.Account(_job);
        Assert.Equal(0, account.Lost);
        Assert.Equal(repeats, account.Duplicated > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Account_SinkThrowsInItsCommitAtTheStop_GoesOnExactFromTheNamedSavepoint(bool runsOn)
    {
        _fleet.Describe(_job, new SimulatedJob { StopFault = runsOn ? StopFault.RunsOnAfterSavepoint : StopFault.FailsAfterSavepoint });

        await _fleet.RunAsync(
            async ct =>
            {
                var source = await _fleet.StartedAsync("yarn-east", new Fence(_job, 1), Specs.Streaming(_job), ct);
                var (cluster, id) = await _fleet.RunningAsync(source.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromSeconds(65), ct);
                var failed = Assert.IsType<SavepointStatus.Failed>(await _fleet.StopAsync(cluster, id, 1, ct));
                Assert.Contains(failed.SavepointNamedByCause!, failed.Cause, StringComparison.Ordinal);
                if (runsOn)
                {
                    await _fleet.RunningAsync(source.Application, ct);
                    return;
                }
                await _fleet.RemovedAsync(source.Application, ct);
                var target = await _fleet.StartedAsync("k8s-east", new Fence(_job, 2), Specs.Streaming(_job), ct, new RestorePoint.Snapshot(failed.SavepointNamedByCause!));
                await _fleet.RunningAsync(target.Application, ct);
                await _fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
            },
            Cancellation);

        Assert.True(_fleet.Account(_job).IsExact, _fleet.Account(_job).ToString());
        Assert.Single(_fleet.LiveCopies(_job));
    }

    private async Task<string> SavepointAsync(ApplicationHandle application, CancellationToken ct)
    {
        var (cluster, job) = await _fleet.RunningAsync(application, ct);
        await cluster.TriggerSavepointAsync(job, new SavepointRequest(Specs.Trigger(7), Specs.Savepoints), ct);
        await _fleet.RunAsync(TimeSpan.FromSeconds(5), ct);
        return Assert.IsType<SavepointStatus.Completed>(Specs.Require(await cluster.FindSavepointAsync(job, Specs.Trigger(7), ct))).Location;
    }
}
