using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Xunit;

namespace Flink.Resources.Testing.Xunit;

/// <summary>The promises of <see cref="IJournal"/> about records. Derive it once per store, with an empty store for each test.</summary>
public abstract class JournalContract
{
    /// <summary>Longer than any test takes.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    /// <summary>The journal.</summary>
    protected abstract IJournal Journal { get; }

    /// <summary>A second journal over the same store, as another process would have; the same object where a store is in memory.</summary>
    protected abstract IJournal Rival { get; }

    /// <summary>A lease that can be waited for, and that does not run out between two calls of a slow machine.</summary>
    protected virtual TimeSpan ShortLease => TimeSpan.FromSeconds(15);

    /// <summary>Lets time pass on the store's clock.</summary>
    /// <param name="time">At least as long.</param>
    protected abstract Task PassAsync(TimeSpan time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static JobKey Job { get; } = JobKey.Parse("team-a/clicks");

    /// <summary>Every field comes back as it was, also to somebody else, at once.</summary>
    [Fact]
    public async Task Append_EveryField_IsReadAsItWasWritten()
    {
        var lease = await AcquireAsync(Job, "one");
        var first = Record("r", 1) with { At = new DateTimeOffset(2026, 3, 29, 2, 30, 0, TimeSpan.FromHours(-9.5)).AddTicks(1) };
        var second = Record("r", 2) with
        {
            Kind = JournalRecordKind.Intent,
            Machine = "Umzug",
            State = "Läuft — 実行中",
            IsFinal = true,
            Epoch = long.MaxValue,
            Of = 1,
            Operation = "Stop 'with' \"savepoint\" @state",
            Key = "schlüssel\n\t\u0001\u007f",
            Payload = """{"text":"żółć 😀 \u0000 \\ '","empty":""}""",
            By = "",
        };

        Assert.Equal(AppendResult.Appended, await Journal.AppendAsync(first, lease, Cancellation));
        Assert.Equal(AppendResult.Appended, await Journal.AppendAsync(second, lease, Cancellation));
        var read = await Rival.ReadAsync("r", 0, Cancellation);

        Assert.Equal([first, second], read);
        Assert.Equal(first.At.Offset, read[0].At.Offset);
        Assert.Equal([second], await Journal.ReadAsync("r", 1, Cancellation));
        Assert.Empty(await Journal.ReadAsync("r", 2, Cancellation));
        Assert.Empty(await Journal.ReadAsync("R", 0, Cancellation));
    }

    /// <summary>The same record again is the answer that was lost, whoever holds the lease by now; another one is a conflict.</summary>
    [Fact]
    public async Task Append_Again_IsAppendedWhenItIsTheSame()
    {
        var lease = await AcquireAsync(Job, "one");
        var record = Record("r", 1);
        await Journal.AppendAsync(record, lease, Cancellation);
        await Journal.ReleaseAsync(lease, Cancellation);
        await AcquireAsync(Job, "two");

        Assert.Equal(AppendResult.Appended, await Journal.AppendAsync(record, lease, Cancellation));
        Assert.Equal(AppendResult.Appended, await Rival.AppendAsync(record, lease, Cancellation));
        Assert.Equal(AppendResult.Conflict, await Journal.AppendAsync(record with { By = "two" }, lease, Cancellation));
        Assert.Equal(AppendResult.Conflict, await Journal.AppendAsync(record with { Payload = "{ }" }, lease, Cancellation));
        Assert.Equal([record], await Journal.ReadAsync("r", 0, Cancellation));
    }

    /// <summary>Sequences have no gaps.</summary>
    [Fact]
    public async Task Append_Gap_IsAConflict()
    {
        var lease = await AcquireAsync(Job, "one");

        Assert.Equal(AppendResult.Conflict, await Journal.AppendAsync(Record("r", 2), lease, Cancellation));
        await Journal.AppendAsync(Record("r", 1), lease, Cancellation);
        Assert.Equal(AppendResult.Conflict, await Journal.AppendAsync(Record("r", 3), lease, Cancellation));
        Assert.Single(await Journal.ReadAsync("r", 0, Cancellation));
    }

    /// <summary>Eight writers of one sequence, the first of a run included: one wins, seven hear of it, and the journal has the winner's.</summary>
    [Fact]
    public async Task Append_EightWriters_OneWinsEachSequence()
    {
        var lease = await AcquireAsync(Job, "one");
        var winners = new List<JournalRecord>();
        for (var sequence = 1; sequence <= 20; sequence++)
        {
            var records = Enumerable.Range(0, 8)
                .Select(w => Record("r", sequence) with { By = string.Create(CultureInfo.InvariantCulture, $"writer-{w}") }).ToArray();
            var results = await Task.WhenAll(records.Select((r, w) => Task.Run(
                () => (w % 2 == 0 ? Journal : Rival).AppendAsync(r, lease, Cancellation), Cancellation)));

            Assert.Equal(7, results.Count(static r => r == AppendResult.Conflict));
            winners.Add(records[Array.IndexOf(results, AppendResult.Appended)]);
        }

        Assert.Equal(winners, await Journal.ReadAsync("r", 0, Cancellation));
    }

    /// <summary>A request needs no lease, comes between two records of the holder, and begins no run.</summary>
    [Fact]
    public async Task Append_Request_ComesBetweenWithoutALease()
    {
        var lease = await AcquireAsync(Job, "one");
        var request = Record("r", 2) with { Kind = JournalRecordKind.Request, By = "a person" };
        await Journal.AppendAsync(Record("r", 1), lease, Cancellation);

        Assert.Equal(AppendResult.Appended, await Rival.AppendAsync(request, null, Cancellation));
        Assert.Equal(AppendResult.Conflict, await Journal.AppendAsync(Record("r", 2), lease, Cancellation));
        Assert.Equal(AppendResult.Appended, await Journal.AppendAsync(Record("r", 3), lease, Cancellation));
        Assert.Equal(AppendResult.Conflict, await Journal.AppendAsync(request with { Run = "none", Sequence = 1 }, null, Cancellation));
        Assert.Equal(request, (await Journal.ReadAsync("r", 0, Cancellation))[1]);
    }

    /// <summary>Without right there is no record: no lease, another job's lease, another job's run.</summary>
    [Fact]
    public async Task Append_WithoutRight_IsMisuse()
    {
        var lease = await AcquireAsync(Job, "one");
        var other = JobKey.Parse("team-b/views");
        var otherLease = await AcquireAsync(other, "one");
        await Journal.AppendAsync(Record("r", 1), lease, Cancellation);

        await Assert.ThrowsAsync<ArgumentException>(() => Journal.AppendAsync(Record("r", 2), null, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.AppendAsync(Record("r", 2), otherLease, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.AppendAsync(Record("r", 2) with { Job = other }, otherLease, Cancellation));
        Assert.Single(await Journal.ReadAsync("r", 0, Cancellation));
    }

    /// <summary>What no store would give back as it came is refused, not changed.</summary>
    [Theory]
    [InlineData("a\0b")]
    [InlineData("half \ud83d")]
    [InlineData("\ude00 half")]
    public async Task Append_TextThatIsNone_IsRefused(string text)
    {
        var lease = await AcquireAsync(Job, "one");

        var exception = await Assert.ThrowsAsync<ArgumentException>(
            () => Journal.AppendAsync(Record("r", 1) with { State = text }, lease, Cancellation));

        Assert.Contains("State", exception.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.ImportAsync([Record("r", 1) with { Payload = text }], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.TryAcquireAsync(Job, text, Long, Cancellation));
        Assert.Empty(await Journal.ReadAsync("r", 0, Cancellation));
    }

    /// <summary>A payload of a megabyte is a payload.</summary>
    [Fact]
    public async Task Append_OneMegabyte_IsReadAsItWasWritten()
    {
        var lease = await AcquireAsync(Job, "one");
        var record = Record("r", 1) with { Payload = $"\"{string.Concat(Enumerable.Repeat("größer ", 150_000))}\"" };

        Assert.Equal(AppendResult.Appended, await Journal.AppendAsync(record, lease, Cancellation));

        Assert.True(Encoding.UTF8.GetByteCount(record.Payload) > 1 << 20);
        Assert.Equal(record, Assert.Single(await Rival.ReadAsync("r", 0, Cancellation)));
    }

    /// <summary>Records of the version before are read, those of an unknown one are refused.</summary>
    [Fact]
    public async Task Import_OlderVersion_IsReadAndAnUnknownOneRefused()
    {
        ImmutableArray<JournalRecord> older = [Record("r", 1) with { Version = JournalRecord.CurrentVersion - 1 }];
        ImmutableArray<JournalRecord> newer = [Record("s", 1) with { Version = JournalRecord.CurrentVersion + 1 }];

        await Journal.ImportAsync(older, Cancellation);

        Assert.Equal(older, await Rival.ReadAsync("r", 0, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.ImportAsync(newer, Cancellation));
        Assert.Empty(await Journal.ReadAsync("s", 0, Cancellation));
    }

    /// <summary>Only one holds a lease, and each new one has a larger token.</summary>
    [Fact]
    public async Task TryAcquire_EightAtOnce_OneHoldsIt()
    {
        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(
            () => (w % 2 == 0 ? Journal : Rival).TryAcquireAsync(Job, string.Create(CultureInfo.InvariantCulture, $"owner-{w}"), Long, Cancellation),
            Cancellation)));

        var held = Assert.Single(leases, static l => l is not null)!;
        Assert.Null(await Rival.TryAcquireAsync(Job, "late", Long, Cancellation));
        Assert.NotNull(await Rival.TryAcquireAsync(JobKey.Parse("team-a/Clicks"), "late", Long, Cancellation));
        var again = await Journal.TryAcquireAsync(Job, held.Owner, Long, Cancellation);
        Assert.True(again!.Token > held.Token);
        Assert.False(await Journal.RenewAsync(held, Long, Cancellation));
    }

    /// <summary>A holder that is silent for too long loses the lease: whatever it believes, it writes nothing more.</summary>
    [Fact]
    public async Task TryAcquire_AfterItRanOut_TakesOverAndTheOldHolderWritesNothing()
    {
        var old = await Journal.TryAcquireAsync(Job, "one", ShortLease, Cancellation);
        await Journal.AppendAsync(Record("r", 1), old, Cancellation);
        await PassAsync(ShortLease);

        var lease = await Rival.TryAcquireAsync(Job, "two", Long, Cancellation);

        Assert.NotNull(lease);
        Assert.True(lease.Token > old!.Token);
        Assert.Equal(AppendResult.LeaseLost, await Journal.AppendAsync(Record("r", 2), old, Cancellation));
        Assert.Equal(AppendResult.LeaseLost, await Journal.AppendAsync(Record("other", 1), old, Cancellation));
        Assert.False(await Journal.RenewAsync(old, Long, Cancellation));
        await Journal.ReleaseAsync(old, Cancellation);
        Assert.Equal(AppendResult.Appended, await Rival.AppendAsync(Record("r", 2), lease, Cancellation));
        Assert.Null(await Journal.TryAcquireAsync(Job, "one", Long, Cancellation));
        Assert.Single(await Journal.ListAsync(default, Cancellation));
    }

    /// <summary>A lease that ran out gives no right, even when nobody took it over.</summary>
    [Fact]
    public async Task Append_LeaseRanOutAndNobodyTookIt_IsLost()
    {
        var lease = await Journal.TryAcquireAsync(Job, "one", ShortLease, Cancellation);
        await PassAsync(ShortLease);

        Assert.Equal(AppendResult.LeaseLost, await Journal.AppendAsync(Record("r", 1), lease, Cancellation));
        Assert.False(await Journal.RenewAsync(lease!, Long, Cancellation));
        Assert.Empty(await Journal.ReadAsync("r", 0, Cancellation));
    }

    /// <summary>A lease that never was gives no right.</summary>
    [Fact]
    public async Task Append_InventedLease_IsLost()
    {
        var lease = await AcquireAsync(Job, "one");

        Assert.Equal(AppendResult.LeaseLost, await Journal.AppendAsync(Record("r", 1), lease with { Token = lease.Token + 1 }, Cancellation));
        Assert.Equal(AppendResult.LeaseLost, await Journal.AppendAsync(Record("r", 1), lease with { Owner = "two" }, Cancellation));
    }

    /// <summary>Renewed, a lease lasts from then on.</summary>
    [Fact]
    public async Task Renew_BeforeItRunsOut_KeepsIt()
    {
        var lease = await Journal.TryAcquireAsync(Job, "one", ShortLease, Cancellation);

        Assert.True(await Journal.RenewAsync(lease!, Long, Cancellation));
        await PassAsync(ShortLease);

        Assert.Null(await Rival.TryAcquireAsync(Job, "two", Long, Cancellation));
        Assert.Equal(AppendResult.Appended, await Journal.AppendAsync(Record("r", 1), lease, Cancellation));
    }

    /// <summary>Given back, a lease is the next one's at once, under a larger token.</summary>
    [Fact]
    public async Task Release_TheNextOneNeedNotWait()
    {
        var first = await AcquireAsync(Job, "one");

        await Journal.ReleaseAsync(first, Cancellation);
        var second = await Rival.TryAcquireAsync(Job, "two", Long, Cancellation);
        await Journal.ReleaseAsync(first, Cancellation);

        Assert.True(second!.Token > first.Token);
        Assert.Equal(AppendResult.LeaseLost, await Journal.AppendAsync(Record("r", 1), first, Cancellation));
        Assert.Equal(AppendResult.Appended, await Rival.AppendAsync(Record("r", 1), second, Cancellation));
    }

    /// <summary>Heads say what the newest record says, oldest run first, by job and by end.</summary>
    [Fact]
    public async Task List_ByJobAndEnd_HasTheHeads()
    {
        var other = JobKey.Parse("team-b/views");
        var (lease, otherLease) = (await AcquireAsync(Job, "one"), await AcquireAsync(other, "one"));
        await Journal.AppendAsync(Record("z", 1), lease, Cancellation);
        await Journal.AppendAsync(Record("a", 1) with { Job = other }, otherLease, Cancellation);
        await Journal.AppendAsync(Record("m", 1), lease, Cancellation);
        var last = Record("z", 2) with { State = "Committed", IsFinal = true, Epoch = 7, At = At(90) };
        await Journal.AppendAsync(last, lease, Cancellation);

        var all = await Rival.ListAsync(default, Cancellation);

        Assert.Equal(["z", "a", "m"], all.Select(static h => h.Run), StringComparer.Ordinal);
        Assert.Equal(new RunHead("z", Job, "migration", "Committed", true, 2, 7, At(1), At(90)), all[0]);
        Assert.Equal(["z", "m"], (await Journal.ListAsync(new RunQuery(Job), Cancellation)).Select(static h => h.Run), StringComparer.Ordinal);
        Assert.Equal(["a", "m"], (await Journal.ListAsync(new RunQuery(null, true), Cancellation)).Select(static h => h.Run), StringComparer.Ordinal);
        Assert.Equal(["m"], (await Journal.ListAsync(new RunQuery(Job, true), Cancellation)).Select(static h => h.Run), StringComparer.Ordinal);
        Assert.Empty(await Journal.ListAsync(new RunQuery(JobKey.Parse("team-c/none")), Cancellation));
    }

    /// <summary>The highest epoch of a job is over all its runs and all their records, imported ones included.</summary>
    [Fact]
    public async Task FindHighestEpoch_OverAllRuns_IsTheHighest()
    {
        var lease = await AcquireAsync(Job, "one");
        await Journal.AppendAsync(Record("r", 1) with { Epoch = 3 }, lease, Cancellation);
        await Journal.AppendAsync(Record("r", 2) with { Epoch = 9 }, lease, Cancellation);
        await Journal.AppendAsync(Record("r", 3), lease, Cancellation);
        await Journal.AppendAsync(Record("s", 1) with { Epoch = 4 }, lease, Cancellation);

        Assert.Equal(9, await Rival.FindHighestEpochAsync(Job, Cancellation));
        Assert.Equal(0, await Journal.FindHighestEpochAsync(JobKey.Parse("team-a/Clicks"), Cancellation));
        await Journal.ImportAsync([Record("t", 1) with { Epoch = 11 }, Record("t", 2)], Cancellation);
        Assert.Equal(11, await Journal.FindHighestEpochAsync(Job, Cancellation));
        Assert.Equal(11, (await Journal.ListAsync(default, Cancellation))[^1].Epoch);
    }

    /// <summary>A run that goes from one journal to another and back is the same, byte for byte.</summary>
    [Fact]
    public async Task Export_ThereAndBack_IsTheSameByteForByte()
    {
        var lease = await AcquireAsync(Job, "one");
        await Journal.AppendAsync(Record("r", 1) with { State = "żółć 😀 \u2028" }, lease, Cancellation);
        await Journal.AppendAsync(Record("r", 2) with { Kind = JournalRecordKind.Intent, Operation = "Start", Key = "k", Epoch = 2 }, lease, Cancellation);
        await Journal.AppendAsync(
            Record("r", 3) with { Kind = JournalRecordKind.Outcome, Of = 2, IsFinal = true, At = At(5).ToOffset(TimeSpan.FromHours(5.75)).AddTicks(7) }, lease, Cancellation);
        var elsewhere = new MemoryJournal(TimeProvider.System);

        var exported = await ExportAsync(Journal, "r");
        Assert.Equal("r", await elsewhere.ImportAsync(new MemoryStream(exported), Cancellation));
        var back = Encoding.UTF8.GetString(await ExportAsync(elsewhere, "r")).Replace("\"run\":\"r\"", "\"run\":\"back\"", StringComparison.Ordinal);
        Assert.Equal("back", await Journal.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(back)), Cancellation));

        Assert.Equal(exported, await ExportAsync(elsewhere, "r"));
        Assert.Equal(back, Encoding.UTF8.GetString(await ExportAsync(Rival, "back")));
        Assert.True((await Journal.ListAsync(default, Cancellation))[^1].IsFinal);
    }

    /// <summary>A run is taken over whole or not at all, and one that is there is not touched.</summary>
    [Fact]
    public async Task Import_NotWholeOrOther_ChangesNothing()
    {
        ImmutableArray<JournalRecord> run = [Record("r", 1), Record("r", 2)];
        await Journal.ImportAsync(run, Cancellation);

        await Rival.ImportAsync(run, Cancellation);
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.ImportAsync([run[0], run[1] with { By = "two" }], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.ImportAsync([run[0]], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.ImportAsync([Record("s", 1), Record("s", 3)], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.ImportAsync([Record("s", 2)], Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => Journal.ImportAsync([], Cancellation));

        Assert.Equal(run, await Journal.ReadAsync("r", 0, Cancellation));
        Assert.Single(await Journal.ListAsync(default, Cancellation));
    }

    /// <summary>An imported run goes on where it was.</summary>
    [Fact]
    public async Task Append_AfterImport_GoesOn()
    {
        await Journal.ImportAsync([Record("r", 1), Record("r", 2)], Cancellation);
        var lease = await AcquireAsync(Job, "one");

        Assert.Equal(AppendResult.Conflict, await Journal.AppendAsync(Record("r", 2) with { By = "two" }, lease, Cancellation));
        Assert.Equal(AppendResult.Appended, await Journal.AppendAsync(Record("r", 3), lease, Cancellation));
        Assert.Equal(3, Assert.Single(await Rival.ListAsync(default, Cancellation)).Sequence);
    }

    private static DateTimeOffset At(int second) => new(2026, 3, 1, 12, second / 60, second % 60, TimeSpan.Zero);

    private static JournalRecord Record(string run, long sequence) => new()
    {
        Run = run,
        Job = Job,
        Sequence = sequence,
        Kind = sequence == 1 ? JournalRecordKind.Created : JournalRecordKind.Outcome,
        Machine = "migration",
        State = "Validating",
        Payload = "{}",
        At = At((int)sequence),
        By = "one",
    };

    private static async Task<byte[]> ExportAsync(IJournal journal, string run)
    {
        using var stream = new MemoryStream();
        await journal.ExportAsync(run, stream, Cancellation);
        return stream.ToArray();
    }

    private async Task<JobLease> AcquireAsync(JobKey job, string owner) =>
        await Journal.TryAcquireAsync(job, owner, Long, Cancellation) ?? throw new InvalidOperationException($"{job} has a holder already.");
}
