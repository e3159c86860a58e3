using System.Collections.Immutable;
using Flink.Resources.Health;

namespace Flink.Resources.Integration;

/// <summary>A job that has enough processor time on YARN and too little on Kubernetes.</summary>
public sealed class FallingBehindTests
{
    private static readonly ImmutableSortedDictionary<string, SinkClass> Sinks = ImmutableSortedDictionary<string, SinkClass>.Empty.Add("verify", SinkClass.Transactional);
    private static readonly string[] Named = ["lag", "thru"];

    private static CancellationToken Cancellation => MoveFlow.Cancellation;

    // A target that catches up after all would be watched for as long as the soak.
    [Fact(Timeout = 20 * 60_000)]
    public async Task Move_TheTargetFallsBehind_IsHeldOrComesBackAsAsked()
    {
        await Task.WhenAll(MoveAsync("behind-held", OnUnhealthy.Hold), MoveAsync("behind-back", OnUnhealthy.RollBack))
            .WaitAsync(TestContext.Current.CancellationToken);
    }

    private static async Task MoveAsync(string name, OnUnhealthy onUnhealthy)
    {
        await using var flow = new MoveFlow(name);
        var (source, target) = (TestJobs.KeyedCounter(TestJobs.OnYarn(flow.Job), rate: 400), Slowed(TestJobs.KeyedCounter(TestJobs.OnKubernetes(flow.Job), rate: 400)));
        var start = new Flow(flow.Yarn);
        var prepared = await start.StartAsync(source, 1);
        await start.RunningAsync(prepared);
        await using var sampler = new CopySampler(flow.Catalog, flow.Job);
        var seen = new List<MigrationRun>();
        var request = flow.Request(prepared.Application, toKubernetes: true, r => r with
        {
            SourceSpec = source,
            TargetSpec = target,
            Options = new MoveOptions
            {
                Baseline = TimeSpan.FromMinutes(1),
                Soak = TimeSpan.FromHours(1),
                // So little CPU makes its JVMs start for minutes: they are up before the stop, so that all of its delay comes from its work.
                Standby = StandbyLevel.Cluster,
                LagSlo = TimeSpan.FromSeconds(75),
                OnUnhealthy = onUnhealthy,
                Health = Quick,
                Sinks = Sinks,
            },
        });

        var run = await MoveFlow.MoveAsync(flow.Migrations, request, seen.Add);

        if (onUnhealthy == OnUnhealthy.Hold)
        {
            // It stays where it is, and runs on, until a person decides.
            Assert.Equal((MigrationState.Soaking, true), (run.State, run.IsHeld));
            AssertBehind(run);
            await flow.Migrations.RequestAsync(run.Id, MigrationRequest.RollBack, "the test", cancellationToken: Cancellation);
            run = await flow.Migrations.RunAsync(run.Id, null, Cancellation);
        }
        Assert.Equal(MigrationState.RolledBack, run.State);
        AssertBehind(seen.Last(static r => r.State == MigrationState.Soaking));
        await flow.VerifyAsync();
    }

    private static void AssertBehind(MigrationRun run)
    {
        Assert.True(run.Score < 6, $"{run.Score}: {run.LostPoints}");
        Assert.Equal(HealthVerdict.Unhealthy, run.Verdict);
        Assert.All(Named, n => Assert.Contains(run.Losses, l => l.Item == n));
        Assert.All(Named, n => Assert.Contains($"{n} -", run.LostPoints, StringComparison.Ordinal));
    }

    /// <summary>Work for six tenths of a core, and half of that to do it.</summary>
    private static ApplicationSpec Slowed(ApplicationSpec spec) => spec with
    {
        Arguments = spec.Arguments.AddRange("--workMicros", "1500"),
        TaskManager = spec.TaskManager with { CpuMillicores = 300 },
        Configuration = spec.Configuration.SetItem("kubernetes.taskmanager.cpu.limit-factor", "1"),
    };

    /// <summary>Minutes instead of half hours: each number is one that a user may set.</summary>
    private static HealthOptions Quick => new()
    {
        Streaming = [.. HealthItems.Streaming.Select(static i => i with { Window = TimeSpan.FromMinutes(1) })],
        Scoring = new HealthScoringOptions { EvaluationPeriod = TimeSpan.FromSeconds(5), StaleAfterPeriods = 6 },
        Measuring = new HealthMeasuringOptions { CaughtUpFor = TimeSpan.FromSeconds(10) },
        Verdicts = new HealthVerdictOptions { UnhealthyFor = TimeSpan.FromSeconds(200), RollBackAfter = TimeSpan.FromSeconds(30) },
    };
}
