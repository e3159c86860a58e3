namespace Flink.Resources.Fleet;

/// <summary>Which names a command takes: those of the document, and those that only the journal has.</summary>
public sealed class NameTests
{
    private const string Fresh = "    start: fresh\n";
    private static readonly JobKey Left = FleetBench.Jobs[2];
    private static readonly string All = FleetBench.Text(static _ => "yarn-east", static _ => Fresh);
    private static readonly string WithoutLeft = FleetBench.Text(static _ => "yarn-east", static _ => Fresh, [0, 1]);

    [Fact]
    public Task Unknown_TouchesNothing() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        var fleet = bench.Open(All);

        var job = await Assert.ThrowsAsync<UnknownNameException>(() => fleet.ApplyAsync(new ApplyOptions { Job = JobKey.Parse("team0/jobb0") }, null, ct));
        var queue = await Assert.ThrowsAsync<UnknownNameException>(() => fleet.ApplyAsync(new ApplyOptions { Queue = "root.q" }, null, ct));

        Assert.Equal(("job", "team0/jobb0"), (job.Kind, job.Name));
        Assert.Equal("job is 'team0/jobb0': neither the document nor the journal knows it. Did you mean 'team0/job0'?", job.Message);
        Assert.Equal(("queue", "root.q"), (queue.Kind, queue.Name));
        Assert.Empty(await bench.Journal.ListAsync(default, ct));
        Assert.All(bench.Places(), static p => Assert.Equal("0 copies", p));
    });

    /// <summary>A job that the document does not name any more still runs, in a queue that the document does not name either.</summary>
    [Fact]
    public Task OfTheJournalAlone_AreKnown() => new FleetBench().RunAsync(static async (bench, ct) =>
    {
        await bench.Open(All).ApplyAsync(new ApplyOptions { Job = Left }, null, ct);
        var fleet = bench.Open(WithoutLeft);

        Assert.Equal(Left, Assert.Single((await fleet.PlanAsync(new ApplyOptions { Job = Left, Prune = true }, ct)).Jobs).Job);
        Assert.Equal(Left, Assert.Single((await fleet.PlanAsync(new ApplyOptions { Queue = "root.q2", Prune = true }, ct)).Jobs).Job);
        Assert.Empty((await fleet.RollBackAsync(new RollbackJobs(Queue: "root.q2"), "ann", null, preview: true, ct)).Preview);
        Assert.Contains("what starts a job stands there", (await Assert.ThrowsAsync<UnknownNameException>(() => fleet.StartAsync(Left, "ann", null, null, ct))).Message, StringComparison.Ordinal);
    });
}
