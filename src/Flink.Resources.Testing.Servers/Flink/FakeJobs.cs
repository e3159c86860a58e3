using System.Collections.Concurrent;

namespace Flink.Resources.Testing.Servers;

/// <summary>The jobs that a server can run, by entry class. An application with another entry class fails as a missing class does.</summary>
public sealed class FakeJobs
{
    private readonly ConcurrentDictionary<string, FakeJob> _jobs = new(StringComparer.Ordinal);

    internal FakeJobs()
    {
    }

    /// <summary>What runs when the specification leaves the entry class to the jar's manifest.</summary>
    /// <value><see cref="FakeJob.Streaming"/> by default.</value>
    public FakeJob OfManifest { get; set; } = FakeJob.Streaming;

    /// <summary>Adds a job, or changes what its class does from the next start on.</summary>
    /// <param name="entryClass">The fully qualified class name.</param>
    /// <param name="job">What it does.</param>
    public void Add(string entryClass, FakeJob job)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(entryClass);
        ArgumentNullException.ThrowIfNull(job);
        _jobs[entryClass] = job;
    }

    internal FakeJob? Find(string? entryClass) => entryClass is null ? OfManifest : _jobs.GetValueOrDefault(entryClass);
}
