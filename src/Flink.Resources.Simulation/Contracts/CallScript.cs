namespace Flink.Resources.Simulation;

/// <summary>Which of the coming calls fail, and how: as told, or as the seed decides.</summary>
internal sealed class CallScript(SimulatedFleetOptions options, SeededRandom random)
{
    private readonly Dictionary<(string? Backend, SimulatedCall Call), Queue<SimulatedFault>> _told = [];
    private readonly Dictionary<long, SimulatedFault> _numbered = [];

    public long Calls { get; private set; }

    public void Tell(string? backend, SimulatedCall call, SimulatedFault fault)
    {
        if (!_told.TryGetValue((backend, call), out var faults))
        {
            faults = _told[(backend, call)] = new Queue<SimulatedFault>();
        }
        faults.Enqueue(fault);
    }

    public void TellNumber(long number, SimulatedFault fault) => _numbered[number] = fault;

    public SimulatedFault Take(string backend, SimulatedCall call)
    {
        Calls++;
        if (_numbered.Remove(Calls, out var numbered))
        {
            return numbered;
        }
        foreach (var key in new[] { (backend, call), (backend, SimulatedCall.Any), (default(string), call), (null, SimulatedCall.Any) })
        {
            if (_told.TryGetValue(key, out var faults) && faults.TryDequeue(out var fault))
            {
                return fault;
            }
        }
        return options.FaultProbability > 0 && random.NextDouble() < options.FaultProbability
            ? options.Faults[random.Next(options.Faults.Length)]
            : SimulatedFault.None;
    }
}
