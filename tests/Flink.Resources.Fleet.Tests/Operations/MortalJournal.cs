using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>The journal of a process that dies as it writes a record: from then on nothing of it reaches the store.</summary>
internal sealed class MortalJournal(IJournal inner, int record) : IJournal
{
    private int _written;

    /// <summary>Told when it dies.</summary>
    public Action? Dies { get; set; }

    public bool IsDead { get; private set; }

    public async Task<AppendResult> AppendAsync(JournalRecord entry, JobLease? lease, CancellationToken cancellationToken = default)
    {
        if (!IsDead && ++_written == record)
        {
            IsDead = true;
            Dies?.Invoke();
        }
        return IsDead ? throw new JournalException("dead") : await inner.AppendAsync(entry, lease, cancellationToken);
    }

    public Task<ImmutableArray<JournalRecord>> ReadAsync(string run, long after, CancellationToken cancellationToken = default) => Alive().ReadAsync(run, after, cancellationToken);

    public Task<ImmutableArray<RunHead>> ListAsync(RunQuery query, CancellationToken cancellationToken = default) => Alive().ListAsync(query, cancellationToken);

    public Task<long> FindHighestEpochAsync(JobKey job, CancellationToken cancellationToken = default) => Alive().FindHighestEpochAsync(job, cancellationToken);

    public Task<JobLease?> TryAcquireAsync(JobKey job, string owner, TimeSpan duration, CancellationToken cancellationToken = default) => Alive().TryAcquireAsync(job, owner, duration, cancellationToken);

    // A dead process renews and releases nothing.
    public Task<bool> RenewAsync(JobLease lease, TimeSpan duration, CancellationToken cancellationToken = default) => IsDead ? Task.FromResult(true) : inner.RenewAsync(lease, duration, cancellationToken);

    public Task ReleaseAsync(JobLease lease, CancellationToken cancellationToken = default) => IsDead ? Task.CompletedTask : inner.ReleaseAsync(lease, cancellationToken);

    public Task ImportAsync(ImmutableArray<JournalRecord> records, CancellationToken cancellationToken = default) => Alive().ImportAsync(records, cancellationToken);

    private IJournal Alive() => IsDead ? throw new JournalException("dead") : inner;
}
