namespace Flink.Resources.Testing.Servers.Http;

/// <summary>The faults that are still to happen, in the order they were asked for.</summary>
internal sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<(ServerFault Fault, Func<ServerRequest, bool> Match, int Left)> _planned = [];

    public void Add(ServerFault fault, Func<ServerRequest, bool> match, int times)
    {
        lock (_gate)
        {
            _planned.Add((fault, match, times));
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _planned.Clear();
        }
    }

    public ServerFault Take(ServerRequest request)
    {
        lock (_gate)
        {
            var index = _planned.FindIndex(p => p.Match(request));
            if (index < 0)
            {
                return ServerFault.None;
            }
            var (fault, match, left) = _planned[index];
            if (left == 1)
            {
                _planned.RemoveAt(index);
            }
            else if (left != int.MaxValue)
            {
                _planned[index] = (fault, match, left - 1);
            }
            return fault;
        }
    }
}
