using System.Collections.Immutable;

namespace Flink.Resources.Health;

/// <summary>What was seen of one copy, by metric and time, as far back as anybody looks. Not safe for concurrent use.</summary>
internal sealed class HealthHistory(TimeSpan keeps)
{
    private const int MostSamples = 4_000;
    private const int MostAtOnce = 100;
    private const int MostCauses = 50;
    private readonly Dictionary<string, Line> _lines = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (double Total, DateTimeOffset At)> _counters = new(StringComparer.Ordinal);
    private readonly List<RootCause> _causes = [];
    private HealthReadings _last = HealthReadings.None;

    /// <summary>The first look; null before it.</summary>
    public DateTimeOffset? Since { get; private set; }

    /// <summary>The newest look.</summary>
    public DateTimeOffset LastAt { get; private set; }

    /// <summary>Looks so far.</summary>
    public long Looks { get; private set; }

    /// <summary>Restarts that were seen; null when they could not be read.</summary>
    public int? Restarts => _lines.TryGetValue(HealthMetrics.Restart, out var line) ? line.Total : null;

    /// <summary>The newest readings, completed by older ones where they are facts that stay.</summary>
    public HealthReadings Last => _last;

    /// <summary>All causes that were seen.</summary>
    public ImmutableArray<RootCause> Causes => [.. _causes];

    public void Add(HealthReadings readings, DateTimeOffset at)
    {
        Since ??= at;
        (LastAt, Looks) = (at, Looks + 1);
        foreach (var (metric, value) in readings.Gauges)
        {
            if (double.IsFinite(value))
            {
                Read(metric, at).Add(new HealthSample(at, value));
            }
        }
        foreach (var (metric, events) in readings.Events)
        {
            var line = Read(metric, at);
            foreach (var sample in events.OrderBy(static e => e.At))
            {
                line.AddOnce(sample);
            }
        }
        foreach (var (metric, counter) in readings.Counters)
        {
            Count(metric, counter, at);
        }
        foreach (var cause in readings.RootCauses)
        {
            if (_causes.Count < MostCauses && !_causes.Contains(cause))
            {
                _causes.Add(cause);
            }
        }
        _last = readings with
        {
            CheckpointInterval = readings.CheckpointInterval ?? _last.CheckpointInterval,
            StateBytes = readings.StateBytes ?? _last.StateBytes,
            SnapshotBytesPerSecond = Larger(readings.SnapshotBytesPerSecond, _last.SnapshotBytesPerSecond),
            Workers = readings.Workers ?? _last.Workers,
        };
        foreach (var line in _lines.Values)
        {
            line.Trim(at - keeps, MostSamples);
        }
    }

    /// <summary>The series of a window that ends now.</summary>
    public ImmutableDictionary<string, HealthSeries> Series(DateTimeOffset from)
    {
        var series = ImmutableDictionary.CreateBuilder<string, HealthSeries>(StringComparer.Ordinal);
        foreach (var (metric, line) in _lines)
        {
            series[metric] = new HealthSeries(line.ReadAt, line.After(from));
        }
        return series.ToImmutable();
    }

    /// <summary>What was usual so far.</summary>
    /// <param name="now">The end of what is usual.</param>
    /// <param name="byHour">With the hours of the week.</param>
    public HealthBaseline Usual(DateTimeOffset now, bool byHour)
    {
        var lines = _lines.Where(static l => l.Value.Samples.Count > 0)
            .ToDictionary(static l => l.Key, static l => (IReadOnlyList<HealthSample>)l.Value.Samples, StringComparer.Ordinal);
        var usual = HealthBaseline.From(lines, now);
        return byHour ? usual : new HealthBaseline(ImmutableDictionary<BaselineBucket, BaselineStatistic>.Empty, usual.BeforeStop);
    }

    private Line Read(string metric, DateTimeOffset at)
    {
        if (!_lines.TryGetValue(metric, out var line))
        {
            _lines[metric] = line = new Line();
        }
        line.ReadAt = at;
        return line;
    }

    /// <summary>The first look at a counter says where it stands; what it grew by is known from the second on.</summary>
    private void Count(string metric, HealthCounter counter, DateTimeOffset at)
    {
        var isKnown = _counters.TryGetValue(metric, out var before);
        _counters[metric] = (counter.Total, at);
        var growth = counter.Total - before.Total;
        if (counter.Use == HealthCounterUse.Events)
        {
            var line = Read(metric, at);
            for (var i = 0; isKnown && i < Math.Min(growth, MostAtOnce); i++)
            {
                line.Add(new HealthSample(at, 1));
            }
            return;
        }
        var passed = at - before.At;
        if (isKnown && growth >= 0 && passed > TimeSpan.Zero)
        {
            Read(metric, at).Add(new HealthSample(at, counter.Use == HealthCounterUse.PerSecond ? growth / passed.TotalSeconds : growth));
        }
    }

    private static double? Larger(double? one, double? other) => one is null ? other : other is null ? one : Math.Max(one.Value, other.Value);

    private sealed class Line
    {
        public List<HealthSample> Samples { get; } = [];

        public DateTimeOffset ReadAt { get; set; }

        public int Total { get; private set; }

        public void Add(HealthSample sample)
        {
            Samples.Add(sample);
            Total++;
        }

        /// <summary>Events are reported again and again; each counts once, at its place in time.</summary>
        public void AddOnce(HealthSample sample)
        {
            var place = Samples.Count;
            while (place > 0 && Samples[place - 1].At > sample.At)
            {
                place--;
            }
            for (var i = place - 1; i >= 0 && Samples[i].At == sample.At; i--)
            {
                if (Samples[i].Value.Equals(sample.Value))
                {
                    return;
                }
            }
            Samples.Insert(place, sample);
            Total++;
        }

        public void Trim(DateTimeOffset from, int most)
        {
            var old = 0;
            while (old < Samples.Count && (Samples[old].At < from || Samples.Count - old > most))
            {
                old++;
            }
            // Not one by one: moving all samples for each that goes costs more than the few that stay too long.
            if (old > 64 || Samples.Count > most)
            {
                Samples.RemoveRange(0, old);
            }
        }

        public ImmutableArray<HealthSample> After(DateTimeOffset from)
        {
            var first = Samples.Count;
            while (first > 0 && Samples[first - 1].At >= from)
            {
                first--;
            }
            return [.. Samples.GetRange(first, Samples.Count - first)];
        }
    }
}
