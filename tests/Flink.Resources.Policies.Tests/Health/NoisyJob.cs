using System.Collections.Immutable;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Health;

/// <summary>
/// A job after its move, sampled every 5 s: rates that wobble and have idle minutes, checkpoints of 0.2 s, one TaskManager lost on the way. A slowed one has
/// less capacity than what arrives.
/// </summary>
internal sealed class NoisyJob
{
    private const int Step = 5;
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 9, 0, 0, TimeSpan.Zero);

    private readonly Random _random;
    private readonly double _capacity;
    private readonly int _lossAt;
    private readonly int _outage;
    private readonly int _idleFrom;
    private readonly int _idleFor;
    private readonly Dictionary<string, List<HealthSample>> _series = new(StringComparer.Ordinal);
    private readonly HealthBaseline _baseline;
    private double _backlog;
    private DateTimeOffset? _caughtUpAt;

    public NoisyJob(int seed, double slowed)
    {
        _random = new(seed);
        _capacity = 2000 * slowed;
        _lossAt = 600 + _random.Next(1200);
        _outage = 15 + _random.Next(25);
        _idleFrom = 300 + _random.Next(1200);
        _idleFor = 60 + _random.Next(240);
        _backlog = 1000 * (30 + _random.Next(30));
        foreach (var name in (string[])
            [Metrics.Running, Metrics.CheckpointCompleted, Metrics.CheckpointFailed, Metrics.Restart, Metrics.Backpressure, Metrics.Lag, Metrics.Consumed,
                Metrics.Produced, Metrics.CpuCores, Metrics.MemoryBytes, Metrics.GarbageCollection, Metrics.Loss, Metrics.Errors])
        {
            _series[name] = [];
        }
        _baseline = Baseline();
    }

    /// <summary>What would be seen every 30 s for so long.</summary>
    public IEnumerable<HealthFacts> Watch(TimeSpan length)
    {
        for (var second = Step; second <= length.TotalSeconds; second += Step)
        {
            Happen(second);
            if (second % 30 == 0)
            {
                yield return See(second);
            }
        }
    }

    private void Happen(int second)
    {
        var at = Start.AddSeconds(second);
        var isDown = second >= _lossAt && second < _lossAt + _outage;
        var isIdle = second >= _idleFrom && second < _idleFrom + _idleFor;
        var produced = isIdle ? 0 : 1000 * (0.8 + (0.4 * _random.NextDouble()));
        _backlog += produced * Step;
        var consumed = isDown ? 0 : Math.Min(_backlog / Step, _capacity * (0.95 + (0.1 * _random.NextDouble())));
        _backlog -= consumed * Step;
        var busy = consumed / _capacity;
        Add(Metrics.Running, isDown ? 0 : 1);
        Add(Metrics.Produced, produced);
        Add(Metrics.Consumed, consumed);
        Add(Metrics.Lag, (_backlog / 1000) + _random.NextDouble());
        Add(Metrics.Backpressure, busy > 0.9 ? 0.5 + (0.4 * _random.NextDouble()) : 0.05 * _random.NextDouble());
        Add(Metrics.CpuCores, 0.2 + (consumed / 500 * (2000 / _capacity)));
        Add(Metrics.MemoryBytes, 8e9 * (0.95 + (0.1 * _random.NextDouble())));
        Add(Metrics.GarbageCollection, 0.01 + (0.02 * _random.NextDouble()));
        Add(Metrics.Errors, isDown ? 30 : _random.Next(3));
        if (second % 60 == 0)
        {
            Add(isDown ? Metrics.CheckpointFailed : Metrics.CheckpointCompleted, 0.15 + (0.1 * _random.NextDouble()) + (busy > 0.9 ? 8 * _random.NextDouble() : 0));
        }
        if (isDown && second - Step < _lossAt)
        {
            Add(Metrics.Loss, 1);
            Add(Metrics.Restart, 1);
        }

        void Add(string metric, double value) => _series[metric].Add(new(at, value));
    }

    private HealthFacts See(int second)
    {
        var now = Start.AddSeconds(second);
        var facts = new HealthFacts
        {
            Now = now,
            StartedAt = Start,
            CaughtUpAt = _caughtUpAt,
            CatchUpDeadline = Start.AddMinutes(15),
            CheckpointInterval = TimeSpan.FromMinutes(1),
            Workers = 4,
            Baseline = _baseline,
            LagSlo = TimeSpan.FromSeconds(30),
            RestoredAsIntended = true,
            Series = _series.ToImmutableDictionary(static s => s.Key, s => new HealthSeries(now, [.. s.Value]), StringComparer.Ordinal),
        };
        _caughtUpAt ??= HealthPhases.HasCaughtUp(facts, new()) == true ? now : null;
        return facts with { CaughtUpAt = _caughtUpAt };
    }

    private HealthBaseline Baseline() => new(
        ImmutableDictionary<BaselineBucket, BaselineStatistic>.Empty,
        new Dictionary<string, BaselineStatistic>(StringComparer.Ordinal)
        {
            [Metrics.CheckpointCompleted] = Of(0.15, 0.25),
            [Metrics.Backpressure] = Of(0, 0.05),
            [Metrics.Lag] = Of(0, 1),
            [Metrics.Consumed] = Of(800, 1200),
            [Metrics.CpuCores] = Of(1.9, 2.5),
            [Metrics.MemoryBytes] = Of(7.6e9, 8.4e9),
            [Metrics.Errors] = Of(0, 2),
        });

    private BaselineStatistic Of(double least, double most) =>
        BaselineStatistic.Of(Enumerable.Range(0, 240).Select(_ => least + ((most - least) * _random.NextDouble())));
}
