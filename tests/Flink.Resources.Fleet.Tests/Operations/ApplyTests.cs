using System.Globalization;
using System.Text.Json;

namespace Flink.Resources.Fleet;

/// <summary>What people do with a fleet, from the document to the clusters.</summary>
public sealed class ApplyTests
{
    private const string Fresh = "    start: fresh\n";
    private static readonly string OnYarn = FleetBench.Text(static _ => "yarn-east", static _ => Fresh);
    private static readonly string OnKubernetes = FleetBench.Text(static _ => "k8s-east", static _ => Fresh);
    private static readonly string[] AllYarn = [.. Enumerable.Repeat("yarn-east", 6)];
    private static readonly string[] AllKubernetes = [.. Enumerable.Repeat("k8s-east", 6)];

    [Fact]
    public Task Apply_StartsThenMovesThenRollsBack_AndASecondApplyChangesNothing() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        var plan = await bench.Open(OnYarn).PlanAsync(null, ct);
        Assert.All(plan.Jobs, static j => Assert.Equal(ApplyAction.Start, j.Action));
        Assert.All(bench.Places(), static p => Assert.Equal("0 copies", p));

        Assert.Equal(FleetExit.Ok, (await bench.Open(OnYarn).ApplyAsync(null, null, ct)).Exit);
        Assert.Equal(AllYarn, bench.Places());
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        await ChangesNothingAsync(bench, OnYarn, FleetExit.Ok, ct);

        var moved = await bench.Open(OnKubernetes).ApplyAsync(null, null, ct);
        Assert.True(moved.Exit == FleetExit.Ok, FleetJson.Write(moved));
        Assert.Equal(AllKubernetes, bench.Places());
        await ChangesNothingAsync(bench, OnKubernetes, FleetExit.Ok, ct);

        var back = await bench.Open(OnKubernetes).RollBackAsync(new RollbackJobs(Queue: "root.q1"), "ann", "too slow", preview: false, ct);
        Assert.True(back.Exit == FleetExit.Ok, FleetJson.Write(back));
        Assert.Equal(2, back.Jobs.Length);
        string[] mixed = ["k8s-east", "yarn-east", "k8s-east", "k8s-east", "yarn-east", "k8s-east"];
        Assert.Equal(mixed, bench.Places());
        await ChangesNothingAsync(bench, OnKubernetes, FleetExit.LeftAlone, ct);
        await ChangesNothingAsync(bench, OnKubernetes, FleetExit.LeftAlone, ct);
        Assert.Equal(mixed, bench.Places());

        Assert.Equal(ApplyAction.Move, Assert.Single((await bench.Open(OnKubernetes).RetryAsync(FleetBench.Jobs[1], "ann", null, ct)).Jobs).Action);
        await bench.Open(OnKubernetes).ApplyAsync(new ApplyOptions { Job = FleetBench.Jobs[1] }, null, ct);
        Assert.Equal("k8s-east", bench.Places()[1]);
        Assert.All(FleetBench.Jobs, j => Assert.True(bench.Fleet.Account(j) is { Lost: 0, Duplicated: 0, StartsFromNothing: 0 }, $"{j}: {bench.Fleet.Account(j)}"));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Apply_StartsKeepTheLimitInFlight(int limit) => new FleetBench().RunAsync(async (bench, ct) =>
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{OnYarn}campaign:\n  limits: {{inFlight: {limit}}}\n");
        var told = new Told();

        Assert.Equal(FleetExit.Ok, (await bench.Open(text).ApplyAsync(null, told, ct)).Exit);

        Assert.Equal(AllYarn, bench.Places());
        Assert.Equal(limit, told.MostAtOnce);
    });

    [Fact]
    public Task StopAndStart_OnPurpose_StaysStoppedUntilStarted() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        await bench.Open(OnYarn).ApplyAsync(null, null, ct);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
        var job = FleetBench.Jobs[2];

        var stopped = await bench.Open(OnYarn).StopAsync(job, "ann", "night", null, ct);
        Assert.True(stopped.Exit == FleetExit.Ok, FleetJson.Write(stopped));
        var applied = await bench.Open(OnYarn).ApplyAsync(null, null, ct);

        Assert.Equal(FleetExit.LeftAlone, applied.Exit);
        Assert.Contains("on purpose", applied.Jobs.Single(j => j.Job == job).Reason, StringComparison.Ordinal);
        Assert.Equal("0 copies", bench.Places()[2]);
        Assert.Equal("Stopped", (await bench.Open(OnYarn).StatusAsync(ct)).Jobs.Single(j => j.Job == job).State);

        var started = await bench.Open(OnYarn).StartAsync(job, "ann", null, null, ct);
        Assert.True(started.Exit == FleetExit.Ok, FleetJson.Write(started));
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
        Assert.Equal(AllYarn, bench.Places());
        Assert.True(bench.Fleet.Account(job) is { Lost: 0, Duplicated: 0, StartsFromNothing: 0 });
    });

    [Fact]
    public Task Adopt_StartedByTheStockClient_IsMovedAndCanComeBack() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        await bench.Open(OnYarn).ApplyAsync(new ApplyOptions { Limit = 5 }, null, ct);
        var stranger = bench.Fleet.StartByHand("yarn-east", Texts.Document(OnYarn).SpecFor(FleetBench.Jobs[5], "yarn-east"));
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);

        var refused = (await bench.Open(OnYarn).ApplyAsync(null, null, ct)).Jobs.Single(static j => j.Job == FleetBench.Jobs[5]);
        Assert.Equal($"adopt: {{yarn-east: {stranger.Id}}}", refused.AdoptLine);
        Assert.Equal(stranger.Id, Assert.Single((await bench.Open(OnYarn).DiscoverAsync(ct)).Jobs).Application);

        var adopted = FleetBench.Text(static i => i == 5 ? "k8s-east" : "yarn-east", i => i == 5 ? $"    {refused.AdoptLine}\n" : Fresh);
        var moved = await bench.Open(adopted).ApplyAsync(null, null, ct);
        Assert.True(moved.Exit == FleetExit.Ok, FleetJson.Write(moved));
        Assert.Equal("k8s-east", bench.Places()[5]);

        var back = await bench.Open(adopted).RollBackAsync(new RollbackJobs(Job: FleetBench.Jobs[5]), "ann", null, preview: false, ct);
        Assert.True(back.Exit == FleetExit.Ok, FleetJson.Write(back));
        Assert.Equal(AllYarn, bench.Places());
        Assert.True(bench.Fleet.Account(FleetBench.Jobs[5]) is { Lost: 0, Duplicated: 0, StartsFromNothing: 0 });
    });

    [Fact]
    public Task Hold_NothingMoves_UntilReleased() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        await bench.Open(OnYarn).ApplyAsync(new ApplyOptions { Job = FleetBench.Jobs[0] }, null, ct);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
        var one = new ApplyOptions { Job = FleetBench.Jobs[0] };

        await bench.Open(OnKubernetes).HoldAsync(FleetBench.Jobs[0], "ann", "looking", ct);
        Assert.Equal(FleetExit.LeftAlone, (await bench.Open(OnKubernetes).ApplyAsync(one, null, ct)).Exit);
        Assert.Equal("yarn-east", bench.Places()[0]);

        await bench.Open(OnKubernetes).ReleaseAsync(FleetBench.Jobs[0], "ann", null, ct);
        Assert.Equal(FleetExit.Ok, (await bench.Open(OnKubernetes).ApplyAsync(one, null, ct)).Exit);
        Assert.Equal("k8s-east", bench.Places()[0]);
        var explained = await bench.Open(OnKubernetes).ExplainAsync(FleetBench.Jobs[0], ct);
        Assert.Equal("move, start", string.Join(", ", explained.Runs.Select(static r => r.Kind)));
        Assert.Equal(2, explained.Marks.Length);
    });

    [Fact]
    public Task Prune_JobsThatTheDocumentDoesNotName_AreStoppedOnlyWhenAsked() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        await bench.Open(OnYarn).ApplyAsync(null, null, ct);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
        var fewer = FleetBench.Text(static _ => "yarn-east", static _ => Fresh, [0, 1, 2, 3, 4]);

        Assert.Equal(FleetExit.LeftAlone, (await bench.Open(fewer).ApplyAsync(null, null, ct)).Exit);
        Assert.Equal(AllYarn, bench.Places());
    });

    [Fact]
    public Task Doctor_OfAHealthyFleet_FindsNothingBad() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        var diagnosis = await bench.Open(OnYarn).DoctorAsync(ct);

        Assert.True(diagnosis.Exit == FleetExit.Ok, FleetJson.Write(diagnosis));
        using var json = JsonDocument.Parse(FleetJson.Write(diagnosis));
        Assert.Equal(diagnosis.Checks.Length, json.RootElement.GetProperty("checks").GetArrayLength());
    });

    /// <summary>A process that dies at a record is followed by another one that applies again: the same place in the end, and no record lost or doubled.</summary>
    /// <summary>What died a moment ago still has its leases: of one job, and of the campaign.</summary>
    [Theory]
    [InlineData(true, "team0/job0")]
    [InlineData(false, "campaigns/fleet")]
    public Task Apply_AMomentAfterAProcessDied_WaitsForItsLease(bool isAlone, string held) => new FleetBench().RunAsync(async (bench, ct) =>
    {
        await bench.Open(OnYarn).ApplyAsync(null, null, ct);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        Assert.NotNull(await bench.Journal.TryAcquireAsync(JobKey.Parse(held), "who died", TimeSpan.FromSeconds(15), ct));

        var moved = await bench.Open(OnKubernetes).ApplyAsync(isAlone ? new ApplyOptions { Job = FleetBench.Jobs[0] } : null, null, ct);

        Assert.True(moved.Exit == FleetExit.Ok, FleetJson.Write(moved));
        Assert.Equal("k8s-east", bench.Places()[0]);
    });

    /// <summary>Who lives renews its lease: that one is not waited for without end.</summary>
    [Fact]
    public Task Apply_WhileAnotherProcessIsAtIt_SaysSo() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        await bench.Open(OnYarn).ApplyAsync(null, null, ct);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
        Assert.NotNull(await bench.Journal.TryAcquireAsync(FleetBench.Jobs[0], "who lives", TimeSpan.FromHours(1), ct));

        var moved = await bench.Open(OnKubernetes).ApplyAsync(new ApplyOptions { Job = FleetBench.Jobs[0] }, null, ct);

        Assert.Equal(FleetExit.LeftAlone, moved.Exit);
        Assert.Contains("Another process is changing team0/job0", Assert.Single(moved.Jobs).Reason, StringComparison.Ordinal);
        Assert.Equal("yarn-east", bench.Places()[0]);
    });

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(31)]
    [InlineData(58)]
    [InlineData(90)]
    [InlineData(131)]
    [InlineData(45)]
    [InlineData(110)]
    public Task Apply_KilledAtARecord_ThenAppliedAgain_EndsInTheSamePlace(int record) => new FleetBench(record).RunAsync(async (bench, ct) =>
    {
        await bench.Open(OnYarn).ApplyAsync(null, null, ct);
        await bench.Fleet.RunAsync(TimeSpan.FromMinutes(1), ct);
        var dying = new MortalJournal(bench.Journal, record);
        using var process = CancellationTokenSource.CreateLinkedTokenSource(ct);
        dying.Dies = process.Cancel;

        try
        {
            await bench.Open(OnKubernetes, dying).ApplyAsync(null, null, process.Token);
        }
        catch (Exception exception) when (exception is JournalException or OperationCanceledException)
        {
            ct.ThrowIfCancellationRequested();
        }
        Assert.True(dying.IsDead, "It ended before.");

        var again = await bench.Open(OnKubernetes).ApplyAsync(null, null, ct);
        Assert.True(again.Exit == FleetExit.Ok, FleetJson.Write(again));
        Assert.Equal(AllKubernetes, bench.Places());
        Assert.All(FleetBench.Jobs, j => Assert.True(bench.Fleet.Account(j) is { Lost: 0, Duplicated: 0, StartsFromNothing: 0 }, $"{j}: {bench.Fleet.Account(j)}"));
    });

    private static async Task ChangesNothingAsync(FleetBench bench, string text, FleetExit exit, CancellationToken ct)
    {
        var before = (Places: bench.Places(), Records: (await bench.Journal.ListAsync(default, ct)).Sum(static h => h.Sequence));

        var applied = await bench.Open(text).ApplyAsync(null, null, ct);

        Assert.True(applied.Exit == exit, FleetJson.Write(applied));
        Assert.Equal(before.Places, bench.Places());
        Assert.Equal(before.Records, (await bench.Journal.ListAsync(default, ct)).Sum(static h => h.Sequence));
    }

    /// <summary>How many jobs were on their way at once.</summary>
    private sealed class Told : IProgress<FleetProgress>
    {
        private readonly HashSet<JobKey> _underway = [];

        public int MostAtOnce { get; private set; }

        public void Report(FleetProgress value)
        {
            if (value.State == "Running")
            {
                _underway.Remove(value.Job);
                return;
            }
            _underway.Add(value.Job);
            MostAtOnce = Math.Max(MostAtOnce, _underway.Count);
        }
    }
}
