namespace Flink.Resources.Simulation;

/// <summary>
/// The outside of a job: the source, whose records have offsets 0, 1, 2, … and are there from a moment on, and the sink. One for all
/// copies of a job, wherever they run.
/// </summary>
internal sealed class JobLedger(string job)
{
    private readonly OffsetCounts _committed = new();
    private long _rateSince;
    private double _rate;
    private double _producedBefore;
    private bool _hasRate;

    public string Job { get; } = job;

    /// <summary>The copies that ran, as long as they may commit.</summary>
    public List<FlinkRun> Runs { get; } = [];

    public int StartsFromNothing { get; set; }

    /// <summary>What the newest copy's state begins with.</summary>
    public long StateBegins { get; set; }

    public SinkClass Sink { get; private set; } = SinkClass.Transactional;

    public double Rate => _rate;

    /// <summary>Sets the source's rate from now on.</summary>
    public void Describe(SimulatedJob job, bool isBounded, long now)
    {
        Sink = job.Sink;
        var rate = isBounded ? double.PositiveInfinity : job.RecordsPerSecond;
        if (_hasRate && rate == _rate)
        {
            return;
        }
        if (_hasRate && !isBounded && !double.IsPositiveInfinity(_rate))
        {
            _producedBefore += _rate * TimeSpan.FromTicks(now - _rateSince).TotalSeconds;
        }
        (_rate, _rateSince, _hasRate) = (rate, now, true);
    }

    /// <summary>How many records the source has at a time; a bounded source has all of them.</summary>
    public double Available(long at) => double.IsPositiveInfinity(_rate)
        ? double.PositiveInfinity
        : _producedBefore + (_rate * Math.Max(0, TimeSpan.FromTicks(at - _rateSince).TotalSeconds));

    public void Commit(long from, long to) => _committed.Add(from, to);

    public void CommitMissing(long from, long to) => _committed.AddMissing(from, to);

    public bool HasOutput
    {
        get
        {
            Flush();
            return _committed.Count(0).Distinct > 0;
        }
    }

    public SimulatedAccount Account(long now)
    {
        Flush();
        var (distinct, extra, holes, highest) = _committed.Count(0);
        var converges = Sink == SinkClass.Idempotent;
        return new SimulatedAccount
        {
            Produced = double.IsPositiveInfinity(_rate) ? highest : (long)Available(now),
            Committed = distinct,
            Lost = holes,
            Duplicated = converges ? 0 : extra,
            Repeated = converges ? extra : 0,
            StartsFromNothing = StartsFromNothing,
            MissingInState = StateBegins,
        };
    }

    private void Flush()
    {
        foreach (var run in Runs)
        {
            run.Settle();
        }
        Runs.RemoveAll(static r => r.IsOver);
    }
}
