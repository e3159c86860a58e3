using System.Data;
using System.Data.Common;
using Npgsql;

namespace Flink.Resources.Storage.Postgres;

/// <summary>Performs a transaction, again when it is safe and of use: every call of a journal is, since the same call again changes nothing.</summary>
internal sealed class PostgresTransactions(NpgsqlDataSource dataSource, PostgresDialect dialect, PostgresJournalOptions options, TimeProvider timeProvider)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public async Task<T> RunAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> call, bool writes, CancellationToken cancellationToken)
    {
        var start = timeProvider.GetTimestamp();
        var pause = FirstPause;
        while (true)
        {
            try
            {
                return await OnceAsync(call, writes, cancellationToken).ConfigureAwait(false);
            }
            catch (NpgsqlException exception) when (IsWorthRepeating(exception) && timeProvider.GetElapsedTime(start) + pause < options.RetryTimeout)
            {
                await Task.Delay(pause, timeProvider, cancellationToken).ConfigureAwait(false);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (NpgsqlException exception)
            {
                throw Explain(exception);
            }
            catch (FormatException exception)
            {
                throw new JournalException($"{dialect.Where} holds what can't be read: {exception.Message}", exception);
            }
        }
    }

    private async Task<T> OnceAsync<T>(Func<DbTransaction, CancellationToken, Task<T>> call, bool writes, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using var __ = transaction.ConfigureAwait(false);
        if (writes)
        {
            await MakeDurableAsync(transaction, cancellationToken).ConfigureAwait(false);
        }
        var result = await call(transaction, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>A server or role may be set to answer before the disk has the commit; stricter settings stay as they are.</summary>
    private static async Task MakeDurableAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        var command = transaction.Command("SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'");
        await using var _ = command.ConfigureAwait(false);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Serialization failure, deadlock, two first records of one run at once, and everything that passes by itself: a lost connection, a
    /// server that starts again.
    /// </summary>
    private static bool IsWorthRepeating(NpgsqlException exception) =>
        exception.IsTransient
        || exception.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation
            or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow;

    private JournalException Explain(NpgsqlException exception)
    {
        var words = exception.SqlState switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "the server refuses the user or its password.",
            PostgresErrorCodes.InvalidCatalogName => "there is no such database: create it first.",
            PostgresErrorCodes.InsufficientPrivilege =>
                $"the user lacks a right: {Server(exception)}. It needs CREATE on the database, or a schema made by somebody else and UpgradeSchema set to false.",
            null => "the server can't be reached, or the connection was lost.",
            _ => $"{Server(exception)}.",
        };
        return new JournalException($"{dialect.Where} can't be used: {words}", exception);
    }

    private static string Server(NpgsqlException exception) => exception is PostgresException server ? $"{server.SqlState}: {server.MessageText}" : exception.Message;
}
