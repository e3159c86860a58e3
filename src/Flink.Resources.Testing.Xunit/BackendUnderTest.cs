namespace Flink.Resources.Testing.Xunit;

/// <summary>What the contract suite needs of a place: how to reach it, and which jobs may run there.</summary>
public abstract class BackendUnderTest
{
    /// <summary>The backend.</summary>
    public abstract IResourceBackend Backend { get; }

    /// <summary>A second backend over the same place that shares nothing in memory and counts as another holder of fences.</summary>
    public abstract IResourceBackend Rival { get; }

    /// <summary>A key that no other test uses, <c>contract/…</c>.</summary>
    /// <param name="test">The test's short name.</param>
    public abstract JobKey NewJob(string test);

    /// <summary>A job with keyed state that runs without end.</summary>
    public abstract ApplicationSpec StreamingJob(JobKey job);

    /// <summary>A job that ends by itself in seconds.</summary>
    public abstract ApplicationSpec BatchJob(JobKey job);

    /// <summary>A directory for savepoints that the place can write and read.</summary>
    public abstract string SnapshotDirectory { get; }

    /// <summary>How long a start or an end may take on this place.</summary>
    public virtual TimeSpan Patience => TimeSpan.FromMinutes(4);

    /// <summary>The clock.</summary>
    public virtual TimeProvider TimeProvider => TimeProvider.System;

    /// <summary>Fails unless the output of a job made by <see cref="StreamingJob"/> counts every event exactly once.</summary>
    public abstract Task VerifyExactAsync(JobKey job, CancellationToken cancellationToken);
}
