using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Flink.Resources.Migration;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Flink.Resources.Health;

public sealed class FlinkHealthCollectorTests
{
    private const string SourceId = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string SinkId = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    private readonly IFlinkCluster _flink = Substitute.For<IFlinkCluster>();
    private readonly IResourceBackend _backend = Substitute.For<IResourceBackend>();
    private readonly Microsoft.Extensions.Time.Testing.FakeTimeProvider _time = new(MigrationCases.Noon);
    private readonly FlinkHealthCollector _collector;

    public FlinkHealthCollectorTests()
    {
        _collector = new FlinkHealthCollector(new One(_backend), _time);
        _backend.FindAsync(Arg.Any<ApplicationHandle>(), Arg.Any<CancellationToken>()).Returns(Lookup.Found(
            new ApplicationReport { Application = MigrationCases.Source, Name = "clicks", State = ApplicationState.Running, AllocatedMemory = MemorySize.FromMebibytes(4096), AllocatedCpuMillicores = 3000, Containers = 3 },
            Evidence.None));
        _backend.ConnectAsync(Arg.Any<ApplicationHandle>(), Arg.Any<CancellationToken>()).Returns(Lookup.Found(_flink, Evidence.None));
        _flink.GetJobsAsync(Arg.Any<CancellationToken>()).Returns([new FlinkJobSummary { Id = MigrationCases.Job, Name = "clicks", State = FlinkJobState.Running, TasksTotal = 4, TasksRunning = 4 }]);
        _flink.FindJobAsync(MigrationCases.Job, Arg.Any<CancellationToken>()).Returns(Lookup.Found(
            new FlinkJobDetails
            {
                Id = MigrationCases.Job,
                Name = "clicks",
                State = FlinkJobState.Running,
                Vertices = [new FlinkVertex { Id = SourceId, Name = "Source", Parallelism = 2 }, new FlinkVertex { Id = SinkId, Name = "Sink", Parallelism = 2, Inputs = [SourceId] }],
            },
            Evidence.None));
        MetricsOf(null, null);
        _flink.GetMetricsAsync(Arg.Any<MetricScope>(), Arg.Any<ImmutableArray<string>>(), Arg.Any<CancellationToken>()).Returns(ImmutableSortedDictionary<string, double>.Empty);
        _flink.GetTaskManagersAsync(Arg.Any<CancellationToken>()).Returns([]);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Collect_OperatorsMetrics_AreFoundUnderTheirPrefixes()
    {
        MetricsOf(
            Values(("busyTimeMsPerSecond", 300, 400), ("backPressuredTimeMsPerSecond", 100, 200), ("numRecordsOutPerSecond", 50, 100), ("Source__events.numRecordsInPerSecond", 600, 1200),
                ("Source__events.currentEmitEventTimeLag", 2000, 4000), ("Source__events.pendingRecords", 10, 20)),
            Values(("busyTimeMsPerSecond", 900, 1800), ("numRecordsInPerSecond", 600, 1200), ("Window.numLateRecordsDropped", 3, 6)));

        var readings = await CollectAsync();

        Assert.Equal(1, readings.Gauges[HealthMetrics.Running]);
        Assert.Equal(1200, readings.Gauges[HealthMetrics.Consumed]);
        Assert.Equal(1200, readings.Gauges[HealthMetrics.Emitted]);
        Assert.Equal(2, readings.Gauges[HealthMetrics.Lag]);
        Assert.Equal(0.9, readings.Gauges[HealthMetrics.Busy]);
        Assert.Equal(0.1, readings.Gauges[HealthMetrics.Backpressure]);
        Assert.Equal(6, readings.Counters[HealthMetrics.LateDrops].Total);
        Assert.Equal((3.0, 3), (readings.Gauges[HealthMetrics.CpuHeld], readings.Workers));
        Assert.False(readings.HasNoLag);
    }

    [Fact]
    public async Task Collect_OnlyPendingRecords_AreDelayAndArrivals()
    {
        MetricsOf(Values(("busyTimeMsPerSecond", 300, 400), ("numRecordsOutPerSecond", 50, 100), ("Source__events.KafkaSourceReader.records-lag-max", 500, 1000)), null);
        await CollectAsync();
        _time.Advance(TimeSpan.FromSeconds(30));
        MetricsOf(Values(("busyTimeMsPerSecond", 300, 400), ("numRecordsOutPerSecond", 50, 100), ("Source__events.KafkaSourceReader.records-lag-max", 500, 4000)), null);

        var readings = await CollectAsync();

        Assert.Equal(40, readings.Gauges[HealthMetrics.Lag]);
        Assert.Equal(200, readings.Gauges[HealthMetrics.Produced]);
    }

    [Fact]
    public async Task Collect_NoMeasureOfDelay_SaysSo()
    {
        MetricsOf(Values(("busyTimeMsPerSecond", 300, 400), ("numRecordsOutPerSecond", 50, 100)), null);

        Assert.True((await CollectAsync()).HasNoLag);
    }

    [Fact]
    public async Task Collect_FlinkDoesNotAnswer_LeavesOutWhatItWouldSay()
    {
        _flink.GetJobsAsync(Arg.Any<CancellationToken>()).ThrowsAsync(new ResourceBackendException(BackendFault.Unreachable, "yarn-east", "timeout"));
        _flink.GetTaskManagersAsync(Arg.Any<CancellationToken>()).ThrowsAsync(new ResourceBackendException(BackendFault.Unreachable, "yarn-east", "timeout"));

        var readings = await CollectAsync();

        Assert.False(readings.Gauges.ContainsKey(HealthMetrics.Running));
        Assert.False(readings.Counters.ContainsKey(HealthMetrics.Loss));
        Assert.Contains(readings.Troubles, static t => t.StartsWith("jobs:", StringComparison.Ordinal));
        Assert.False(readings.HasNoLag);
    }

    [Fact]
    public async Task Collect_TaskManagerWithWorkIsGone_IsALossAndAnIdleOneIsNone()
    {
        _flink.GetTaskManagersAsync(Arg.Any<CancellationToken>()).Returns([TaskManager("busy", 0), TaskManager("idle", 2), TaskManager("stays", 0)]);
        await CollectAsync();
        _flink.GetTaskManagersAsync(Arg.Any<CancellationToken>()).Returns([TaskManager("stays", 0)]);

        var readings = await CollectAsync();

        Assert.Equal(1, readings.Counters[HealthMetrics.Loss].Total);
    }

    [Fact]
    public async Task Collect_AnException_IsACauseWithoutItsText()
    {
        _flink.FindExceptionsAsync(MigrationCases.Job, Arg.Any<int>(), Arg.Any<CancellationToken>()).Returns(Lookup.Found<ImmutableArray<FlinkExceptionEntry>>(
            [
                new FlinkExceptionEntry("java.io.IOException", "java.io.IOException: x\nCaused by: javax.security.auth.login.LoginException: bad password hunter2", MigrationCases.Noon, "Sink (1/2)", null),
                new FlinkExceptionEntry("java.lang.NoClassDefFoundError", "java.lang.NoClassDefFoundError: a/B", MigrationCases.Noon - TimeSpan.FromHours(1), null, null),
            ],
            Evidence.None));

        var cause = Assert.Single((await CollectAsync()).RootCauses);

        Assert.Equal(RootCauseKind.Login, cause.Kind);
        Assert.DoesNotContain("hunter2", cause.Text, StringComparison.Ordinal);
        Assert.Contains("security.kerberos.login.keytab", cause.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void History_CounterThatGrowsAndFalls_CountsOnlyWhatItGrewBy()
    {
        var history = new HealthHistory(TimeSpan.FromHours(1));
        foreach (var (minute, total) in new[] { (0, 7.0), (1, 9.0), (2, 1.0), (3, 2.0) })
        {
            history.Add(
                HealthReadings.None with { Counters = HealthReadings.None.Counters.Add(HealthMetrics.Restart, new HealthCounter(total, HealthCounterUse.Events)).Add(HealthMetrics.CpuCores, new HealthCounter(total * 60, HealthCounterUse.PerSecond)) },
                MigrationCases.Noon + TimeSpan.FromMinutes(minute));
        }

        var series = history.Series(MigrationCases.Noon);

        Assert.Equal([1, 1, 3], series[HealthMetrics.Restart].Samples.Select(static s => (s.At - MigrationCases.Noon).Minutes));
        Assert.Equal([2.0, 1.0], series[HealthMetrics.CpuCores].Samples.Select(static s => s.Value));
    }

    [Fact]
    public void History_EventsReportedAgain_CountOnce()
    {
        var history = new HealthHistory(TimeSpan.FromHours(1));
        var at = MigrationCases.Noon;
        for (var i = 0; i < 5; i++)
        {
            history.Add(
                HealthReadings.None with { Events = HealthReadings.None.Events.Add(HealthMetrics.CheckpointCompleted, [new HealthSample(at, 0.5), new HealthSample(at.AddSeconds(i), 0.5)]) },
                at.AddSeconds(10 + i));
        }

        Assert.Equal(5, history.Series(at).Values.Single().Samples.Length);
    }

    [Fact]
    public void History_GrowsNoFurther()
    {
        var history = new HealthHistory(TimeSpan.FromMinutes(10));
        for (var i = 0; i < 20_000; i++)
        {
            history.Add(HealthReadings.None with { Gauges = HealthReadings.None.Gauges.Add("x", i) }, MigrationCases.Noon.AddSeconds(i));
        }

        Assert.InRange(history.Series(MigrationCases.Noon)["x"].Samples.Length, 600, 700);
    }

    private static TaskManagerReport TaskManager(string id, int free) => new() { Id = id, Slots = 2, FreeSlots = free };

    private static ImmutableSortedDictionary<string, AggregatedMetric> Values(params ReadOnlySpan<(string Name, double Average, double Sum)> metrics)
    {
        var values = ImmutableSortedDictionary.CreateBuilder<string, AggregatedMetric>(StringComparer.Ordinal);
        foreach (var (name, average, sum) in metrics)
        {
            values[name] = new AggregatedMetric(average, average, average, sum);
        }
        return values.ToImmutable();
    }

    private void MetricsOf(ImmutableSortedDictionary<string, AggregatedMetric>? source, ImmutableSortedDictionary<string, AggregatedMetric>? sink)
    {
        _flink.GetAggregatedMetricsAsync(Arg.Any<MetricScope>(), Arg.Any<ImmutableArray<string>>(), Arg.Any<CancellationToken>()).Returns(ImmutableSortedDictionary<string, AggregatedMetric>.Empty);
        foreach (var (id, values) in new[] { (SourceId, source ?? Values()), (SinkId, sink ?? Values()) })
        {
            var scope = new MetricScope.Vertex(MigrationCases.Job, id);
            _flink.GetAggregatedMetricsAsync(scope, Arg.Any<ImmutableArray<string>>(), Arg.Any<CancellationToken>()).Returns(values);
            _flink.ListMetricsAsync(scope, Arg.Any<CancellationToken>()).Returns([.. values.Keys.Select(static k => $"0.{k}")]);
        }
    }

    private Task<HealthReadings> CollectAsync() =>
        _collector.CollectAsync(new HealthTarget(MigrationCases.Spec.Job, JobKind.Streaming, new CopyRef(MigrationCases.Source), MigrationCases.Noon - TimeSpan.FromMinutes(1)), Cancellation);

    private sealed class One(IResourceBackend backend) : IBackendCatalog
    {
        public ImmutableArray<IResourceBackend> Backends => [backend];

        public bool TryGet(string name, [NotNullWhen(true)] out IResourceBackend? found)
        {
            found = backend;
            return true;
        }

        public IResourceBackend GetRequired(string name) => backend;
    }
}
