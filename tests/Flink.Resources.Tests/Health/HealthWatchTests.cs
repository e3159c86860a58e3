using System.Collections.Immutable;
using Flink.Resources.Migration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Flink.Resources.Health;

public sealed class HealthWatchTests
{
    private readonly FakeTimeProvider _time = new(MigrationCases.Noon);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_OwnCollectorAndOwnItem_CountInTheScore()
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time);
        services.AddFlinkResources().AddHealthCollector<Queue>().AddHealthItem<QueueLength>();
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

        var answer = await provider.GetRequiredService<HealthWatch>().ReadAsync(Question(), Cancellation);

        var item = Assert.Single(answer.Evaluation.Items, static i => i.Item == "queue");
        Assert.Equal((75.0, 0.25), (item.Value, item.Grade));
    }

    [Fact]
    public async Task Read_ACollectorThrows_IsNamedWithoutItsWordsAndTheOthersCount()
    {
        var watch = new HealthWatch([new Broken(), new Queue()], [new QueueLength()], _time);

        var answer = await watch.ReadAsync(Question(), Cancellation);

        Assert.Equal("broken: InvalidOperationException", Assert.Single(answer.Troubles));
        Assert.Single(answer.Evaluation.Items, static i => i.Item == "queue");
    }

    [Fact]
    public async Task Read_ACollectorHangs_IsGivenUp()
    {
        var watch = new HealthWatch([new Hanging(), new Queue()], [new QueueLength()], _time);

        var reading = watch.ReadAsync(Question(), Cancellation);
        _time.Advance(TimeSpan.FromSeconds(21));

        Assert.Single((await reading).Evaluation.Items, static i => i.Item == "queue");
    }

    [Fact]
    public async Task Read_NothingCanBeRead_IsUnknownAndNotGood()
    {
        var answer = await new HealthWatch([new Broken()], [], _time).ReadAsync(Question(), Cancellation);

        Assert.Equal((null, 0.0, HealthBand.Unknown), (answer.Evaluation.Score, answer.Evaluation.Coverage, answer.Evaluation.Band));
        Assert.Equal((null, null), (answer.HasCaughtUp, answer.LagIsAllowed));
    }

    [Fact]
    public async Task Read_ControlPlaneIsHeld_IsUnknown()
    {
        var answer = await new HealthWatch([new Queue()], [new QueueLength()], _time).ReadAsync(Question() with { IsControlPlaneHeld = true }, Cancellation);

        Assert.Equal(HealthBand.Unknown, answer.Evaluation.Band);
    }

    [Fact]
    public async Task Forget_TheNextLookBeginsAnew()
    {
        var watch = new HealthWatch([new Queue()], [], _time);
        await watch.ReadAsync(Question(), Cancellation);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(MigrationCases.Noon, (await watch.ReadAsync(Question(), Cancellation)).ObservedSince);

        watch.Forget(MigrationCases.Spec.Job);

        Assert.Equal(MigrationCases.Noon.AddMinutes(1), (await watch.ReadAsync(Question(), Cancellation)).ObservedSince);
    }

    private static HealthQuestion Question() => new()
    {
        Target = new HealthTarget(MigrationCases.Spec.Job, JobKind.Streaming, new CopyRef(MigrationCases.Source), MigrationCases.Noon),
        StartedAt = MigrationCases.Noon.AddDays(-1),
        CaughtUpAt = MigrationCases.Noon.AddDays(-1),
    };

    private sealed class Queue : IHealthCollector
    {
        public string Name => "queue";

        public Task<HealthReadings> CollectAsync(HealthTarget target, CancellationToken cancellationToken = default) =>
            Task.FromResult(HealthReadings.None with { Gauges = ImmutableDictionary<string, double>.Empty.Add("queueLength", 75) });
    }

    private sealed class QueueLength : IHealthItem
    {
        public HealthItem Definition { get; } = new() { Key = "queue", Title = "Queue", Bad = 100, Good = 0, Weight = 10, Window = TimeSpan.FromMinutes(10) };

        public HealthReading? Measure(HealthFacts facts) => facts.Series.TryGetValue("queueLength", out var series) && series.Samples is [.., var newest]
            ? new HealthReading("queue", newest.Value, newest.At)
            : null;
    }

    private sealed class Broken : IHealthCollector
    {
        public string Name => "broken";

        public Task<HealthReadings> CollectAsync(HealthTarget target, CancellationToken cancellationToken = default) => throw new InvalidOperationException("password=hunter2");
    }

    private sealed class Hanging : IHealthCollector
    {
        public string Name => "hanging";

        public async Task<HealthReadings> CollectAsync(HealthTarget target, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return HealthReadings.None;
        }
    }
}
