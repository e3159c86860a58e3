using System.Collections.Immutable;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Flink.Resources.Storage.Sqlite;

/// <summary>The journal in a SQLite file: one writer and two readers per process, any number of processes on one machine.</summary>
internal sealed class SqliteJournal : IJournal, IDisposable
{
    private const int Readers = 2;
    private readonly JournalSql _sql;
    private readonly SqliteWorker _writer;
    private readonly SqliteWorker _readers;

    public SqliteJournal(SqliteJournalOptions options, TimeProvider timeProvider)
    {
        var path = Path.GetFullPath(options.Path!);
        var dialect = new SqliteDialect(path, timeProvider);
        var file = new SqliteFile(path, options.BusyTimeout, dialect);
        _sql = new JournalSql(dialect);
        _writer = new SqliteWorker(file, "journal writer", 1);
        _readers = new SqliteWorker(file, "journal reader", Readers);
    }

    /// <inheritdoc/>
    public Task<AppendResult> AppendAsync(JournalRecord record, JobLease? lease, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckAppend(record, lease);
        return WriteAsync(t => _sql.AppendAsync(t, record, lease, CancellationToken.None), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<JournalRecord>> ReadAsync(string run, long after, CancellationToken cancellationToken = default) =>
        ReadAsync(t => _sql.ReadAsync(t, run, after, int.MaxValue, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<RunHead>> ListAsync(RunQuery query, CancellationToken cancellationToken = default) =>
        ReadAsync(t => _sql.ListAsync(t, query, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<long> FindHighestEpochAsync(JobKey job, CancellationToken cancellationToken = default) =>
        ReadAsync(t => _sql.FindHighestEpochAsync(t, job, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<JobLease?> TryAcquireAsync(JobKey job, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckOwner(owner);
        return WriteAsync(t => _sql.TryAcquireAsync(t, job, owner, duration, CancellationToken.None), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> RenewAsync(JobLease lease, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return WriteAsync(t => _sql.RenewAsync(t, lease, duration, CancellationToken.None), cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(JobLease lease, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return WriteAsync(t => _sql.ReleaseAsync(t, lease, CancellationToken.None), cancellationToken);
    }

    /// <inheritdoc/>
    public Task ImportAsync(ImmutableArray<JournalRecord> records, CancellationToken cancellationToken = default)
    {
        JournalRules.CheckImport(records);
        return WriteAsync(t => _sql.ImportAsync(t, records, CancellationToken.None), cancellationToken);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _readers.Dispose();
    }

    /// <summary>Immediate: who waits for another process waits at the begin, where nothing was read yet.</summary>
    private Task<T> WriteAsync<T>(Func<DbTransaction, Task<T>> call, CancellationToken cancellationToken) =>
        _writer.RunAsync(c => Run(c, deferred: false, call), cancellationToken);

    private Task<T> ReadAsync<T>(Func<DbTransaction, Task<T>> call, CancellationToken cancellationToken) =>
        _readers.RunAsync(c => Run(c, deferred: true, call), cancellationToken);

    /// <summary>SQLite's tasks have ended when they are returned.</summary>
    private static T Run<T>(SqliteConnection connection, bool deferred, Func<DbTransaction, Task<T>> call)
    {
        using var transaction = connection.BeginTransaction(deferred);
        var result = call(transaction).GetAwaiter().GetResult();
        transaction.Commit();
        return result;
    }
}
