using Microsoft.Data.Sqlite;

namespace Flink.Resources.Storage.Sqlite;

/// <summary>What is SQLite's own: the file, its schema, its errors.</summary>
public sealed class SqliteJournalTests : IDisposable
{
    private static readonly JobKey Job = JobKey.Parse("team-a/clicks");
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => _directory.File("fleet.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Open_SchemaOfTheVersionBefore_IsUpgradedWithItsData()
    {
        await using (var older = Connect())
        {
            Execute(older, Script("0001-journal.sql"));
            Execute(older, """
                INSERT INTO journal_run VALUES (5, 'r', 'team-a/clicks', 'migration', 'Stopping', 0, 2, 4, '2026-03-01T12:00:00.0000000+00:00', '2026-03-01T12:00:01.0000000+00:00');
                INSERT INTO journal_record VALUES (5, 1, 'Created', 'migration', 'Validating', 0, 0, NULL, NULL, NULL, '{}', '2026-03-01T12:00:00.0000000+00:00', 'old', 0);
                INSERT INTO journal_record VALUES (5, 2, 'Intent', 'migration', 'Stopping', 0, 4, NULL, 'Stop', 'k', '{}', '2026-03-01T12:00:01.0000000+00:00', 'old', 1);
                INSERT INTO journal_lease VALUES ('team-a/clicks', 'old', 41, 0);
                """);
        }
        using var journal = Open();

        var records = await journal.ReadAsync("r", 0, Cancellation);
        var lease = await journal.TryAcquireAsync(Job, "new", TimeSpan.FromMinutes(1), Cancellation);

        Assert.Equal([0, 1], records.Select(static r => r.Version));
        Assert.Equal(42, lease!.Token);
        Assert.Equal(4, await journal.FindHighestEpochAsync(Job, Cancellation));
        Assert.Equal(AppendResult.Appended, await journal.AppendAsync(records[1] with { Sequence = 3, Version = 1 }, lease, Cancellation));
        await using var connection = Connect();
        Assert.Equal(2L, Execute(connection, "SELECT MAX(version) FROM journal_schema"));
        Assert.Contains("journal_run_job", Plan(connection, "SELECT MAX(epoch) FROM journal_run WHERE job = 'a/b'"), StringComparison.Ordinal);
        Assert.Contains("journal_run_unfinished", Plan(connection, "SELECT * FROM journal_run WHERE NOT is_final ORDER BY id"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SchemaOfANewerProgram_IsRefusedAndLeftAlone()
    {
        using (var journal = Open())
        {
            await journal.ListAsync(default, Cancellation);
        }
        await using var connection = Connect();
        Execute(connection, "INSERT INTO journal_schema VALUES (3, '2027-01-01')");
        using var older = Open();

        var exception = await Assert.ThrowsAsync<JournalException>(() => older.TryAcquireAsync(Job, "me", TimeSpan.FromMinutes(1), Cancellation));

        Assert.Contains(File, exception.Message, StringComparison.Ordinal);
        Assert.Contains("version 3", exception.Message, StringComparison.Ordinal);
        Assert.Contains("up to 2", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0L, Execute(connection, "SELECT COUNT(*) FROM journal_lease"));
    }

    [Fact]
    public async Task Read_RecordOfANewerVersion_IsRefusedAndItsHeadIsListed()
    {
        using var journal = Open();
        await journal.ImportAsync([Created()], Cancellation);
        await using var connection = Connect();
        Execute(connection, "UPDATE journal_record SET version = 2");

        var exception = await Assert.ThrowsAsync<JournalException>(() => journal.ReadAsync("r", 0, Cancellation));

        Assert.Contains("version 2", exception.Message, StringComparison.Ordinal);
        Assert.Single(await journal.ListAsync(default, Cancellation));
    }

    [Fact]
    public async Task Read_KindOfANewerProgram_IsUnknown()
    {
        using var journal = Open();
        await journal.ImportAsync([Created()], Cancellation);
        await using var connection = Connect();
        Execute(connection, "UPDATE journal_record SET kind = 'Telepathy'");

        Assert.Equal(JournalRecordKind.Unknown, Assert.Single(await journal.ReadAsync("r", 0, Cancellation)).Kind);
    }

    [Fact]
    public async Task Read_DamagedTime_IsAJournalException()
    {
        using var journal = Open();
        await journal.ImportAsync([Created()], Cancellation);
        await using var connection = Connect();
        Execute(connection, "UPDATE journal_record SET written_at = 'yesterday'");

        await Assert.ThrowsAsync<JournalException>(() => journal.ReadAsync("r", 0, Cancellation));
    }

    [Fact]
    public async Task Append_AnotherProcessWritesForTooLong_SaysWhichFileAndWritesNothing()
    {
        using var journal = new SqliteJournal(
            new SqliteJournalOptions { Path = File, BusyTimeout = TimeSpan.FromMilliseconds(200) }, TimeProvider.System);
        await journal.ImportAsync([Created()], Cancellation);
        await using var other = Connect();
        Execute(other, "BEGIN IMMEDIATE");

        var exception = await Assert.ThrowsAsync<JournalException>(() => journal.TryAcquireAsync(Job, "me", TimeSpan.FromMinutes(1), Cancellation));
        var meanwhile = await journal.ListAsync(default, Cancellation);
        Execute(other, "ROLLBACK");

        Assert.Contains(File, exception.Message, StringComparison.Ordinal);
        Assert.Contains("BusyTimeout", exception.Message, StringComparison.Ordinal);
        Assert.Single(meanwhile);
        Assert.Equal(1, (await journal.TryAcquireAsync(Job, "me", TimeSpan.FromMinutes(1), Cancellation))!.Token);
    }

    [Fact]
    public async Task Append_AnotherProcessWritesForAWhile_Waits()
    {
        using var journal = Open();
        await journal.ListAsync(default, Cancellation);
        await using var other = Connect();
        Execute(other, "BEGIN IMMEDIATE");

        var waiting = journal.TryAcquireAsync(Job, "me", TimeSpan.FromMinutes(1), Cancellation);
        await journal.ListAsync(default, Cancellation);
        Assert.False(waiting.IsCompleted);
        Execute(other, "ROLLBACK");

        Assert.NotNull(await waiting);
    }

    [Fact]
    public async Task Open_DirectoryThatCannotBeWritten_SaysSo()
    {
        // Permissions do not hold the superuser back; a file system of the kernel does.
        var directory = Environment.IsPrivilegedProcess ? "/sys" : _directory.Path;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Linux.");
        System.IO.File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            var file = Path.Combine(directory, "fleet.db");
            using var journal = new SqliteJournal(new SqliteJournalOptions { Path = file }, TimeProvider.System);

            var exception = await Assert.ThrowsAsync<JournalException>(() => journal.ListAsync(default, Cancellation));

            Assert.Contains(file, exception.Message, StringComparison.Ordinal);
            Assert.Contains($"write to the file and to its directory {directory}", exception.Message, StringComparison.Ordinal);
            Assert.Contains(Environment.UserName, exception.Message, StringComparison.Ordinal);
        }
        finally
        {
            System.IO.File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public async Task Open_NoDirectory_SaysSo()
    {
        using var journal = new SqliteJournal(new SqliteJournalOptions { Path = _directory.File("none/fleet.db") }, TimeProvider.System);

        var exception = await Assert.ThrowsAsync<JournalException>(() => journal.ListAsync(default, Cancellation));

        Assert.Contains($"there is no directory {_directory.File("none")}", exception.Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_directory.File("none"));
        Assert.Empty(await journal.ListAsync(default, Cancellation));
    }

    [Fact]
    public async Task Open_NoDatabase_SaysSoAndKeepsIt()
    {
        await System.IO.File.WriteAllTextAsync(File, string.Concat(Enumerable.Repeat("dear diary ", 500)), Cancellation);
        using var journal = Open();

        var exception = await Assert.ThrowsAsync<JournalException>(() => journal.TryAcquireAsync(Job, "me", TimeSpan.FromMinutes(1), Cancellation));

        Assert.Contains("no SQLite database", exception.Message, StringComparison.Ordinal);
        Assert.StartsWith("dear diary", await System.IO.File.ReadAllTextAsync(File, Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_IsSynchronousToTheDisk()
    {
        using var journal = Open();
        await journal.ImportAsync([Created()], Cancellation);
        using var opened = new SqliteFile(File, TimeSpan.FromSeconds(1), new SqliteDialect(File, TimeProvider.System)).Open();

        Assert.Equal("wal", Execute(opened, "PRAGMA journal_mode"));
        Assert.Equal(2L, Execute(opened, "PRAGMA synchronous"));
        Assert.Equal(1000L, Execute(opened, "PRAGMA busy_timeout"));
    }

    [Fact]
    public async Task Append_Cancelled_IsNotPerformed()
    {
        using var journal = Open();
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => journal.ImportAsync([Created()], cancelled.Token));

        Assert.Empty(await journal.ListAsync(default, Cancellation));
    }

    [Fact]
    public async Task Dispose_WhatWasBegunIsThere_AndNothingComesAfter()
    {
        var journal = Open();
        var imported = journal.ImportAsync([Created()], Cancellation);
        journal.Dispose();
        journal.Dispose();

        await imported;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => journal.ListAsync(default, Cancellation));
        using var again = Open();
        Assert.Single(await again.ListAsync(default, Cancellation));
    }

    private static JournalRecord Created() => new()
    {
        Run = "r",
        Job = Job,
        Sequence = 1,
        Kind = JournalRecordKind.Created,
        Machine = "migration",
        State = "Validating",
        Payload = "{}",
        At = DateTimeOffset.UnixEpoch,
        By = "me",
    };

    private static string Script(string name)
    {
        using var reader = new StreamReader(typeof(SqliteJournal).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static object? Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }

    private static string Plan(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of this file.
        command.CommandText = $"EXPLAIN QUERY PLAN {sql}";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        return reader.Read() ? reader.GetString(3) : "";
    }

    private SqliteConnection Connect()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = File, Pooling = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private SqliteJournal Open() => new(new SqliteJournalOptions { Path = File }, TimeProvider.System);
}
