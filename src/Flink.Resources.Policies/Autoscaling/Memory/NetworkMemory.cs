namespace Flink.Resources.Autoscaling;

/// <summary>Network memory by the channels a job needs.</summary>
public static class NetworkMemory
{
    /// <summary>Network segments of one gate of one subtask.</summary>
    /// <param name="parallelism">Parallelism of the vertex itself.</param>
    /// <param name="connected">Parallelism of the vertex on the other side.</param>
    /// <param name="strategy">How records travel between them.</param>
    /// <param name="buffersPerChannel">Buffers of each channel.</param>
    /// <param name="floatingBuffersPerGate">Buffers that all channels of the gate share.</param>
    public static long Segments(
        long parallelism, long connected, ShipStrategy strategy, long buffersPerChannel, long floatingBuffersPerGate)
    {
        var channels = strategy switch
        {
            ShipStrategy.Forward when parallelism == connected => 1,
            ShipStrategy.Forward or ShipStrategy.Rescale => Channels(parallelism, connected),
            _ => connected,
        };
        return channels * buffersPerChannel + floatingBuffersPerGate;
    }

    /// <summary>
    /// Bytes a task manager needs at most: every slot may hold a subtask of every vertex, with all its gates.
    /// </summary>
    /// <param name="settings">Buffers, segment size and slots.</param>
    /// <param name="topology">The job graph.</param>
    /// <param name="parallelism">Parallelism by vertex, after scaling.</param>
    public static long Bytes(AutoscalerSettings settings, JobTopology topology, Func<string, int> parallelism)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(topology);
        ArgumentNullException.ThrowIfNull(parallelism);
        Int128 segments = 0;
        foreach (var vertex in topology.Vertices)
        {
            foreach (var (from, strategy) in vertex.Inputs)
            {
                var (own, other) = (parallelism(vertex.Id), parallelism(from));
                // Every edge is an input gate on one side and an output gate on the other.
                segments += Segments(own, other, strategy, settings.BuffersPerChannel, settings.FloatingBuffersPerGate);
                segments += Segments(other, own, strategy, settings.BuffersPerChannel, settings.FloatingBuffersPerGate);
            }
        }
        return (long)Int128.Clamp(segments * settings.SegmentSizeBytes * settings.SlotsPerTaskManager, long.MinValue, long.MaxValue);
    }

    private static long Channels(long parallelism, long connected) =>
        parallelism == 0 ? connected : (connected + parallelism - 1) / parallelism;
}
