namespace Flink.Resources.Storage.Sqlite;

/// <summary>A journal in one SQLite file.</summary>
public sealed class SqliteJournalOptions
{
    /// <summary>
    /// The file, on a local disk; created when it is missing, its directory is not. SQLite writes <c>-wal</c> and <c>-shm</c> beside it.
    /// A relative path starts at the current directory of the process.
    /// </summary>
    public string? Path { get; set; }

    /// <summary>How long a call waits while another process writes to the file.</summary>
    /// <value>10 seconds by default; 0.1 seconds to 1 minute.</value>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
