namespace Flink.Resources.Autoscaling;

/// <summary>
/// What the policy needs to know of one metric over a window: first and last value with their times, the mean, and
/// whether the newest sample has it. Built incrementally, oldest sample first. Values that are NaN are skipped.
/// </summary>
public struct MetricSeries : IEquatable<MetricSeries>
{
    private double _first;
    private double _last;
    private double _sum;
    private long _firstAt;
    private long _lastAt;
    private int _finite;
    private int _infinite;

    /// <summary>Values that are not NaN.</summary>
    public readonly int Count => _finite + _infinite;

    /// <summary>The value of the newest sample that has one; NaN when none has.</summary>
    public readonly double Last => Count == 0 ? double.NaN : _last;

    /// <summary>When <see cref="Last"/> was measured, in milliseconds.</summary>
    public readonly long LastAtMs => _lastAt;

    /// <summary>Adds the value of the next sample.</summary>
    public void Add(long atMs, double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }
        if (Count == 0)
        {
            _first = value;
            _firstAt = atMs;
        }
        _last = value;
        _lastAt = atMs;
        if (double.IsInfinity(value))
        {
            _infinite++;
        }
        else
        {
            _finite++;
            _sum += value;
        }
    }

    /// <summary>Growth per second between the first and the last value; NaN when there are fewer than two.</summary>
    public readonly double Rate() =>
        Count < 2 ? double.NaN : 1000 * (_last - _first) / Math.Max(1d, (double)_lastAt - _firstAt);

    /// <summary>
    /// The mean of the finite values. Infinity when all are infinite; NaN without values or with fewer finite ones than
    /// asked for.
    /// </summary>
    public readonly double Average(int minObservations = 0)
    {
        if (_finite == 0)
        {
            return _infinite > 0 ? double.PositiveInfinity : double.NaN;
        }
        return _finite < minObservations ? double.NaN : _sum / _finite;
    }

    /// <inheritdoc/>
    public readonly bool Equals(MetricSeries other) =>
        _first.Equals(other._first) && _last.Equals(other._last) && _sum.Equals(other._sum)
        && _firstAt == other._firstAt && _lastAt == other._lastAt
        && _finite == other._finite && _infinite == other._infinite;

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is MetricSeries other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(_first, _last, _sum, _firstAt, _lastAt, _finite, _infinite);

    /// <summary>Equality of all parts.</summary>
    public static bool operator ==(MetricSeries left, MetricSeries right) => left.Equals(right);

    /// <summary>Difference in any part.</summary>
    public static bool operator !=(MetricSeries left, MetricSeries right) => !left.Equals(right);
}
