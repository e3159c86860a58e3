namespace Flink.Resources.Autoscaling;

/// <summary>
/// The head-room of a YARN queue: what the queue, its parents and the user's limit still allow. YARN rounds every
/// container up to whole steps of its smallest allocation; so does this.
/// </summary>
/// <param name="Name">The queue.</param>
/// <param name="Free">What is left.</param>
/// <param name="Step">
/// The step of an allocation: <c>yarn.scheduler.minimum-allocation-vcores</c> and <c>-mb</c>, in cores and bytes; 0 does
/// not round.
/// </param>
public sealed record QueueHeadroom(string Name, NodeAmount Free, NodeAmount Step) : IScalingCapacity
{
    /// <inheritdoc/>
    public CapacityAnswer Ask(CapacityRequest request)
    {
        var container = new NodeAmount(RoundUp(request.Cpu, Step.Cpu), RoundUp(request.MemoryBytes, Step.MemoryBytes));
        var count = (double)request.New - request.Current;
        var growth = new NodeAmount(container.Cpu * count, container.MemoryBytes * count);
        return Amounts.Fits(growth, Free)
            ? new(true, $"queue {Name} has head-room", this with { Free = Free - growth })
            : new(false, $"queue {Name} has a head-room of {Amounts.Describe(Free)}, {Amounts.Describe(growth)} more are needed", this);
    }

    private static double RoundUp(double value, double step) => step > 0 ? Math.Ceiling(value / step) * step : value;
}
