using System.Globalization;
using Npgsql;

namespace Flink.Resources.Storage.Postgres;

/// <summary>What is PostgreSQL's own: schema, locks, lost connections, errors.</summary>
public sealed class PostgresJournalTests
{
    private static readonly JobKey Job = JobKey.Parse("team-a/clicks");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstCall_ManyControllersAtOnce_MakeTheSchemaOnce()
    {
        await using var database = Database.Open();
        var journals = Enumerable.Range(0, 6).Select(_ => database.Journal()).ToArray();

        var leases = await Task.WhenAll(journals.Select(
            static (j, i) => j.TryAcquireAsync(Job, string.Create(CultureInfo.InvariantCulture, $"owner-{i}"), TimeSpan.FromMinutes(1), Cancellation)));

        Assert.Single(leases, static l => l is not null);
        Assert.Equal(2L, await database.ExecuteAsync("SELECT COUNT(*) FROM journal_schema", Cancellation));
        await DisposeAsync(journals);
    }

    [Fact]
    public async Task Open_SchemaOfTheVersionBefore_IsUpgradedWithItsData()
    {
        await using var database = Database.Open();
        await OlderAsync(database);
        await using var journal = database.Journal();

        var records = await journal.ReadAsync("r", 0, Cancellation);
        var lease = await journal.TryAcquireAsync(Job, "new", TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal(0, Assert.Single(records).Version);
        Assert.Equal(42, lease!.Token);
        Assert.Equal(4, await journal.FindHighestEpochAsync(Job, Cancellation));
        Assert.Equal(AppendResult.Appended, await journal.AppendAsync(records[0] with { Sequence = 2, Version = 1 }, lease, Cancellation));
        Assert.Equal(2, await database.ExecuteAsync("SELECT MAX(version) FROM journal_schema", Cancellation));
        Assert.Equal(2L, await database.ExecuteAsync(
            "SELECT COUNT(*) FROM pg_indexes WHERE schemaname = current_schema() AND indexname IN ('journal_run_job', 'journal_run_unfinished')", Cancellation));
    }

    [Fact]
    public async Task Open_WithoutUpgrade_AcceptsTheVersionBeforeAndLeavesIt()
    {
        await using var database = Database.Open();
        await OlderAsync(database);
        await using var journal = database.Journal(static o => o.UpgradeSchema = false);

        Assert.Single(await journal.ReadAsync("r", 0, Cancellation));
        Assert.NotNull(await journal.TryAcquireAsync(Job, "new", TimeSpan.FromMinutes(1), Cancellation));
        Assert.Equal(1, await database.ExecuteAsync("SELECT MAX(version) FROM journal_schema", Cancellation));
    }

    [Fact]
    public async Task Open_WithoutUpgradeAndWithoutSchema_IsRefused()
    {
        await using var database = Database.Open();
        await using var journal = database.Journal(static o => o.UpgradeSchema = false);

        var exception = await Assert.ThrowsAsync<JournalException>(() => journal.ListAsync(default, Cancellation));

        Assert.Contains("version 0", exception.Message, StringComparison.Ordinal);
        Assert.Contains(database.Schema, exception.Message, StringComparison.Ordinal);
        Assert.Contains("UpgradeSchema", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SchemaOfANewerProgram_IsRefusedAndLeftAlone()
    {
        await using var database = Database.Open();
        await using (var newer = database.Journal())
        {
            await newer.ListAsync(default, Cancellation);
        }
        await database.ExecuteAsync("INSERT INTO journal_schema (version) VALUES (3)", Cancellation);
        await using var journal = database.Journal();

        var exception = await Assert.ThrowsAsync<JournalException>(() => journal.TryAcquireAsync(Job, "me", TimeSpan.FromMinutes(1), Cancellation));

        Assert.Contains("version 3", exception.Message, StringComparison.Ordinal);
        Assert.Contains("up to 2", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await database.ExecuteAsync("SELECT COUNT(*) FROM journal_lease", Cancellation));
    }

    [Fact]
    public async Task Append_ConnectionsKilled_GoesOnAndNothingIsLostOrDoubled()
    {
        await using var database = Database.Open();
        await using var journal = database.Journal(static o => o.RetryTimeout = TimeSpan.FromMinutes(1));
        var lease = await journal.TryAcquireAsync(Job, "me", TimeSpan.FromMinutes(5), Cancellation);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var killer = KillConnectionsAsync(database, enough.Token);

        for (var sequence = 1; sequence <= 200; sequence++)
        {
            Assert.Equal(AppendResult.Appended, await journal.AppendAsync(Record(sequence), lease, Cancellation));
        }
        await enough.CancelAsync();

        Assert.True(await killer > 0);
        Assert.Equal(Enumerable.Range(1, 200).Select(static s => Record(s)), await journal.ReadAsync("r", 0, Cancellation));
    }

    [Fact]
    public async Task TryAcquire_WhileAnAppendIsOpen_WaitsForItsEnd()
    {
        await using var database = Database.Open();
        await using var journal = database.Journal();
        var lease = await journal.TryAcquireAsync(Job, "one", TimeSpan.FromSeconds(2), Cancellation);
        await journal.AppendAsync(Record(1), lease, Cancellation);
        await using var dataSource = NpgsqlDataSource.Create(database.ConnectionString);
        await using var connection = await dataSource.OpenConnectionAsync(Cancellation);
        await using var open = await connection.BeginTransactionAsync(Cancellation);
        var sql = new JournalSql(new PostgresDialect(dataSource, database.Schema));
        Assert.Equal(AppendResult.Appended, await sql.AppendAsync(open, Record(2), lease, Cancellation));
        await Task.Delay(TimeSpan.FromSeconds(2.1), TimeProvider.System, Cancellation);

        var taken = journal.TryAcquireAsync(Job, "two", TimeSpan.FromMinutes(1), Cancellation);
        await WaitingForALockAsync(database);
        Assert.False(taken.IsCompleted);
        await open.CommitAsync(Cancellation);

        Assert.NotNull(await taken);
        Assert.Equal(2, (await journal.ReadAsync("r", 0, Cancellation)).Length);
    }

    [Fact]
    public async Task Append_ServerSetToAnswerEarly_IsDurableAllTheSame()
    {
        await using var database = Database.Open();
        await using var journal = database.Journal(o => o.ConnectionString += ";Options=-c synchronous_commit=off");
        await using var dataSource = NpgsqlDataSource.Create($"{database.ConnectionString};Options=-c synchronous_commit=off");
        var transactions = new PostgresTransactions(
            dataSource, new PostgresDialect(dataSource, database.Schema), new PostgresJournalOptions(), TimeProvider.System);

        Assert.Equal("on", await transactions.RunAsync(SettingAsync, writes: true, Cancellation));
        Assert.Equal("off", await transactions.RunAsync(SettingAsync, writes: false, Cancellation));
        Assert.NotNull(await journal.TryAcquireAsync(Job, "me", TimeSpan.FromMinutes(1), Cancellation));

        static async Task<string?> SettingAsync(System.Data.Common.DbTransaction transaction, CancellationToken cancellationToken)
        {
            await using var command = transaction.Command("SHOW synchronous_commit");
            return await command.ExecuteScalarAsync(cancellationToken) as string;
        }
    }

    [Fact]
    public async Task AnyCall_WrongPassword_SaysSoWithoutIt()
    {
        await using var database = Database.Open();
        var place = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = "hunter2" };
        await using var journal = database.Journal(o => o.ConnectionString = place.ConnectionString);

        var exception = await Assert.ThrowsAsync<JournalException>(() => journal.ListAsync(default, Cancellation));

        Assert.Contains("password", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"{place.Host}:{place.Port}", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnyCall_ServerAway_TriesForAWhileAndSaysWhere()
    {
        await using var dataSource = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=fleet;Password=hunter2;Database=fleet");
        await using var journal = new PostgresJournal(
            dataSource, ownsDataSource: false, new PostgresJournalOptions { RetryTimeout = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);

        var exception = await Assert.ThrowsAsync<JournalException>(() => journal.ListAsync(default, Cancellation));

        Assert.Contains("127.0.0.1:1", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
    }

    private static JournalRecord Record(int sequence) => new()
    {
        Run = "r",
        Job = Job,
        Sequence = sequence,
        Kind = JournalRecordKind.Outcome,
        Machine = "migration",
        State = "Stopping",
        Payload = "{}",
        At = DateTimeOffset.UnixEpoch.AddSeconds(sequence),
        By = "me",
    };

    private static async Task OlderAsync(Database database)
    {
        using var reader = new StreamReader(typeof(PostgresJournal).Assembly.GetManifestResourceStream("0001-journal.sql")!);
        await database.ExecuteAsync($"""
            CREATE SCHEMA {database.Schema};
            {await reader.ReadToEndAsync(Cancellation)}
            INSERT INTO journal_run (name, job, machine, state, is_final, sequence, epoch, created_at, updated_at)
            VALUES ('r', 'team-a/clicks', 'migration', 'Stopping', false, 1, 4, '2026-03-01T12:00:00.0000000+00:00', '2026-03-01T12:00:00.0000000+00:00');
            INSERT INTO journal_record VALUES (1, 1, 'Created', 'migration', 'Stopping', false, 4, NULL, NULL, NULL, '{"{}"}', '2026-03-01T12:00:00.0000000+00:00', 'old', 0);
            INSERT INTO journal_lease VALUES ('team-a/clicks', 'old', 41, '-infinity');
            """, Cancellation);
    }

    /// <summary>Ends the journal's connections, whatever they are doing, until told to stop.</summary>
    private static async Task<int> KillConnectionsAsync(Database database, CancellationToken cancellationToken)
    {
        var killed = 0L;
        try
        {
            while (true)
            {
                killed += (long)(await database.ExecuteAsync(
                    $"SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = '{database.Schema}'", CancellationToken.None))!;
                await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            return (int)killed;
        }
    }

    private static async Task WaitingForALockAsync(Database database)
    {
        while ((long)(await database.ExecuteAsync(
            $"SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '{database.Schema}'", Cancellation))! == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    private static async Task DisposeAsync(PostgresJournal[] journals)
    {
        foreach (var journal in journals)
        {
            await journal.DisposeAsync();
        }
    }
}
