using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Flink.Resources.Storage.Sqlite;

/// <summary>Opens the file: write-ahead log, synchronous to the disk, schema of this version.</summary>
internal sealed class SqliteFile
{
    // The provider repeats a busy statement for at least this long, whatever SQLite itself has waited.
    private const int ProviderTimeoutSeconds = 1;
    private readonly string _connectionString;
    private readonly TimeSpan _busyTimeout;
    private readonly JournalSchema _schema;

    public SqliteFile(string path, TimeSpan busyTimeout, SqliteDialect dialect)
    {
        (Path, _busyTimeout, _schema) = (path, busyTimeout, new JournalSchema(dialect));
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = SqliteOpenMode.ReadWriteCreate,
            ForeignKeys = true,
            Pooling = false,
            DefaultTimeout = ProviderTimeoutSeconds,
        }.ConnectionString;
    }

    public string Path { get; }

    /// <summary>A connection that is ready for use.</summary>
    public SqliteConnection Open()
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var connection = new SqliteConnection(_connectionString);
            try
            {
                connection.Open();
                Prepare(connection);
                return connection;
            }
            catch (SqliteException exception) when (IsBusy(exception) && TimeProvider.System.GetElapsedTime(start) < _busyTimeout)
            {
                // Two processes that create one file at the same moment: SQLite refuses one of them without waiting.
                connection.Dispose();
                Thread.Sleep(TimeSpan.FromMilliseconds(20)); // The store's own thread: SQLite is synchronous.
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
    }

    /// <summary>Another process has the file.</summary>
    public static bool IsBusy(SqliteException exception) => exception.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED;

    /// <summary>What went wrong in words that help.</summary>
    public JournalException Explain(SqliteException exception)
    {
        var directory = System.IO.Path.GetDirectoryName(Path);
        var words = exception.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => string.Create(
                CultureInfo.InvariantCulture, $"another process wrote to it for longer than BusyTimeout ({_busyTimeout}). Nothing was changed; end that process, or raise BusyTimeout."),
            raw.SQLITE_CANTOPEN when !Directory.Exists(directory) => $"there is no directory {directory}: create it first.",
            raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH =>
                $"the user {Environment.UserName} must be able to write to the file and to its directory {directory}, where SQLite keeps -wal and -shm beside it.",
            raw.SQLITE_FULL => "the disk is full. Nothing was changed.",
            raw.SQLITE_NOTADB => "the file is no SQLite database.",
            raw.SQLITE_CORRUPT => "the file is damaged: put a backup in its place.",
            _ => exception.Message,
        };
        return new JournalException($"The journal {Path} can't be used: {words} (SQLite error {exception.SqliteExtendedErrorCode.ToString(CultureInfo.InvariantCulture)})", exception);
    }

    private void Prepare(SqliteConnection connection)
    {
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {(int)_busyTimeout.TotalMilliseconds}"));
        if (raw.sqlite3_db_readonly(connection.Handle, "main") == 1)
        {
            // SQLite falls back to reading a file that may not be written: every append would fail, one by one.
            throw new SqliteException("attempt to write a readonly database", raw.SQLITE_READONLY);
        }
        if (Execute(connection, "PRAGMA journal_mode = WAL") is not "wal")
        {
            throw new JournalException($"The journal {Path} can't have a write-ahead log there: put it on a local disk.");
        }
        // FULL: a commit is on the disk before it is answered. fullfsync: macOS means the drive's cache only when told so.
        Execute(connection, "PRAGMA synchronous = FULL");
        Execute(connection, "PRAGMA fullfsync = ON");
        using (var look = connection.BeginTransaction(deferred: true))
        {
            if (Complete(_schema.FindVersionAsync(look, CancellationToken.None)) == JournalSchema.Current)
            {
                return;
            }
        }
        using var transaction = connection.BeginTransaction(deferred: false);
        var version = Complete(_schema.FindVersionAsync(transaction, CancellationToken.None));
        JournalSchema.UpgradeAsync(transaction, version, JournalSchema.Current, CancellationToken.None).GetAwaiter().GetResult();
        transaction.Commit();
    }

    private static T Complete<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static string? Execute(SqliteConnection connection, string pragma)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // A constant, or one with a number.
        command.CommandText = pragma;
#pragma warning restore CA2100
        return command.ExecuteScalar() as string;
    }
}
