using System.Collections.Immutable;
using Flink.Resources.Flink;

namespace Flink.Resources.Fleet;

/// <summary>What an entry for the document says of the memory of an application that runs, so that Flink would divide it in the same way again.</summary>
/// <param name="JobManager">The JobManager's whole process; null when its configuration does not tell.</param>
/// <param name="TaskManager">Each TaskManager's whole process; null when the configuration does not tell.</param>
/// <param name="Derived">Keys that nobody wrote and that follow from the others.</param>
internal sealed record DiscoveredMemory(string? JobManager, string? TaskManager, ImmutableHashSet<string> Derived)
{
    private const string JobManagerProcess = MemoryDivision.JobManager + MemoryKeys.Process;
    private const string TaskManagerProcess = MemoryDivision.TaskManager + MemoryKeys.Process;

    /// <summary>Flink writes these into the configuration of a JobManager when it starts it, whoever wrote what. The heap is what the others leave, so it goes first.</summary>
    private static readonly ImmutableArray<string> _written =
    [
        .. new[] { "heap.size", "off-heap.size", "jvm-metaspace.size", "jvm-overhead.min", "jvm-overhead.max" }.Select(static k => MemoryDivision.JobManager + k),
    ];

    /// <summary>Reads it out of what the JobManager shows.</summary>
    /// <param name="configuration">Its configuration.</param>
    /// <param name="version">Flink's version.</param>
    public static DiscoveredMemory Of(IReadOnlyDictionary<string, string> configuration, string version)
    {
        var manager = Divide(configuration);
        return new DiscoveredMemory(
            configuration.GetValueOrDefault(JobManagerProcess) ?? Text(manager?.Process),
            configuration.GetValueOrDefault(TaskManagerProcess) ?? Text(MemoryDivision.OfTaskManager(new MemoryKeys(configuration, MemoryDivision.TaskManager), CountsBuffers(version))?.Process),
            manager is null ? [] : DerivedOf(configuration, manager));
    }

    /// <summary>Why an entry with these sizes and keys would be refused; null when it would not.</summary>
    /// <param name="keys">Its Flink configuration, over that of its runtime and cluster.</param>
    /// <param name="version">Flink's version.</param>
    public string? Refusal(IEnumerable<KeyValuePair<string, string>> keys, string version)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in keys)
        {
            values[key] = value;
        }
        values[JobManagerProcess] = JobManager ?? ContainerDefaults.JobManagerMemory.ToString();
        values[TaskManagerProcess] = TaskManager ?? ContainerDefaults.TaskManagerMemory.ToString();
        return (FlinkMemory.CheckJobManager(values) ?? FlinkMemory.CheckTaskManager(values, CountsBuffers(version))) is { } error ? $"{error.Field} is '{error.Value}': {error.Expected}" : null;
    }

    /// <summary>Those without which the division stays the same.</summary>
    private static ImmutableHashSet<string> DerivedOf(IReadOnlyDictionary<string, string> configuration, JobManagerMemory division)
    {
        var rest = new Dictionary<string, string>(configuration, StringComparer.Ordinal) { [JobManagerProcess] = Text(division.Process)! };
        var derived = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (var key in _written)
        {
            if (!rest.Remove(key, out var value))
            {
                continue;
            }
            if (Divide(rest) == division)
            {
                derived.Add(key);
            }
            else
            {
                rest[key] = value;
            }
        }
        return derived.ToImmutable();
    }

    private static JobManagerMemory? Divide(IReadOnlyDictionary<string, string> configuration) => MemoryDivision.OfJobManager(new MemoryKeys(configuration, MemoryDivision.JobManager));

    private static string? Text(long? bytes) => bytes is { } size ? new MemorySize(size).ToString() : null;

    /// <summary>Flink 1.x does.</summary>
    private static bool CountsBuffers(string version) => version.StartsWith("1.", StringComparison.Ordinal);
}
