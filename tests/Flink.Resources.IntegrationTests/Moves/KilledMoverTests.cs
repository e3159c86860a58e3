using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Integration;

/// <summary>
/// One real move whose program is killed with SIGKILL after each record of a side effect, and started again: this program, run once more
/// for each life, with nothing in common but the journal's file and the clusters.
/// </summary>
public sealed class KilledMoverTests
{
    private const string Variable = "FLINK_RESOURCES_TESTS_MOVER";
    private const string Name = "killed";
    private const int Killed = 137;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Move_KilledAfterEachRecordOfASideEffect_EndsExactWithOneCopy()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } order)
        {
            var parts = order.Split('|');
            await LiveAndDieAsync(parts[0], parts[1]);
            return;
        }
        var file = Path.Combine(Directory.CreateTempSubdirectory("killed-mover-").FullName, "moves.db");
        var journal = JournalOf(file);
        await using var flow = new MoveFlow(Name, journal);
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        var run = await flow.Migrations.CreateAsync(flow.Request(source, toKubernetes: true), Cancellation);
        var deaths = 0;
        await using (new CopySampler(flow.Catalog, flow.Job))
        {
            while (await flow.Migrations.FindAsync(run, Cancellation) is { IsFinal: false } before)
            {
                Assert.False(before.State == MigrationState.Parked, before.Reason);
                Assert.True(deaths < 20, $"Twenty lives did not end the run: {before.State}.");
                deaths += await LifeAsync(file, run) ? 1 : 0;
            }
        }
        var end = await flow.Migrations.FindAsync(run, Cancellation);
        var records = await journal.ReadAsync(run, 0, Cancellation);

        Assert.Equal((MigrationState.Committed, LiveCopy.Target), (end!.State, end.Live));
        Assert.Equal(records.Count(IsOfASideEffect), deaths);
        Assert.True(deaths >= 8, $"{deaths} deaths.");
        await flow.VerifyAsync();
    }

    private static bool IsOfASideEffect(JournalRecord record) => record.Kind == JournalRecordKind.Intent || record.Of is not null;

    /// <summary>One life of the mover; true when it ended by its death.</summary>
    private static async Task<bool> LifeAsync(string file, string run)
    {
        var info = new ProcessStartInfo("dotnet", [typeof(KilledMoverTests).Assembly.Location, "-class", typeof(KilledMoverTests).FullName!])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        info.Environment[Variable] = $"{file}|{run}";
        info.Environment[Clusters.RunVariable] = Clusters.Run;
        using var process = Process.Start(info)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(Cancellation);
        return process.ExitCode == Killed;
    }

    private static async Task LiveAndDieAsync(string file, string run)
    {
        using var services = Backends.Both(Name, new MortalJournal(JournalOf(file)));
        var migrations = services.GetRequiredService<IMigrations>();
        while (true)
        {
            try
            {
                await migrations.RunAsync(run, null, Cancellation);
                return;
            }
            catch (InvalidOperationException)
            {
                // The lease of the one that died runs out first.
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, Cancellation);
            }
        }
    }

    private static IJournal JournalOf(string file)
    {
        var services = new ServiceCollection();
        services.AddFlinkResources().AddSqliteJournal(file);
        return services.BuildServiceProvider().GetRequiredService<IJournal>();
    }

    /// <summary>Kills its process once a record of a side effect is durable.</summary>
    private sealed class MortalJournal(IJournal inner) : IJournal
    {
        public async Task<AppendResult> AppendAsync(JournalRecord record, JobLease? lease, CancellationToken cancellationToken = default)
        {
            var result = await inner.AppendAsync(record, lease, cancellationToken);
            if (result == AppendResult.Appended && IsOfASideEffect(record))
            {
                Process.GetCurrentProcess().Kill();
            }
            return result;
        }

        public Task<ImmutableArray<JournalRecord>> ReadAsync(string run, long after, CancellationToken cancellationToken = default) => inner.ReadAsync(run, after, cancellationToken);

        public Task<ImmutableArray<RunHead>> ListAsync(RunQuery query, CancellationToken cancellationToken = default) => inner.ListAsync(query, cancellationToken);

        public Task<long> FindHighestEpochAsync(JobKey job, CancellationToken cancellationToken = default) => inner.FindHighestEpochAsync(job, cancellationToken);

        public Task<JobLease?> TryAcquireAsync(JobKey job, string owner, TimeSpan duration, CancellationToken cancellationToken = default) => inner.TryAcquireAsync(job, owner, duration, cancellationToken);

        public Task<bool> RenewAsync(JobLease lease, TimeSpan duration, CancellationToken cancellationToken = default) => inner.RenewAsync(lease, duration, cancellationToken);

        public Task ReleaseAsync(JobLease lease, CancellationToken cancellationToken = default) => inner.ReleaseAsync(lease, cancellationToken);

        public Task ImportAsync(ImmutableArray<JournalRecord> records, CancellationToken cancellationToken = default) => inner.ImportAsync(records, cancellationToken);
    }
}
