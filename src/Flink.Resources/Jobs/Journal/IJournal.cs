using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>How an append ended.</summary>
public enum AppendResult
{
    /// <summary>Not known, as a failed call is: read before anything else is done.</summary>
    Unknown = 0,

    /// <summary>The record is durable.</summary>
    Appended,

    /// <summary>Somebody wrote this sequence already: read what came, and decide again.</summary>
    Conflict,

    /// <summary>The lease is not ours any more: do nothing further.</summary>
    LeaseLost,
}

/// <summary>The right to change one job. One holder at a time; <paramref name="Token"/> grows with each new one.</summary>
/// <param name="Job">The job.</param>
/// <param name="Owner">The holder.</param>
/// <param name="Token">Larger than that of every earlier lease of the job.</param>
public sealed record JobLease(JobKey Job, string Owner, long Token);

/// <summary>
/// The durable record of all runs, and the leases on jobs. When a call returns, what it wrote survives a crash of the process and of the
/// machine. Implementations are safe for concurrent use by several processes.
/// </summary>
/// <remarks>Every method throws <see cref="JournalException"/> when the store cannot be reached or holds what cannot be read.</remarks>
public interface IJournal
{
    /// <summary>
    /// Writes one record, if its sequence follows the newest of the run and <paramref name="lease"/> is still held: both are checked in
    /// the transaction that writes. The same record written again, as after an answer that was lost, is <see cref="AppendResult.Appended"/>.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="lease">The lease under which it is written; null for requests, which anybody may make.</param>
    /// <param name="cancellationToken">Stops waiting; the record may have been written.</param>
    /// <exception cref="ArgumentException">
    /// Another kind than <see cref="JournalRecordKind.Request"/> without a lease; the lease or the run is of another job; a text that no
    /// store gives back as it came (U+0000, half a surrogate pair); a version that is not known.
    /// </exception>
    Task<AppendResult> AppendAsync(JournalRecord record, JobLease? lease, CancellationToken cancellationToken = default);

    /// <summary>The records of a run in order, those after a sequence; empty when there is no such run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="after">0 for all.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<ImmutableArray<JournalRecord>> ReadAsync(string run, long after, CancellationToken cancellationToken = default);

    /// <summary>The heads of runs, oldest first.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<ImmutableArray<RunHead>> ListAsync(RunQuery query, CancellationToken cancellationToken = default);

    /// <summary>The highest epoch that any run of the job asked for; 0 for none.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<long> FindHighestEpochAsync(JobKey job, CancellationToken cancellationToken = default);

    /// <summary>Takes the lease of a job when nobody holds it, or its holder has let it run out. Null when another one holds it.</summary>
    /// <param name="job">The job.</param>
    /// <param name="owner">Who asks: unique per process, not per machine.</param>
    /// <param name="duration">How long it lasts without renewal, counted by the store's clock.</param>
    /// <param name="cancellationToken">Stops waiting; the lease may have been taken.</param>
    Task<JobLease?> TryAcquireAsync(JobKey job, string owner, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Makes the lease last <paramref name="duration"/> from now; false when it is not held any more.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="duration">How long it lasts without another renewal.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task<bool> RenewAsync(JobLease lease, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Gives the lease back, so that the next one need not wait. Harmless when it is not held any more.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    Task ReleaseAsync(JobLease lease, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes over a whole run from elsewhere, all records or none. A run that is there with the same records is left as it is.
    /// </summary>
    /// <param name="records">All records of one run, from sequence 1 on.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ArgumentException">Not one whole run, or the run is there with other records.</exception>
    Task ImportAsync(ImmutableArray<JournalRecord> records, CancellationToken cancellationToken = default);
}

/// <summary>The journal cannot be reached, or holds what cannot be read.</summary>
public sealed class JournalException : Exception
{
    /// <summary>Without a message.</summary>
    public JournalException()
    {
    }

    /// <summary>With a message.</summary>
    /// <param name="message">What is wrong, and what would cure it.</param>
    public JournalException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and what caused it.</summary>
    /// <param name="message">What is wrong, and what would cure it.</param>
    /// <param name="innerException">The cause.</param>
    public JournalException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
