using System.Data.Common;
using System.Globalization;

namespace Flink.Resources.Storage.Postgres;

/// <summary>Sees to the schema before the first call, once; a failure is tried again with the next call.</summary>
internal sealed class PostgresSchema(PostgresTransactions transactions, PostgresDialect dialect, PostgresJournalOptions options) : IDisposable
{
    // Any number that nobody else locks: the first bytes of "flink.resources journal schema".
    private const long UpgradeLock = 0x666C696E6B2E7265;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly JournalSchema _schema = new(dialect);
    private volatile bool _isReady;

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (_isReady)
        {
            return;
        }
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isReady)
            {
                await CheckAsync(cancellationToken).ConfigureAwait(false);
                _isReady = true;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var version = await transactions.RunAsync(_schema.FindVersionAsync, writes: false, cancellationToken).ConfigureAwait(false);
        if (version == JournalSchema.Current)
        {
            return;
        }
        if (options.UpgradeSchema)
        {
            await transactions.RunAsync(UpgradeAsync, writes: true, cancellationToken).ConfigureAwait(false);
        }
        else if (version < JournalSchema.Current - 1 || version == 0)
        {
            throw new JournalException(string.Create(
                CultureInfo.InvariantCulture,
                $"{dialect.Where} has schema version {version}, and {JournalSchema.Current} or {JournalSchema.Current - 1} is wanted: run the missing scripts, or set UpgradeSchema."));
        }
    }

    private async Task<int> UpgradeAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        // Two controllers that start together: the second waits, and then finds nothing left to do.
        await ExecuteAsync(transaction, string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_xact_lock({UpgradeLock})"), cancellationToken).ConfigureAwait(false);
        var version = await _schema.FindVersionAsync(transaction, cancellationToken).ConfigureAwait(false);
        if (version == 0)
        {
            await ExecuteAsync(transaction, $"CREATE SCHEMA IF NOT EXISTS \"{options.Schema}\"", cancellationToken).ConfigureAwait(false);
        }
        await ExecuteAsync(transaction, $"SET LOCAL search_path TO \"{options.Schema}\"", cancellationToken).ConfigureAwait(false);
        await JournalSchema.UpgradeAsync(transaction, version, JournalSchema.Current, cancellationToken).ConfigureAwait(false);
        return JournalSchema.Current;
    }

    private static async Task ExecuteAsync(DbTransaction transaction, string text, CancellationToken cancellationToken)
    {
        var command = transaction.Command(text);
        await using var _ = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
