using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>
/// A journal in memory, for simulations and tests. It keeps every promise of <see cref="IJournal"/> but the main one: what it holds ends
/// with the process.
/// </summary>
/// <param name="timeProvider">The clock of the leases.</param>
public sealed class MemoryJournal(TimeProvider timeProvider) : IJournal
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<JournalRecord>> _runs = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly Dictionary<JobKey, List<string>> _runsOf = [];
    private readonly Dictionary<JobKey, HeldLease> _leases = [];

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(JournalRecord record, JobLease? lease, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckAppend(record, lease);
        lock (_lock)
        {
            var records = _runs.GetValueOrDefault(record.Run);
            if (records is not null)
            {
                JournalRules.CheckJob(record, records[0].Job);
            }
            if (records is not null && record.Sequence <= records.Count)
            {
                return Task.FromResult(records[(int)record.Sequence - 1] == record ? AppendResult.Appended : AppendResult.Conflict);
            }
            if (lease is not null && !Holds(lease))
            {
                return Task.FromResult(AppendResult.LeaseLost);
            }
            if (record.Sequence != (records?.Count ?? 0) + 1 || (records is null && record.Kind == JournalRecordKind.Request))
            {
                return Task.FromResult(AppendResult.Conflict);
            }
            if (records is null)
            {
                records = Begin(record.Run, record.Job);
            }
            records.Add(record);
            return Task.FromResult(AppendResult.Appended);
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<JournalRecord>> ReadAsync(string run, long after, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return Task.FromResult<ImmutableArray<JournalRecord>>(_runs.TryGetValue(run, out var records) ? [.. records.Skip((int)after)] : []);
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<RunHead>> ListAsync(RunQuery query, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var runs = query.Job is not { } job ? _order : _runsOf.GetValueOrDefault(job) ?? [];
            return Task.FromResult<ImmutableArray<RunHead>>(
                [.. runs.Select(r => _runs[r]).Where(r => !(query.UnfinishedOnly && r[^1].IsFinal)).Select(JournalRules.HeadOf)]);
        }
    }

    /// <inheritdoc/>
    public Task<long> FindHighestEpochAsync(JobKey job, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return Task.FromResult((_runsOf.GetValueOrDefault(job) ?? []).SelectMany(r => _runs[r]).Select(static r => r.Epoch).DefaultIfEmpty().Max());
        }
    }

    /// <inheritdoc/>
    public Task<JobLease?> TryAcquireAsync(JobKey job, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckOwner(owner);
        lock (_lock)
        {
            var held = _leases.GetValueOrDefault(job);
            var now = timeProvider.GetUtcNow();
            if (held is not null && held.Until > now && held.Lease.Owner != owner)
            {
                return Task.FromResult<JobLease?>(null);
            }
            var lease = new JobLease(job, owner, (held?.Lease.Token ?? 0) + 1);
            _leases[job] = new HeldLease(lease, now + duration);
            return Task.FromResult<JobLease?>(lease);
        }
    }

    /// <inheritdoc/>
    public Task<bool> RenewAsync(JobLease lease, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (!Holds(lease))
            {
                return Task.FromResult(false);
            }
            _leases[lease.Job] = new HeldLease(lease, timeProvider.GetUtcNow() + duration);
            return Task.FromResult(true);
        }
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(JobLease lease, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (Holds(lease))
            {
                // The token stays: the next lease's must be larger.
                _leases[lease.Job] = new HeldLease(lease, DateTimeOffset.MinValue);
            }
            return Task.CompletedTask;
        }
    }

    /// <inheritdoc/>
    public Task ImportAsync(ImmutableArray<JournalRecord> records, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckImport(records);
        lock (_lock)
        {
            var run = records[0].Run;
            if (_runs.TryGetValue(run, out var there))
            {
                JournalRules.CheckSame(run, there, records);
                return Task.CompletedTask;
            }
            Begin(run, records[0].Job).AddRange(records);
            return Task.CompletedTask;
        }
    }

    private List<JournalRecord> Begin(string run, JobKey job)
    {
        _order.Add(run);
        if (!_runsOf.TryGetValue(job, out var runs))
        {
            runs = _runsOf[job] = [];
        }
        runs.Add(run);
        return _runs[run] = [];
    }

    private bool Holds(JobLease lease) =>
        _leases.TryGetValue(lease.Job, out var held) && held.Lease == lease && held.Until > timeProvider.GetUtcNow();

    private sealed record HeldLease(JobLease Lease, DateTimeOffset Until);
}
