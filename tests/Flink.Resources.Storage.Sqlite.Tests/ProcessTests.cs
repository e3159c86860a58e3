using System.Globalization;

namespace Flink.Resources.Storage.Sqlite;

/// <summary>Several processes on one file, and processes that die.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly JobKey Job = JobKey.Parse("team-a/clicks");
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => _directory.File("fleet.db");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Append_ProcessKilledInTheMiddle_LosesNothingThatWasAcknowledged()
    {
        for (var round = 1; round <= 3; round++)
        {
            var run = string.Create(CultureInfo.InvariantCulture, $"r-{round}");
            using var child = new WriterProcess("append", File, run);
            var acknowledged = 0L;
            while (acknowledged < 100 * round)
            {
                acknowledged = await child.ReadAsync(Cancellation) ?? throw new InvalidOperationException(await child.ErrorsAsync(Cancellation));
            }

            child.Kill();
            var rest = await child.ReadToEndAsync(Cancellation);
            acknowledged = rest.Count == 0 ? acknowledged : rest[^1];

            using var journal = Open();
            var records = await journal.ReadAsync(run, 0, Cancellation);
            Assert.True(records.Length >= acknowledged, $"{acknowledged} were acknowledged, {records.Length} are there.");
            // At most one more: written, and killed before it could be said.
            Assert.True(records.Length <= acknowledged + 1, $"{acknowledged} were acknowledged, {records.Length} are there.");
            Assert.Equal(Enumerable.Range(1, records.Length).Select(static s => (long)s), records.Select(static r => r.Sequence));
            Assert.Equal(records.Length, (await journal.ListAsync(default, Cancellation)).Single(h => h.Run == run).Sequence);
            Assert.True(await journal.RenewAsync(new JobLease(Job, "child", round), TimeSpan.FromMinutes(1), Cancellation));
        }
    }

    [Fact]
    public async Task Append_TwoProcessesAtOnce_EachSequenceIsOneOfThem()
    {
        const int count = 150;
        using (var journal = Open())
        {
            var lease = await journal.TryAcquireAsync(Job, "test", TimeSpan.FromMinutes(1), Cancellation);
            await journal.AppendAsync(Created("r"), lease, Cancellation);
        }
        var text = count.ToString(CultureInfo.InvariantCulture);
        using var one = new WriterProcess("request", File, "r", "one", text);
        using var two = new WriterProcess("request", File, "r", "two", text);

        var said = await Task.WhenAll(one.ReadToEndAsync(Cancellation), two.ReadToEndAsync(Cancellation));

        Assert.Empty(await one.ErrorsAsync(Cancellation));
        Assert.Empty(await two.ErrorsAsync(Cancellation));
        using var after = Open();
        var records = await after.ReadAsync("r", 0, Cancellation);
        Assert.Equal(1 + (2 * count), records.Length);
        Assert.Equal(said[0], records.Where(static r => r.By == "one").Select(static r => r.Sequence));
        Assert.Equal(said[1], records.Where(static r => r.By == "two").Select(static r => r.Sequence));
    }

    [Fact]
    public async Task Open_EightAtOnce_OneMakesTheFileAndAllUseIt()
    {
        var journals = Enumerable.Range(0, 8).Select(_ => Open()).ToArray();
        try
        {
            var leases = await Task.WhenAll(journals.Select((j, i) => Task.Run(
                () => j.TryAcquireAsync(Job, string.Create(CultureInfo.InvariantCulture, $"owner-{i}"), TimeSpan.FromMinutes(1), Cancellation), Cancellation)));

            Assert.Single(leases, static l => l is not null);
        }
        finally
        {
            Array.ForEach(journals, static j => j.Dispose());
        }
    }

    private static JournalRecord Created(string run) => new()
    {
        Run = run,
        Job = Job,
        Sequence = 1,
        Kind = JournalRecordKind.Created,
        Machine = "test",
        State = "Writing",
        Payload = "{}",
        At = TimeProvider.System.GetUtcNow(),
        By = "test",
    };

    private SqliteJournal Open() => new(new SqliteJournalOptions { Path = File }, TimeProvider.System);
}
