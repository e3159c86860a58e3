using Flink.Resources.Testing.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace Flink.Resources.Storage.Sqlite;

public sealed class SqliteJournalContract : JournalContract, IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TemporaryDirectory _directory = new();
    private readonly SqliteJournal _journal;
    private readonly SqliteJournal _rival;

    public SqliteJournalContract()
    {
        var options = new SqliteJournalOptions { Path = _directory.File("fleet.db") };
        (_journal, _rival) = (new SqliteJournal(options, _time), new SqliteJournal(options, _time));
    }

    protected override IJournal Journal => _journal;

    protected override IJournal Rival => _rival;

    public void Dispose()
    {
        _journal.Dispose();
        _rival.Dispose();
        _directory.Dispose();
    }

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
