using System.Collections.Immutable;
using System.Data.Common;

namespace Flink.Resources.Storage;

/// <summary>
/// The rules of <see cref="IJournal"/> as SQL, each call in the transaction that it is given. Whoever writes a run holds the row of the
/// run first and then, shared, that of the lease: nobody takes the lease over between the check and the commit.
/// </summary>
internal sealed class JournalSql(JournalDialect dialect)
{
    private readonly string _run = $"{dialect.Prefix}journal_run";
    private readonly string _record = $"{dialect.Prefix}journal_record";
    private readonly string _lease = $"{dialect.Prefix}journal_lease";

    public async Task<AppendResult> AppendAsync(DbTransaction transaction, JournalRecord record, JobLease? lease, CancellationToken cancellationToken)
    {
        var run = await FindRunAsync(transaction, record.Run, cancellationToken).ConfigureAwait(false);
        if (run is not null)
        {
            JournalRules.CheckJob(record, run.Job);
        }
        if (run is not null && record.Sequence <= run.Sequence)
        {
            var there = await ReadAsync(transaction, record.Run, record.Sequence - 1, 1, cancellationToken).ConfigureAwait(false);
            return there.Length == 1 && there[0] == record ? AppendResult.Appended : AppendResult.Conflict;
        }
        if (lease is not null && !await HoldsAsync(transaction, lease, cancellationToken).ConfigureAwait(false))
        {
            return AppendResult.LeaseLost;
        }
        if (record.Sequence != (run?.Sequence ?? 0) + 1 || (run is null && record.Kind == JournalRecordKind.Request))
        {
            return AppendResult.Conflict;
        }
        var id = run?.Id ?? await AddRunAsync(transaction, JournalRules.HeadOf([record]), cancellationToken).ConfigureAwait(false);
        await AddRecordsAsync(transaction, id, [record], cancellationToken).ConfigureAwait(false);
        if (run is not null)
        {
            await UpdateRunAsync(transaction, id, record, cancellationToken).ConfigureAwait(false);
        }
        return AppendResult.Appended;
    }

    public async Task<bool> ImportAsync(DbTransaction transaction, ImmutableArray<JournalRecord> records, CancellationToken cancellationToken)
    {
        var name = records[0].Run;
        if (await FindRunAsync(transaction, name, cancellationToken).ConfigureAwait(false) is not null)
        {
            JournalRules.CheckSame(name, await ReadAsync(transaction, name, 0, int.MaxValue, cancellationToken).ConfigureAwait(false), records);
            return false;
        }
        var id = await AddRunAsync(transaction, JournalRules.HeadOf(records), cancellationToken).ConfigureAwait(false);
        await AddRecordsAsync(transaction, id, records, cancellationToken).ConfigureAwait(false);
        return true;
    }

    public async Task<ImmutableArray<JournalRecord>> ReadAsync(
        DbTransaction transaction, string run, long after, int limit, CancellationToken cancellationToken)
    {
        var command = transaction.Command($"""
            SELECT {RecordRows.RecordColumns}, job
            FROM {_record} JOIN (SELECT id, job FROM {_run} WHERE name = @run) AS found ON run_id = found.id
            WHERE sequence > @after ORDER BY sequence LIMIT @limit
            """).With("@run", run).With("@after", after).With("@limit", limit);
        await using var _ = command.ConfigureAwait(false);
        var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = rows.ConfigureAwait(false);
        var records = ImmutableArray.CreateBuilder<JournalRecord>();
        var job = default(JobKey);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            job = records.Count == 0 ? JobKey.Parse(rows.GetString(13)) : job;
            records.Add(RecordRows.Record(rows, run, job));
        }
        return records.DrainToImmutable();
    }

    public async Task<ImmutableArray<RunHead>> ListAsync(DbTransaction transaction, RunQuery query, CancellationToken cancellationToken)
    {
        string[] conditions = [.. query.Job is null ? (string[])[] : ["job = @job"], .. query.UnfinishedOnly ? (string[])["NOT is_final"] : []];
        var command = transaction.Command(
            $"SELECT {RecordRows.HeadColumns} FROM {_run}{(conditions.Length == 0 ? "" : " WHERE ")}{string.Join(" AND ", conditions)} ORDER BY id");
        await using var _ = command.ConfigureAwait(false);
        if (query.Job is { } job)
        {
            command.With("@job", job.Value);
        }
        var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = rows.ConfigureAwait(false);
        var heads = ImmutableArray.CreateBuilder<RunHead>();
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            heads.Add(RecordRows.Head(rows));
        }
        return heads.DrainToImmutable();
    }

    public async Task<long> FindHighestEpochAsync(DbTransaction transaction, JobKey job, CancellationToken cancellationToken)
    {
        var command = transaction.Command($"SELECT COALESCE(MAX(epoch), 0) FROM {_run} WHERE job = @job").With("@job", job.Value);
        await using var _ = command.ConfigureAwait(false);
        return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    public async Task<JobLease?> TryAcquireAsync(
        DbTransaction transaction, JobKey job, string owner, TimeSpan duration, CancellationToken cancellationToken)
    {
        var command = transaction.Command($"""
            INSERT INTO {_lease} AS held (job, owner, token, until) VALUES (@job, @owner, 1, {dialect.Until})
            ON CONFLICT (job) DO UPDATE SET owner = excluded.owner, token = held.token + 1, until = excluded.until
            WHERE held.until <= {dialect.Now} OR held.owner = excluded.owner
            RETURNING token
            """).With("@job", job.Value).With("@owner", owner);
        await using var _ = command.ConfigureAwait(false);
        dialect.AddNow(command);
        dialect.AddUntil(command, duration);
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long token ? new JobLease(job, owner, token) : null;
    }

    public async Task<bool> RenewAsync(DbTransaction transaction, JobLease lease, TimeSpan duration, CancellationToken cancellationToken)
    {
        var command = transaction.Command(
            $"UPDATE {_lease} SET until = {dialect.Until} WHERE job = @job AND owner = @owner AND token = @token AND until > {dialect.Now}");
        await using var _ = command.ConfigureAwait(false);
        dialect.AddNow(With(command, lease));
        dialect.AddUntil(command, duration);
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <summary>The row stays, run out: the next lease's token must be larger.</summary>
    public async Task<bool> ReleaseAsync(DbTransaction transaction, JobLease lease, CancellationToken cancellationToken)
    {
        var command = transaction.Command(
            $"UPDATE {_lease} SET until = {dialect.Now} WHERE job = @job AND owner = @owner AND token = @token AND until > {dialect.Now}");
        await using var _ = command.ConfigureAwait(false);
        dialect.AddNow(With(command, lease));
        return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) == 1;
    }

    private static DbCommand With(DbCommand command, JobLease lease) =>
        command.With("@job", lease.Job.Value).With("@owner", lease.Owner).With("@token", lease.Token);

    private async Task<FoundRun?> FindRunAsync(DbTransaction transaction, string name, CancellationToken cancellationToken)
    {
        var command = transaction.Command($"SELECT id, job, sequence FROM {_run} WHERE name = @run{dialect.ForUpdate}").With("@run", name);
        await using var _ = command.ConfigureAwait(false);
        var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = rows.ConfigureAwait(false);
        return await rows.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new FoundRun(rows.GetInt64(0), JobKey.Parse(rows.GetString(1)), rows.GetInt64(2))
            : null;
    }

    private async Task<bool> HoldsAsync(DbTransaction transaction, JobLease lease, CancellationToken cancellationToken)
    {
        var command = transaction.Command(
            $"SELECT 1 FROM {_lease} WHERE job = @job AND owner = @owner AND token = @token AND until > {dialect.Now}{dialect.ForShare}");
        await using var _ = command.ConfigureAwait(false);
        dialect.AddNow(With(command, lease));
        return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not null;
    }

    private async Task<long> AddRunAsync(DbTransaction transaction, RunHead head, CancellationToken cancellationToken)
    {
        var command = transaction.Command($"""
            INSERT INTO {_run} ({RecordRows.HeadColumns})
            VALUES (@run, @job, @machine, @state, @is_final, @sequence, @epoch, @created_at, @updated_at) RETURNING id
            """)
            .With("@run", head.Run).With("@job", head.Job.Value).With("@machine", head.Machine).With("@state", head.State)
            .With("@is_final", head.IsFinal).With("@sequence", head.Sequence).With("@epoch", head.Epoch)
            .With("@created_at", RecordRows.Text(head.CreatedAt)).With("@updated_at", RecordRows.Text(head.UpdatedAt));
        await using var _ = command.ConfigureAwait(false);
        return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private async Task UpdateRunAsync(DbTransaction transaction, long id, JournalRecord record, CancellationToken cancellationToken)
    {
        var command = transaction.Command($"""
            UPDATE {_run} SET state = @state, is_final = @is_final, sequence = @sequence,
                epoch = CASE WHEN epoch < @epoch THEN @epoch ELSE epoch END, updated_at = @updated_at
            WHERE id = @id
            """)
            .With("@state", record.State).With("@is_final", record.IsFinal).With("@sequence", record.Sequence)
            .With("@epoch", record.Epoch).With("@updated_at", RecordRows.Text(record.At)).With("@id", id);
        await using var _ = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task AddRecordsAsync(DbTransaction transaction, long id, ImmutableArray<JournalRecord> records, CancellationToken cancellationToken)
    {
        var command = transaction.Command(
            $"INSERT INTO {_record} (run_id, {RecordRows.RecordColumns}) VALUES (@run_id, {RecordRows.RecordParameters})").With("@run_id", id);
        await using var _ = command.ConfigureAwait(false);
        foreach (var record in records)
        {
            await command.With(record).ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed record FoundRun(long Id, JobKey Job, long Sequence);
}
