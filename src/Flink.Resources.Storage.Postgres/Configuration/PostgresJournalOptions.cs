namespace Flink.Resources.Storage.Postgres;

/// <summary>A journal in a PostgreSQL database, version 12 or newer.</summary>
public sealed class PostgresJournalOptions
{
    /// <summary>
    /// How to reach the database, as Npgsql writes it: <c>Host=db;Database=fleet;Username=fleet;Password=…</c>. Never part of a message.
    /// Not used when a data source is given.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>The schema that holds the tables.</summary>
    /// <value><c>flink_resources</c> by default; lower-case letters, digits and underscores.</value>
    public string Schema { get; set; } = "flink_resources";

    /// <summary>
    /// Creates the schema, and brings its tables up to date, at the first call. When false, somebody else does (docs/journal.md), and a
    /// schema of this version or the one before is accepted.
    /// </summary>
    /// <value>True by default.</value>
    public bool UpgradeSchema { get; set; } = true;

    /// <summary>How long a call is repeated when the database drops it or can't be reached; each call is safe to repeat.</summary>
    /// <value>5 seconds by default; 0 to 1 minute.</value>
    public TimeSpan RetryTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
