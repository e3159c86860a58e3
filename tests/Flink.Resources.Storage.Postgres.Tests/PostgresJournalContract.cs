using Flink.Resources.Testing.Xunit;

namespace Flink.Resources.Storage.Postgres;

public sealed class PostgresJournalContract : JournalContract, IAsyncLifetime
{
    private Database? _database;
    private PostgresJournal? _journal;
    private PostgresJournal? _rival;

    /// <summary>The server's clock can't be moved: this is waited for.</summary>
    protected override TimeSpan ShortLease => TimeSpan.FromSeconds(3);

    protected override IJournal Journal => _journal!;

    protected override IJournal Rival => _rival!;

    public ValueTask InitializeAsync()
    {
        _database = Database.Open();
        (_journal, _rival) = (_database.Journal(), _database.Journal());
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is null)
        {
            return;
        }
        await _journal!.DisposeAsync();
        await _rival!.DisposeAsync();
        await _database.DisposeAsync();
    }

    protected override Task PassAsync(TimeSpan time) =>
        Task.Delay(time + TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
}
