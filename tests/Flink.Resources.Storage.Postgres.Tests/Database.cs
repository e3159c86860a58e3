using System.Globalization;
using Npgsql;

namespace Flink.Resources.Storage.Postgres;

/// <summary>The real PostgreSQL, by a documented variable (docs/testing.md). Each test has a schema of its own, dropped at its end.</summary>
internal sealed class Database : IAsyncDisposable
{
    private const string HowTo =
        "No PostgreSQL is configured: set TESTBED_POSTGRES to an Npgsql connection string of a user with CREATE on the database (docs/testing.md), then run dotnet test again.";

    private static readonly string Run = string.Create(
        CultureInfo.InvariantCulture, $"flink_resources_test_{TimeProvider.System.GetUtcNow():yyyyMMddHHmmss}_{Environment.ProcessId}");

    private static int _count;
    private readonly NpgsqlDataSource _dataSource;

    private Database(string connectionString)
    {
        Schema = string.Create(CultureInfo.InvariantCulture, $"{Run}_{Interlocked.Increment(ref _count)}");
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = Schema }.ConnectionString;
        _dataSource = NpgsqlDataSource.Create(connectionString);
    }

    /// <summary>With the schema as application name, by which the server knows a test's connections.</summary>
    public string ConnectionString { get; }

    public string Schema { get; }

    /// <summary>Skips the test, or fails it in CI, when there is none.</summary>
    public static Database Open()
    {
        var text = Environment.GetEnvironmentVariable("TESTBED_POSTGRES");
        if (string.IsNullOrEmpty(text))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", HowTo);
            Assert.Fail($"TESTBED_POSTGRES is missing. {HowTo}");
        }
        return new Database(text);
    }

    /// <summary>A journal that shares nothing with another one.</summary>
    public PostgresJournal Journal(Action<PostgresJournalOptions>? change = null)
    {
        var options = new PostgresJournalOptions { ConnectionString = ConnectionString, Schema = Schema };
        change?.Invoke(options);
        return new PostgresJournal(NpgsqlDataSource.Create(options.ConnectionString), ownsDataSource: true, options, TimeProvider.System);
    }

    public async Task<object?> ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _dataSource.CreateCommand($"SET search_path TO {Schema}; {sql}");
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await using (var command = _dataSource.CreateCommand($"DROP SCHEMA IF EXISTS {Schema} CASCADE"))
        {
            await command.ExecuteNonQueryAsync(CancellationToken.None);
        }
        await _dataSource.DisposeAsync();
    }
}
