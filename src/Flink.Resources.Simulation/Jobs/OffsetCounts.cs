namespace Flink.Resources.Simulation;

/// <summary>How often each offset was committed, as ranges. What adjoins melts together, so its size follows disturbances, not time.</summary>
internal sealed class OffsetCounts
{
    private readonly SortedList<long, int> _changes = [];

    public void Add(long from, long to)
    {
        if (to > from)
        {
            Change(from, 1);
            Change(to, -1);
        }
    }

    /// <summary>Adds what is not there yet: a transaction is committed once, whoever asks for it.</summary>
    public void AddMissing(long from, long to)
    {
        var holes = new List<(long From, long To)>();
        var at = from;
        foreach (var (start, end, count) in Ranges())
        {
            if (end <= at || count == 0)
            {
                continue;
            }
            if (start >= to)
            {
                break;
            }
            if (start > at)
            {
                holes.Add((at, start));
            }
            at = Math.Max(at, end);
        }
        if (at < to)
        {
            holes.Add((at, to));
        }
        foreach (var hole in holes)
        {
            Add(hole.From, hole.To);
        }
    }

    /// <summary>Different offsets, repetitions, and holes below the highest one.</summary>
    public (long Distinct, long Extra, long Holes, long Highest) Count(long first)
    {
        long distinct = 0, extra = 0, holes = 0, highest = first;
        foreach (var (start, end, count) in Ranges())
        {
            if (count == 0)
            {
                continue;
            }
            holes += Math.Max(0, start - highest);
            distinct += end - start;
            extra += (end - start) * (count - 1);
            highest = end;
        }
        return (distinct, extra, holes, highest);
    }

    private IEnumerable<(long Start, long End, int Count)> Ranges()
    {
        var count = 0;
        for (var i = 0; i + 1 < _changes.Count; i++)
        {
            count += _changes.Values[i];
            yield return (_changes.Keys[i], _changes.Keys[i + 1], count);
        }
    }

    private void Change(long at, int by)
    {
        var index = _changes.IndexOfKey(at);
        if (index < 0)
        {
            _changes.Add(at, by);
        }
        else if (_changes.Values[index] + by == 0)
        {
            _changes.RemoveAt(index);
        }
        else
        {
            _changes.SetValueAtIndex(index, _changes.Values[index] + by);
        }
    }
}
