using System.Data.Common;

namespace Flink.Resources.Storage.Sqlite;

/// <summary>
/// SQLite: whoever writes has the file alone from the first statement on, so that rows need no locks. The clock is the program's.
/// </summary>
internal sealed class SqliteDialect(string file, TimeProvider timeProvider) : JournalDialect
{
    public override string Where => $"The journal {file}";

    public override string Prefix => "";

    public override string ForUpdate => "";

    public override string ForShare => "";

    public override string Now => "@now";

    public override string Until => "@until";

    public override string FindVersionTable => "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'journal_schema'";

    public override void AddNow(DbCommand command) => command.With("@now", timeProvider.GetUtcNow().UtcTicks);

    public override void AddUntil(DbCommand command, TimeSpan duration) => command.With("@until", (timeProvider.GetUtcNow() + duration).UtcTicks);
}
