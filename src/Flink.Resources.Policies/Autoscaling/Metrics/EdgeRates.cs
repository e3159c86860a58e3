namespace Flink.Resources.Autoscaling;

/// <summary>Rates along the edges of the job graph.</summary>
public static class EdgeRates
{
    /// <summary>Records arriving at one vertex per record its input receives; 0 when either rate is not positive.</summary>
    public static double OutputRatio(MetricSummary metrics, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var received = metrics.Of(from, VertexMetric.RecordsIn).Rate();
        if (!(received > 0))
        {
            return 0;
        }
        var sent = EdgeRate(metrics, from, to);
        return sent > 0 ? sent / received : 0;
    }

    // Flink reports no rates per edge: they are derived from what the ends count.
    private static double EdgeRate(MetricSummary metrics, int from, int to)
    {
        var topology = metrics.Topology;
        var others = 0d;
        foreach (var input in topology.InputPositions[to])
        {
            if (input == from)
            {
                continue;
            }
            var rate = topology.OutputPositions[input].Length == 1
                ? metrics.Of(input, VertexMetric.RecordsOut).Rate()
                : double.NaN;
            if (double.IsNaN(rate))
            {
                return metrics.Of(from, VertexMetric.RecordsOut).Rate();
            }
            others += rate;
        }
        return metrics.Of(to, VertexMetric.RecordsIn).Rate() - others;
    }

    /// <summary>Whether some source has more lag than the backlog threshold is worth of its input.</summary>
    public static bool IsProcessingBacklog(AutoscalerSettings settings, MetricSummary metrics)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(metrics);
        var threshold = settings.BacklogLagThreshold.Ticks / TimeSpan.TicksPerSecond;
        for (var vertex = 0; vertex < metrics.Topology.Vertices.Length; vertex++)
        {
            if (metrics.Topology.IsSource(vertex)
                && (metrics.Latest(vertex, VertexMetric.Lag) ?? 0)
                    / metrics.Of(vertex, VertexMetric.RecordsIn).Rate() > threshold)
            {
                return true;
            }
        }
        return false;
    }
}
