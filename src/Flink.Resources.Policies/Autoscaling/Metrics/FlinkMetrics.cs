using System.Text.RegularExpressions;

namespace Flink.Resources.Autoscaling;

/// <summary>A metric of all subtasks of a vertex together, as Flink's REST API aggregates it.</summary>
/// <param name="Min">The least of any subtask.</param>
/// <param name="Max">The greatest of any subtask.</param>
/// <param name="Avg">The mean over subtasks.</param>
public readonly record struct AggregatedMetric(double Min, double Max, double Avg);

/// <summary>From what Flink reports to what a sample holds.</summary>
public static partial class FlinkMetrics
{
    private const string PendingRecordsSuffix = ".pendingRecords";

    /// <summary>
    /// Load of a vertex, from 0: busy milliseconds per second by the configured aggregator, over 1000. NaN when the
    /// busy time is not finite, as of a legacy source; then the vertex is left out of scaling for this cycle.
    /// </summary>
    public static double Load(AutoscalerSettings settings, AggregatedMetric busyMsPerSecond)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var busy = settings.BusyTimeAggregator switch
        {
            BusyTimeAggregator.Avg => busyMsPerSecond.Avg,
            BusyTimeAggregator.Min => busyMsPerSecond.Min,
            _ => busyMsPerSecond.Max,
        };
        return double.IsFinite(busy) ? Math.Max(0, busy / 1000) : double.NaN;
    }

    /// <summary>
    /// Records a source has received: the counter of the job details; if 0, that of its source operators; if still 0,
    /// what these have sent. Never negative.
    /// </summary>
    public static double SourceRecordsIn(double jobDetails, double sourceRecordsIn, double sourceRecordsOut)
    {
        var records = jobDetails != 0 ? jobDetails : sourceRecordsIn != 0 && !double.IsNaN(sourceRecordsIn) ? sourceRecordsIn : sourceRecordsOut;
        return records > 0 ? records : 0;
    }

    /// <summary>Lag of a source: the sum of all metrics that end in <c>.pendingRecords</c>; 0 when there is none.</summary>
    public static double PendingRecords(IEnumerable<KeyValuePair<string, double>> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return metrics.Where(static m => m.Key.EndsWith(PendingRecordsSuffix, StringComparison.Ordinal)).Sum(static m => m.Value);
    }

    /// <summary>
    /// Partitions of a source, from the names of its metrics: those of Kafka by cluster, topic and partition, those of
    /// Pulsar by topic and partition. 0 when no name tells.
    /// </summary>
    public static int SourcePartitions(IEnumerable<string> metricNames)
    {
        ArgumentNullException.ThrowIfNull(metricNames);
        var partitions = new HashSet<(string, string, string)>();
        foreach (var name in metricNames)
        {
            if (Partition().Match(name) is { Success: true } match)
            {
                var groups = match.Groups;
                partitions.Add(groups["kafkaTopic"].Success
                    ? (groups["kafkaCluster"].Value, "kafka " + groups["kafkaTopic"].Value, groups["kafkaId"].Value.TrimStart('0'))
                    : ("", "pulsar " + groups["pulsarTopic"].Value, groups["pulsarId"].Value.TrimStart('0')));
            }
        }
        return partitions.Count;
    }

    /// <summary>
    /// The status of a job as it counts here: CREATED while it is RUNNING but some task neither runs nor has finished.
    /// </summary>
    /// <param name="jobStatus">The job's status.</param>
    /// <param name="tasks">Number of tasks per state.</param>
    public static string EffectiveStatus(string jobStatus, IEnumerable<KeyValuePair<string, long>> tasks)
    {
        ArgumentNullException.ThrowIfNull(jobStatus);
        ArgumentNullException.ThrowIfNull(tasks);
        return jobStatus == "RUNNING" && tasks.Any(static t => t.Value > 0 && t.Key is not ("RUNNING" or "FINISHED"))
            ? "CREATED"
            : jobStatus;
    }

    /// <summary>Sets what a sample holds of a vertex that has finished.</summary>
    public static void SetFinished(MetricSample sample, int vertex)
    {
        ArgumentNullException.ThrowIfNull(sample);
        foreach (var (metric, value) in Finished)
        {
            sample.Set(vertex, metric, value);
        }
    }

    /// <summary>What a sample holds of a vertex that has finished.</summary>
    public static IReadOnlyList<KeyValuePair<VertexMetric, double>> Finished { get; } =
    [
        new(VertexMetric.Lag, 0),
        new(VertexMetric.Load, 0),
        new(VertexMetric.AccumulatedBusyTime, 0),
        new(VertexMetric.RecordsIn, 0),
        new(VertexMetric.RecordsOut, 0),
        new(VertexMetric.ObservedTrueProcessingRate, double.PositiveInfinity),
    ];

    /// <summary>
    /// What a sample holds of the task managers; each argument is the largest of any task manager, null when not
    /// reported. Heap used and its share are known only when both heap values are.
    /// </summary>
    public static IEnumerable<KeyValuePair<JobMetric, double>> Memory(
        double? heapUsed, double? heapMax, double? managedUsed, double? metaspaceUsed)
    {
        if (heapUsed is { } used && heapMax is { } max)
        {
            yield return new(JobMetric.HeapUsed, used);
            yield return new(JobMetric.HeapUsageRatio, used / max);
        }
        if (managedUsed is { } managed)
        {
            yield return new(JobMetric.ManagedMemoryUsed, managed);
        }
        if (metaspaceUsed is { } metaspace)
        {
            yield return new(JobMetric.MetaspaceUsed, metaspace);
        }
    }

    [GeneratedRegex(
        @"^.*?(\.kafkaCluster\.(?<kafkaCluster>.+))?\.KafkaSourceReader\.topic\.(?<kafkaTopic>.+)\.partition\.(?<kafkaId>[0-9]+)\.currentOffset$|^.*?\.PulsarConsumer\.(?<pulsarTopic>.+)-partition-(?<pulsarId>[0-9]+)\..*\.numMsgsReceived$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Partition();
}
