using Npgsql;

namespace Flink.Resources.Storage.Postgres;

/// <summary>A data source of the caller's, which is never disposed here.</summary>
internal sealed record PostgresDataSource(NpgsqlDataSource DataSource);
