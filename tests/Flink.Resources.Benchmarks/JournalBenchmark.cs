using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Flink.Resources.Migration;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Benchmarks;

/// <summary>
/// A controller that starts again: all heads are listed, every run is read from SQLite, parsed and folded. Each run is a move with a pause
/// and a rollback, its records those that the machine writes.
/// </summary>
internal static class JournalBenchmark
{
    private const int Runs = 10_000;
    private const int Rounds = 5;
    private const double Goal = 10;

    public static async Task<int> RunAsync(string[] args)
    {
        var directory = Directory.CreateTempSubdirectory("flink-resources-journal-").FullName;
        try
        {
            var file = Path.Combine(directory, "fleet.db");
            var records = await FillAsync(file).ConfigureAwait(false);
            var bytes = Directory.GetFiles(directory).Sum(static f => new FileInfo(f).Length);
            var times = new List<double>();
            var listMs = 0.0;
            var kib = 0.0;
            for (var round = 0; round < Rounds; round++)
            {
                // Opened anew each time, as by a new process.
                await using var provider = Open(file);
                GC.Collect();
                var allocated = GC.GetTotalAllocatedBytes(precise: true);
                var clock = Stopwatch.GetTimestamp();
                listMs = await ReplayAsync(provider).ConfigureAwait(false);
                times.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
                kib = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / 1024.0 / Runs;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times[^1]:F2} s, {records / times[^1]:F0} records/s, heads in {listMs:F0} ms, {kib:F0} KiB allocated per run"));
            }
            times.Sort();
            var process = Process.GetCurrentProcess();
            Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["benchmark"] = "journal",
                ["unit"] = "s",
                ["ours"] = new Dictionary<string, double>(StringComparer.Ordinal) { ["min"] = times[0], ["median"] = times[Rounds / 2], ["max"] = times[^1] },
                ["goal"] = Goal,
                ["runs"] = Runs,
                ["records"] = records,
                ["fileMiB"] = bytes >> 20,
                ["listMs"] = listMs,
                ["kibPerRun"] = kib,
                ["rssMiB"] = process.PeakWorkingSet64 >> 20,
            }));
            return times[Rounds / 2] <= Goal ? 0 : 1;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static ServiceProvider Open(string file)
    {
        var services = new ServiceCollection();
        services.AddFlinkResources().AddSqliteJournal(file);
        return services.BuildServiceProvider();
    }

    private static async Task<double> ReplayAsync(ServiceProvider provider)
    {
        var migrations = provider.GetRequiredService<IMigrations>();
        var clock = Stopwatch.GetTimestamp();
        var heads = await provider.GetRequiredService<IJournal>().ListAsync(default).ConfigureAwait(false);
        var listMs = Stopwatch.GetElapsedTime(clock).TotalMilliseconds;
        if (heads.Length != Runs)
        {
            throw new InvalidOperationException($"{heads.Length} runs are listed.");
        }
        foreach (var head in heads)
        {
            var run = await migrations.FindAsync(head.Run).ConfigureAwait(false);
            if (run?.State != MigrationState.RolledBack || run.Request.Job != head.Job)
            {
                throw new InvalidOperationException($"{head.Run} is {run?.State}.");
            }
        }
        return listMs;
    }

    private static async Task<long> FillAsync(string file)
    {
        await using var provider = Open(file);
        var journal = provider.GetRequiredService<IJournal>();
        var clock = Stopwatch.GetTimestamp();
        var count = 0L;
        for (var i = 0; i < Runs; i++)
        {
            var records = new Recorder(i).Record();
            count += records.Length;
            await journal.ImportAsync(records).ConfigureAwait(false);
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Runs} runs with {(double)count / Runs:F1} records each written in {Stopwatch.GetElapsedTime(clock).TotalSeconds:F0} s, each run durable before the next"));
        return count;
    }

    /// <summary>Writes down one run as its runner would.</summary>
    private sealed class Recorder
    {
        private readonly ImmutableArray<JournalRecord>.Builder _records = ImmutableArray.CreateBuilder<JournalRecord>();
        private DateTimeOffset _now = MigrationCases.Noon;
        private MigrationRun _run;

        public Recorder(int number)
        {
            var job = JobKey.Parse(string.Create(CultureInfo.InvariantCulture, $"team-{number % 50}/job-{number}"));
            var spec = MigrationCases.Spec with
            {
                Job = job,
                Configuration = MigrationCases.Spec.Configuration.SetItems(Enumerable.Range(0, 40).Select(static k => KeyValuePair.Create(
                    string.Create(CultureInfo.InvariantCulture, $"pipeline.option-{k}"), string.Create(CultureInfo.InvariantCulture, $"value {k} of this job")))),
            };
            var request = MigrationCases.Request() with { Job = job, SourceSpec = spec, TargetSpec = spec };
            _run = MigrationMachine.Create(string.Create(CultureInfo.InvariantCulture, $"r-20260301120000-{number}"), request, _now);
            Add(_run, JournalRecordKind.Created, JsonSerializer.Serialize(request, MigrationJson.Default.MoveRequest));
        }

        public ImmutableArray<JournalRecord> Record()
        {
            Ask(MigrationRequest.Pause);
            Carry();
            Ask(MigrationRequest.Resume);
            while (_run.State != MigrationState.Soaking)
            {
                Perform();
            }
            Ask(MigrationRequest.RollBack);
            Carry();
            return _records.ToImmutable();
        }

        private void Carry()
        {
            while (_run is { IsFinal: false, WaitsForPerson: false })
            {
                Perform();
            }
        }

        private void Ask(MigrationRequest request)
        {
            var asked = new RequestMade(request, "operator@example.com", "for the benchmark") { At = _now };
            _run = MigrationMachine.Step(_run, asked);
            Add(_run, JournalRecordKind.Request, JsonSerializer.Serialize<JobEvent>(asked, MigrationJson.Default.JobEvent));
        }

        private void Perform()
        {
            var effect = _run.Pending ?? throw new InvalidOperationException($"Nothing to do in {_run.State}.");
            _now = (_run.NotBefore > _now ? _run.NotBefore.Value : _now).AddMilliseconds(10);
            if (effect.ChangesTheWorld)
            {
                Add(_run, JournalRecordKind.Intent, JsonSerializer.Serialize(effect, MigrationJson.Default.JobEffect), effect);
            }
            var happened = MigrationCases.Answer(_run, effect, _now);
            var next = MigrationMachine.Step(_run, happened);
            var isNews = effect.ChangesTheWorld || !next.IsSameAs(_run);
            _run = next;
            if (isNews)
            {
                Add(next, JournalRecordKind.Outcome, JsonSerializer.Serialize(happened, MigrationJson.Default.JobEvent));
            }
        }

        private void Add(MigrationRun run, JournalRecordKind kind, string payload, JobEffect? effect = null) => _records.Add(new JournalRecord
        {
            Run = run.Id,
            Job = run.Request.Job,
            Sequence = _records.Count + 1,
            Kind = kind,
            Machine = Migrations.Machine,
            State = run.State.ToString(),
            IsFinal = run.IsFinal,
            Epoch = run.Epoch,
            Of = kind == JournalRecordKind.Outcome && _records[^1].Kind == JournalRecordKind.Intent ? _records.Count : null,
            Operation = effect?.GetType().Name,
            Key = effect?.Key,
            Payload = payload,
            At = _now,
            By = "controller@host/1/00000000",
        });
    }
}
