using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace Flink.Resources.Storage.Postgres;

/// <summary>
/// PostgreSQL: rows are locked while a transaction relies on them, and the clock is the server's. Not <c>now()</c>, which stands still
/// while a transaction waits for a lock.
/// </summary>
internal sealed class PostgresDialect : JournalDialect
{
    public PostgresDialect(NpgsqlDataSource dataSource, string schema)
    {
        var place = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        Where = string.Create(CultureInfo.InvariantCulture, $"The journal in PostgreSQL ({place.Host}:{place.Port}, database {place.Database}, schema {schema})");
        Prefix = $"\"{schema}\".";
        FindVersionTable = $"SELECT 1 WHERE to_regclass('{Prefix}journal_schema') IS NOT NULL";
    }

    public override string Where { get; }

    public override string Prefix { get; }

    public override string ForUpdate => " FOR UPDATE";

    public override string ForShare => " FOR SHARE";

    public override string Now => "clock_timestamp()";

    public override string Until => "clock_timestamp() + @duration";

    public override string FindVersionTable { get; }

    public override void AddNow(DbCommand command)
    {
    }

    public override void AddUntil(DbCommand command, TimeSpan duration) => command.With("@duration", duration);
}
