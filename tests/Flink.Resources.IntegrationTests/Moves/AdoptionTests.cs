using System.Collections.Immutable;
using System.Text.Json;
using Flink.Resources.Rollback;
using Flink.Resources.Translation;
using Flink.Resources.Yarn;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Integration;

/// <summary>A job that Flink's own client started, from a jar that is gone, moves and comes back like any other.</summary>
public sealed class AdoptionTests
{
    private const string SecretKey = "some.password";

    /// <summary>One that Flink does not know for a secret, and shows.</summary>
    private const string ShownSecretKey = "other.passwd";
    private const string Secret = "hunter2";

    [Fact]
    public async Task T32_MoveOfTheStockClientsJobWhoseFilesAreGone_RollsBackExactFromTheKeptBytes()
    {
        using var logs = new CollectedLogs();
        await using var flow = new MoveFlow("adopted", yarn: Supply, logs: logs);
        // A busy machine takes seconds for a checkpoint: two intervals of 2 s would be over before anybody looked.
        var spec = flow.OnYarn with { Configuration = flow.OnYarn.Configuration.SetItem("execution.checkpointing.interval", "10s") };
        var source = await StockClient.StartAsync(flow.Yarn, flow.Job.Value, spec, $"-D{SecretKey}={Secret}", $"-D{ShownSecretKey}={Secret}");
        await MoveFlow.FullAsync(await StockClient.RunningAsync(flow.Yarn, source));

        var refused = await flow.Adoption.PlanAsync(Adoption(flow, source) with { TargetJar = null, SuppliedKeys = [] }, MoveFlow.Cancellation);
        var planned = await flow.Adoption.PlanAsync(Adoption(flow, source), MoveFlow.Cancellation);
        var ready = planned as AdoptionOutcome.Ready;
        Assert.True(ready is not null, planned is AdoptionOutcome.Refused { Blockers: var blockers } ? string.Join('\n', blockers) : planned.ToString());

        await using var sampler = new CopySampler(flow.Catalog, flow.Job, source);
        // A backend that does not bring the secret could not start the job again: the job is left as it is.
        using var poor = Backends.Both("poor", new MemoryJournal(TimeProvider.System));
        var immovable = await MoveFlow.MoveAsync(poor.GetRequiredService<IMigrations>(), ready.Request);
        var untouched = await StockClient.RunningAsync(flow.Yarn, source);

        var run = await RollBackInSoakAsync(flow, ready.Request);
        TestContext.Current.TestOutputHelper?.WriteLine($"{run.Rollback}");

        Assert.Equal(MigrationState.Ineligible, immovable.State);
        Assert.Contains(SecretKey, immovable.Reason, StringComparison.Ordinal);
        Assert.Equal(source, untouched.Application);
        var blocked = Assert.IsType<AdoptionOutcome.Refused>(refused).Blockers;
        Assert.Contains(blocked, static b => b.Field == $"Source.Configuration[{SecretKey}]");
        Assert.Contains(blocked, static b => b.Field == $"Source.Configuration[{ShownSecretKey}]");
        Assert.Contains(blocked, static b => b.Field == "Target.Jar");
        Assert.Equal((MigrationState.RolledBack, LiveCopy.Source, RollbackChoice.CarryForward), (run.State, run.Live, run.Rollback!.Choice));
        Assert.EndsWith("/only-here.jar", run.Kept!.Jar.Uri, StringComparison.Ordinal);
        Assert.Empty(run.Kept.Files);
        await flow.VerifyAsync();
        await AssertNowhereAsync(flow, run.Id, logs, JsonSerializer.Serialize(ready.Report));
    }

    private static void Supply(YarnOptions options)
    {
        options.Profiles["1.20"].Configuration[SecretKey] = Secret;
        options.Profiles["1.20"].Configuration[ShownSecretKey] = Secret;
    }

    private static AdoptionRequest Adoption(MoveFlow flow, ApplicationHandle source) => new()
    {
        Job = flow.Job,
        Kind = JobKind.Streaming,
        Application = source,
        TargetBackend = "k8s-east",
        Target = new TargetProfile
        {
            Backend = BackendKind.Kubernetes,
            FlinkVersion = "1.20",
            JavaMajor = 17,
            Queues = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("root.nearline", "root.nearline"),
            // A small machine: many share it.
            CoresPerVcore = 0.1m,
            HighAvailability = "kubernetes",
            SuppliedKeys = [SecretKey, ShownSecretKey],
            Decisions = ImmutableSortedDictionary<string, KeyDecision>.Empty.WithComparers(StringComparer.Ordinal)
                .Add("yarn.provided.lib.dirs", new KeyDecision.Drop("the image brings Flink and its plugins")),
        },
        TargetJar = new ArtifactRef(Clusters.JarInImage),
        SnapshotDirectory = TestJobs.SnapshotDirectory,
        SuppliedKeys = [SecretKey, ShownSecretKey],
        Variables = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("LANG", "C.UTF-8").Add("TZ", "UTC"),
        DigestKey = "the-report-of-one-run"u8.ToArray(),
        Options = new MoveOptions { Soak = TimeSpan.FromMinutes(10), Baseline = TimeSpan.Zero },
    };

    private static async Task<MigrationRun> RollBackInSoakAsync(MoveFlow flow, MoveRequest request)
    {
        var id = await flow.Migrations.CreateAsync(request, MoveFlow.Cancellation);
        var running = flow.Migrations.RunAsync(id, null, MoveFlow.Cancellation);
        await Flow.PollAsync(async () => running.IsCompleted || (await flow.Migrations.FindAsync(id, MoveFlow.Cancellation))!.State == MigrationState.Soaking);
        Assert.False(running.IsCompleted, (await flow.Migrations.FindAsync(id, MoveFlow.Cancellation))!.ToString());
        await flow.VerifyAsync();
        Assert.Null(await flow.Migrations.RequestAsync(id, MigrationRequest.RollBack, "the test", "it wants the job back", MoveFlow.Cancellation));
        return await running;
    }

    /// <summary>The secret stands in no record, no log and no report.</summary>
    private static async Task AssertNowhereAsync(MoveFlow flow, string run, CollectedLogs logs, string report)
    {
        var records = await flow.Journal.ReadAsync(run, 0, MoveFlow.Cancellation);
        Assert.Contains(records, static r => r.Payload.Contains("only-here.jar", StringComparison.Ordinal));
        Assert.DoesNotContain(records, static r => r.Payload.Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(logs.Lines, static l => l.Contains(Secret, StringComparison.Ordinal));
        Assert.Contains(SecretKey, report, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, report, StringComparison.Ordinal);
    }
}
