using System.Collections.Concurrent;
using System.Globalization;
using Flink.Resources.Simulation;

namespace Flink.Resources.Migration;

/// <summary>
/// The move under every single fault and every death of its process, and under random mixtures of them: never two copies, never a record
/// lost or doubled, and the run comes to its end or says why it waits for a person. A schedule that fails is named so that
/// <c>SWEEP="…"</c> replays it alone.
/// </summary>
public sealed class SweepTests
{
    private static readonly SimulatedFault[] _shapes = [.. Enum.GetValues<SimulatedFault>().Where(static f => f is not (SimulatedFault.None or SimulatedFault.WatchGap))];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Directions => new() { { "yarn-east", "k8s-east" }, { "k8s-east", "yarn-east" } };

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task Move_TheProcessDiesAtEachRecord_EndsWhereItWouldHave(string from, string to) =>
        await AllAsync(DeathsAtRecords(await MeasureAsync(from, to)), 30, mustEnd: true);

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task Move_TheProcessDiesAtAnyTime_EndsWhereItWouldHave(string from, string to) =>
        await AllAsync(DeathsAtTimes(await MeasureAsync(from, to)), 160, mustEnd: true);

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task Move_EachCallFailsInEachWay_IsExact(string from, string to) =>
        await AllAsync(SingleFaults(await MeasureAsync(from, to)), 1500, mustEnd: false);

    [Theory]
    [MemberData(nameof(Directions))]
    public async Task Move_FaultsAndDeathsMixed_IsExact(string from, string to) =>
        await AllAsync(Mixtures(await MeasureAsync(from, to)), 3000, mustEnd: false);

    /// <summary>What the theories above play, counted without playing it again: each of them plays the whole of its list.</summary>
    [Fact]
    public async Task AllSchedules_AreAtLeastTenThousandDifferentOnes()
    {
        var total = 0;
        foreach (var (from, to) in Directions.Select(static d => d.Data))
        {
            var move = await MeasureAsync(from, to);
            var all = new[] { DeathsAtRecords(move), DeathsAtTimes(move), SingleFaults(move), Mixtures(move) }.Select(static s => s.Select(static x => x.ToString()).ToList()).ToList();
            var different = all.SelectMany(static s => s).Distinct(StringComparer.Ordinal).Count();
            TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{from} to {to}: {move.Records} records, {move.Calls} calls, {_shapes.Length} shapes; {string.Join(" + ", all.Select(static s => s.Count))} schedules, {different} different."));
            total += different;
        }
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{total} schedules."));
        Assert.True(total >= 10_000, $"Only {total} schedules.");
    }

    [Fact]
    public async Task Replay_TheScheduleNamedInSWEEP()
    {
        if (Environment.GetEnvironmentVariable("SWEEP") is { Length: > 0 } text)
        {
            Assert.Null(await PlayAsync(Schedule.Parse(text), mustEnd: false));
        }
    }

    /// <summary>How many records and calls an undisturbed move has.</summary>
    private static async Task<Measure> MeasureAsync(string from, string to)
    {
        var move = new SimulatedMove(1, from, to);
        Assert.Null(await move.RunAsync(static (m, ct) => m.MoveAsync(ct), Cancellation));
        var records = await move.Journal.ReadAsync(move.RunId!, 0, Cancellation);
        return new Measure(from, to, records.Length, (int)(move.Fleet.Calls - move.CallsBefore));
    }

    private static IEnumerable<Schedule> DeathsAtRecords(Measure move) => Enumerable.Range(1, move.Records).SelectMany(r => new[]
    {
        new Schedule(move.From, move.To, 1) { DiesAtRecord = r },
        new Schedule(move.From, move.To, 1) { DiesAtRecord = r, DiesAfter = true },
    });

    private static IEnumerable<Schedule> DeathsAtTimes(Measure move) =>
        Enumerable.Range(1, 160).Select(i => new Schedule(move.From, move.To, 1) { DiesAfterMilliseconds = i * 331 });

    private static IEnumerable<Schedule> SingleFaults(Measure move) =>
        Enumerable.Range(1, move.Calls).SelectMany(c => _shapes.Select(s => new Schedule(move.From, move.To, 1) { Faults = [(c, s)] }));

    private static IEnumerable<Schedule> Mixtures(Measure move) =>
        Enumerable.Range(1, 3000).Select(seed => Schedule.Random(move.From, move.To, seed, move.Records, move.Calls, _shapes));

    private static async Task AllAsync(IEnumerable<Schedule> schedules, int least, bool mustEnd)
    {
        var failures = new ConcurrentQueue<string>();
        var played = 0;
        await Parallel.ForEachAsync(schedules, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = Cancellation }, async (schedule, _) =>
        {
            Interlocked.Increment(ref played);
            if (failures.Count < 5 && await PlayAsync(schedule, mustEnd) is { } wrong)
            {
                failures.Enqueue($"SWEEP=\"{schedule}\": {wrong}");
            }
        });
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{played} schedules played."));
        Assert.True(failures.IsEmpty, string.Join('\n', failures));
        Assert.True(played >= least, $"Only {played} schedules.");
    }

    private static async Task<string?> PlayAsync(Schedule schedule, bool mustEnd)
    {
        var move = new SimulatedMove(schedule.Seed, schedule.From, schedule.To);
        string? complaint = null;
        move.AuditInto(c => complaint ??= c);
        MigrationRun? run = null;
        try
        {
            var wrong = await move.RunAsync(
                async (m, ct) =>
                {
                    foreach (var (call, fault) in schedule.Faults)
                    {
                        m.Fleet.FailCall(m.CallsBefore + call, fault);
                    }
                    run = await m.MoveAsync(
                        ct,
                        schedule.DiesAtRecord is { } record ? j => new DyingJournal(j, record, schedule.DiesAfter) : null,
                        schedule.DiesAfterMilliseconds is { } time ? TimeSpan.FromMilliseconds(time) : null);
                },
                Cancellation);
            return wrong ?? complaint ?? (mustEnd && run!.State != MigrationState.Committed ? $"It ended as {run.State}: {run.Reason}" : null);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.ToString();
        }
    }

    /// <summary>An undisturbed move.</summary>
    private sealed record Measure(string From, string To, int Records, int Calls);

    /// <summary>What goes wrong, and when.</summary>
    private sealed record Schedule(string From, string To, long Seed)
    {
        public (int Call, SimulatedFault Fault)[] Faults { get; init; } = [];

        public int? DiesAtRecord { get; init; }

        public bool DiesAfter { get; init; }

        public int? DiesAfterMilliseconds { get; init; }

        public static Schedule Random(string from, string to, int seed, int records, int calls, SimulatedFault[] shapes)
        {
            // The generator of the schedule is told its seed: the same seed is the same schedule.
#pragma warning disable CA5394 // no secret hangs on it
            var random = new Random(seed);
            var faults = Enumerable.Range(0, random.Next(1, 12)).Select(_ => (random.Next(1, calls + 20), shapes[random.Next(shapes.Length)])).DistinctBy(static f => f.Item1).ToArray();
            return new Schedule(from, to, seed)
            {
                Faults = faults,
                DiesAtRecord = random.Next(2) == 0 ? random.Next(1, records + 1) : null,
                DiesAfter = random.Next(2) == 0,
                DiesAfterMilliseconds = random.Next(3) == 0 ? random.Next(1, 60_000) : null,
            };
#pragma warning restore CA5394
        }

        public static Schedule Parse(string text)
        {
            var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return new Schedule(parts[0], parts[1], long.Parse(parts[2], CultureInfo.InvariantCulture))
            {
                DiesAtRecord = parts[3] == "-" ? null : int.Parse(parts[3], CultureInfo.InvariantCulture),
                DiesAfter = parts[4] == "after",
                DiesAfterMilliseconds = parts[5] == "-" ? null : int.Parse(parts[5], CultureInfo.InvariantCulture),
                Faults = [.. parts[6..].Select(static p => (int.Parse(p.Split(':')[0], CultureInfo.InvariantCulture), Enum.Parse<SimulatedFault>(p.Split(':')[1])))],
            };
        }

        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{From} {To} {Seed} {DiesAtRecord?.ToString(CultureInfo.InvariantCulture) ?? "-"} {(DiesAfter ? "after" : "before")} {DiesAfterMilliseconds?.ToString(CultureInfo.InvariantCulture) ?? "-"} {string.Join(' ', Faults.Select(static f => $"{f.Call}:{f.Fault}"))}");
    }
}
