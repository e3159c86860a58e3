using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Flink.Resources.Testing.Xunit;

/// <summary>The promises of <see cref="IFlinkCluster"/> about one running streaming job. Derive it once per way of reaching Flink.</summary>
public abstract class FlinkClusterContract
{
    /// <summary>A cluster with exactly one job, all of whose tasks run, with checkpoints every few seconds.</summary>
    protected abstract IFlinkCluster Cluster { get; }

    /// <summary>A directory for savepoints that Flink can write.</summary>
    protected abstract string SnapshotDirectory { get; }

    /// <summary>Whether Flink reports metrics here.</summary>
    protected virtual bool HasMetrics => true;

    /// <summary>How long a checkpoint or savepoint may take.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromMinutes(1);

    /// <summary>The clock that the cluster runs by.</summary>
    protected virtual TimeProvider TimeProvider => TimeProvider.System;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The Dispatcher lists the job, and the JobMaster shows its vertices.</summary>
    [Fact]
    public async Task FindJob_TheRunningJob_HasVertices()
    {
        var job = Assert.Single(await Cluster.GetJobsAsync(Cancellation));
        var details = Require(await Cluster.FindJobAsync(job.Id, Cancellation));

        Assert.Equal(FlinkJobState.Running, job.State);
        Assert.True(job.AllTasksRun);
        Assert.Equal(job.Id, details.Id);
        Assert.NotEmpty(details.Vertices);
        Assert.All(details.Vertices, static v => Assert.True(v.Parallelism >= 1));
    }

    /// <summary>What Flink does not know is absent, with evidence; it is no exception.</summary>
    [Fact]
    public async Task Find_UnknownJob_IsAbsentWithEvidence()
    {
        var unknown = new FlinkJobId(Digits("no such job"));

        var found = await Cluster.FindJobAsync(unknown, Cancellation);

        Assert.Equal(LookupStatus.Absent, found.Status);
        Assert.NotEqual(Evidence.None, found.Evidence);
        Assert.Equal(LookupStatus.Absent, (await Cluster.FindCheckpointsAsync(unknown, Cancellation)).Status);
    }

    /// <summary>The cluster says its version and its slots.</summary>
    [Fact]
    public async Task GetOverview_OfARunningCluster_HasVersionAndSlots()
    {
        var overview = await Cluster.GetOverviewAsync(Cancellation);

        Assert.Matches("^[12]\\.[0-9]+", overview.FlinkVersion);
        Assert.True(overview.TaskManagers >= 1);
        Assert.True(overview.SlotsTotal >= 1);
        Assert.NotEmpty(await Cluster.GetTaskManagersAsync(Cancellation));
    }

    /// <summary>Checkpoints complete and say where they are.</summary>
    [Fact]
    public async Task FindCheckpoints_WithAnInterval_ShowsACompletedOneWithItsPath()
    {
        var job = await JobAsync();
        var settings = Require(await Cluster.FindCheckpointSettingsAsync(job, Cancellation));
        CheckpointStatistics? statistics = null;
        await PollAsync(async () => (statistics = Require(await Cluster.FindCheckpointsAsync(job, Cancellation))).LatestCompleted is not null);

        Assert.True(settings.Interval > TimeSpan.Zero);
        Assert.True(statistics!.Completed >= 1);
        Assert.False(string.IsNullOrEmpty(statistics.LatestCompleted!.Path));
    }

    /// <summary>The same trigger id is the same savepoint, and one that nobody gave is absent.</summary>
    [Fact]
    public async Task TriggerSavepoint_TwiceWithOneTrigger_IsOneSavepoint()
    {
        var job = await JobAsync();
        var request = new SavepointRequest(new TriggerId(Digits($"once {job}")), SnapshotDirectory);

        Assert.IsType<TriggerOutcome.Accepted>(await Cluster.TriggerSavepointAsync(job, request, Cancellation));
        Assert.IsType<TriggerOutcome.Accepted>(await Cluster.TriggerSavepointAsync(job, request, Cancellation));
        SavepointStatus? status = null;
        await PollAsync(async () =>
            (status = Require(await Cluster.FindSavepointAsync(job, request.Trigger, Cancellation))) is not SavepointStatus.InProgress);
        var unknown = await Cluster.FindSavepointAsync(job, new TriggerId(Digits("nobody gave this")), Cancellation);

        var completed = Assert.IsType<SavepointStatus.Completed>(status);
        Assert.StartsWith(SnapshotDirectory, completed.Location, StringComparison.Ordinal);
        Assert.Equal(LookupStatus.Absent, unknown.Status);
        Assert.Equal(FlinkJobState.Running, Assert.Single(await Cluster.GetJobsAsync(Cancellation)).State);
    }

    /// <summary>A job without trouble has no exceptions, and that is an answer.</summary>
    [Fact]
    public async Task FindExceptions_OfAHealthyJob_IsFoundAndEmpty() =>
        Assert.Empty(Require(await Cluster.FindExceptionsAsync(await JobAsync(), 5, Cancellation)));

    /// <summary>Configuration and environment are what the JobManager runs with.</summary>
    [Fact]
    public async Task GetConfiguration_OfARunningCluster_IsEffective()
    {
        Assert.NotEmpty(await Cluster.GetConfigurationAsync(Cancellation));
        Assert.False(string.IsNullOrEmpty((await Cluster.GetEnvironmentAsync(Cancellation)).JavaVersion));
    }

    /// <summary>Metrics have names, and those asked for have values.</summary>
    [Fact]
    public async Task GetMetrics_OfTheJobManager_HasTheValuesOfTheNamesAsked()
    {
        if (!HasMetrics)
        {
            Assert.Empty(await Cluster.ListMetricsAsync(new MetricScope.JobManager(), Cancellation));
            return;
        }

        // Flink fetches metrics only when somebody asks, and answers the first question before it has them.
        await PollAsync(async () =>
            (await Cluster.ListMetricsAsync(new MetricScope.JobManager(), Cancellation)).Contains("Status.JVM.Memory.Heap.Used", StringComparer.Ordinal));
        var values = await Cluster.GetMetricsAsync(new MetricScope.JobManager(), ["Status.JVM.Memory.Heap.Used", "no.such.metric"], Cancellation);

        Assert.True(Assert.Single(values).Value > 0);
    }

    private static string Digits(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16]);

    private async Task<FlinkJobId> JobAsync() => Assert.Single(await Cluster.GetJobsAsync(Cancellation)).Id;

    private async Task PollAsync(Func<Task<bool>> done)
    {
        var start = TimeProvider.GetTimestamp();
        while (!await done())
        {
            Assert.True(TimeProvider.GetElapsedTime(start) < Patience, $"Nothing came of it within {Patience}.");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider, Cancellation);
        }
    }

    private static T Require<T>(Lookup<T> lookup) => lookup.Match(
        static value => value,
        static evidence => throw new InvalidOperationException($"Absent: {evidence.Seen}"),
        static evidence => throw new InvalidOperationException($"Unknown: {evidence.Seen}"));
}
