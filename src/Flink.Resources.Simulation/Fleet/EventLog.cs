using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;

namespace Flink.Resources.Simulation;

/// <summary>What happened: the newest events, and a digest of all.</summary>
internal sealed class EventLog(VirtualClock clock, int kept)
{
    private readonly Queue<SimulatedEvent> _events = new();
    private readonly XxHash128 _hash = new();
    private readonly Dictionary<string, long> _counts = new(StringComparer.Ordinal);

    public ImmutableArray<SimulatedEvent> Newest => [.. _events];

    public string Digest => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public long CountOf(string backend) => _counts.GetValueOrDefault(backend);

    public void Add(string backend, string subject, string what)
    {
        var happened = new SimulatedEvent(clock.GetUtcNow(), backend, subject, what);
        _hash.Append(Encoding.UTF8.GetBytes(happened + "\n"));
        _counts[backend] = CountOf(backend) + 1;
        _events.Enqueue(happened);
        if (_events.Count > kept)
        {
            _events.Dequeue();
        }
    }
}
