using System.Collections.Immutable;
using System.Data.Common;
using Npgsql;

namespace Flink.Resources.Storage.Postgres;

/// <summary>The journal in PostgreSQL, for any number of controllers.</summary>
internal sealed class PostgresJournal : IJournal, IAsyncDisposable, IDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly bool _ownsDataSource;
    private readonly JournalSql _sql;
    private readonly PostgresTransactions _transactions;
    private readonly PostgresSchema _schema;

    public PostgresJournal(NpgsqlDataSource dataSource, bool ownsDataSource, PostgresJournalOptions options, TimeProvider timeProvider)
    {
        (_dataSource, _ownsDataSource) = (dataSource, ownsDataSource);
        var dialect = new PostgresDialect(dataSource, options.Schema);
        _sql = new JournalSql(dialect);
        _transactions = new PostgresTransactions(dataSource, dialect, options, timeProvider);
        _schema = new PostgresSchema(_transactions, dialect, options);
    }

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(JournalRecord record, JobLease? lease, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckAppend(record, lease);
        return WriteAsync((t, ct) => _sql.AppendAsync(t, record, lease, ct), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<JournalRecord>> ReadAsync(string run, long after, CancellationToken cancellationToken = default) =>
        ReadAsync((t, ct) => _sql.ReadAsync(t, run, after, int.MaxValue, ct), cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<RunHead>> ListAsync(RunQuery query, CancellationToken cancellationToken = default) =>
        ReadAsync((t, ct) => _sql.ListAsync(t, query, ct), cancellationToken);

    /// <inheritdoc/>
    public Task<long> FindHighestEpochAsync(JobKey job, CancellationToken cancellationToken = default) =>
        ReadAsync((t, ct) => _sql.FindHighestEpochAsync(t, job, ct), cancellationToken);

    /// <inheritdoc/>
    public Task<JobLease?> TryAcquireAsync(JobKey job, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckOwner(owner);
        return WriteAsync((t, ct) => _sql.TryAcquireAsync(t, job, owner, duration, ct), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> RenewAsync(JobLease lease, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return WriteAsync((t, ct) => _sql.RenewAsync(t, lease, duration, ct), cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(JobLease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return WriteAsync((t, ct) => _sql.ReleaseAsync(t, lease, ct), cancellationToken);
    }

    /// <inheritdoc/>
    public Task ImportAsync(ImmutableArray<JournalRecord> records, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckImport(records);
        return WriteAsync((t, ct) => _sql.ImportAsync(t, records, ct), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _schema.Dispose();
        if (_ownsDataSource)
        {
            await _dataSource.DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _schema.Dispose();
        if (_ownsDataSource)
        {
            _dataSource.Dispose();
        }
    }

    private Task<T> WriteAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        RunAsync(call, writes: true, cancellationToken);

    private Task<T> ReadAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        RunAsync(call, writes: false, cancellationToken);

    private async Task<T> RunAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> call, bool writes, CancellationToken cancellationToken)
    {
        await _schema.EnsureAsync(cancellationToken).ConfigureAwait(false);
        return await _transactions.RunAsync(call, writes, cancellationToken).ConfigureAwait(false);
    }
}
