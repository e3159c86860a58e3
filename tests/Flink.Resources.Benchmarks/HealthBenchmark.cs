using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Health;
using Metrics = Flink.Resources.Health.HealthMetrics;

namespace Flink.Resources.Benchmarks;

/// <summary>
/// One round over a fleet of 20,000 jobs on one core: from 13 series of dated samples to readings, open gates, score and verdict. The peer is the same
/// arithmetic written plainly, with LINQ over the samples and a dictionary of grades.
/// </summary>
internal static class HealthBenchmark
{
    private const int Jobs = 20_000;
    private const int DistinctJobs = 500;
    private const int Rounds = 7;
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public static Task<int> RunAsync(string[] arguments)
    {
        _ = arguments;
        var jobs = Enumerable.Range(0, DistinctJobs).Select(Job).ToArray();
        var (scorer, verdicts) = (new HealthScorer(new()), new HealthVerdictPolicy(new()));
        foreach (var job in jobs)
        {
            var (ours, plain) = (scorer.Evaluate(job).Score!.Value, PlainScore(job));
            if (Math.Abs(ours - plain) > 1e-9)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{ours} is not the peer's {plain}"));
            }
        }

        var (times, peers) = (new List<double>(), new List<double>());
        long allocated = 0;
        double sum = 0;
        // One round each in turn, so that whatever else this machine does disturbs both alike; the first warms up.
        for (var round = 0; round <= Rounds; round++)
        {
            var states = Enumerable.Repeat(HealthVerdictState.Initial, Jobs).ToArray();
            allocated = GC.GetAllocatedBytesForCurrentThread();
            var ours = Cpu(() =>
            {
                for (var i = 0; i < Jobs; i++)
                {
                    var evaluation = scorer.Evaluate(jobs[i % DistinctJobs]);
                    (states[i], _) = verdicts.Step(states[i], evaluation);
                    sum += evaluation.Score ?? 0;
                }
            });
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            var peer = Cpu(() =>
            {
                for (var i = 0; i < Jobs; i++)
                {
                    sum += PlainScore(jobs[i % DistinctJobs]);
                }
            });
            if (round > 0)
            {
                times.Add(ours);
                peers.Add(peer);
            }
        }
        times.Sort();
        peers.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Jobs} evaluations of {DistinctJobs} different jobs with their verdicts: {times[Rounds / 2]:0.000} s of CPU; plainly {peers[Rounds / 2]:0.000} s; mean score {sum / Jobs / 2 / (Rounds + 1):0.00}"));
        Console.WriteLine(new JsonObject
        {
            ["benchmark"] = "health",
            ["unit"] = "s",
            ["ours"] = new JsonObject { ["min"] = Round(times[0]), ["median"] = Round(times[Rounds / 2]), ["max"] = Round(times[^1]) },
            ["peer"] = new JsonObject { ["name"] = "LINQ", ["min"] = Round(peers[0]), ["median"] = Round(peers[Rounds / 2]), ["max"] = Round(peers[^1]) },
            ["ratio"] = Round(peers[Rounds / 2] / times[Rounds / 2]),
            ["evaluations"] = Jobs,
            ["allocatedBytesPerEvaluation"] = allocated / Jobs,
            ["rssMiB"] = Process.GetCurrentProcess().WorkingSet64 >> 20,
        }.ToJsonString());
        return Task.FromResult(0);
    }

    private static double Round(double value) => Math.Round(value, 4);

    private static double Cpu(Action action)
    {
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        action();
        process.Refresh();
        return (process.TotalProcessorTime - before).TotalSeconds;
    }

    /// <summary>An hour of samples each 30 s, a little different for every seed: some lag, some restart.</summary>
    private static HealthFacts Job(int seed)
    {
        var random = new Random(seed);
        var series = ImmutableDictionary.CreateBuilder<string, HealthSeries>(StringComparer.Ordinal);
        Add(Metrics.Running, 1, 1);
        Add(Metrics.Backpressure, 0, seed % 5 == 0 ? 0.6 : 0.1);
        Add(Metrics.Lag, 0, seed % 7 == 0 ? 200 : 20);
        Add(Metrics.Consumed, 850, 1000);
        Add(Metrics.Produced, 900, 1000);
        Add(Metrics.CpuCores, 3, 5);
        Add(Metrics.MemoryBytes, 7e9, 9e9);
        Add(Metrics.GarbageCollection, 0, 0.1);
        Add(Metrics.Errors, 0, 4);
        Add(Metrics.CheckpointCompleted, 10, 40);
        Events(Metrics.CheckpointFailed, seed % 3);
        Events(Metrics.Restart, seed % 4);
        Events(Metrics.Loss, seed % 2);
        return new()
        {
            Now = Now,
            StartedAt = Now.AddDays(-1),
            CaughtUpAt = Now.AddDays(-1),
            CheckpointInterval = TimeSpan.FromSeconds(30),
            Workers = 8,
            Series = series.ToImmutable(),
            Baseline = new(
                new Dictionary<BaselineBucket, BaselineStatistic>(),
                new[] { (Metrics.CheckpointCompleted, 20d), (Metrics.Backpressure, 0.05), (Metrics.Lag, 20), (Metrics.Consumed, 950), (Metrics.CpuCores, 4), (Metrics.MemoryBytes, 8e9), (Metrics.Errors, 2) }
                    .ToDictionary(static b => b.Item1, static b => new BaselineStatistic(240, b.Item2, b.Item2, b.Item2, b.Item2), StringComparer.Ordinal)),
        };

        void Add(string metric, double least, double most) =>
            series[metric] = new(Now, [.. Enumerable.Range(0, 120).Select(i => new HealthSample(Now.AddSeconds(30 * (i - 119)), least + ((most - least) * random.NextDouble())))]);

        void Events(string metric, int count) =>
            series[metric] = new(Now, [.. Enumerable.Range(0, count).Select(i => new HealthSample(Now.AddSeconds((30 * (i - count)) - 1), 1))]);
    }

    private static double PlainScore(HealthFacts facts)
    {
        double[] In(string metric, double minutes) => [.. facts.Series[metric].Samples.Where(s => s.At > facts.Now.AddMinutes(-minutes)).Select(static s => s.Value)];
        double Usual(string metric) => facts.Baseline.BeforeStop[metric].Median;
        var (completed, failed) = (In(Metrics.CheckpointCompleted, 10).Length, In(Metrics.CheckpointFailed, 10).Length);
        var values = new Dictionary<string, double>(StringComparer.Ordinal)
        {
            ["avail"] = In(Metrics.Running, 10).Average(),
            ["ckptOk"] = (double)completed / (completed + failed),
            ["ckptDur"] = Math.Max(Quantile(In(Metrics.CheckpointCompleted, 10), 0.9), 10) / Math.Max(Usual(Metrics.CheckpointCompleted), 10),
            ["restarts"] = In(Metrics.Restart, 60).Length,
            ["backp"] = Quantile(In(Metrics.Backpressure, 10), 0.9) - Usual(Metrics.Backpressure),
            ["lag"] = Quantile(In(Metrics.Lag, 10), 0.5) / Math.Max(30, 1.5 * Usual(Metrics.Lag)),
            ["thru"] = In(Metrics.Consumed, 10).Average() / In(Metrics.Produced, 10).Average(),
            ["res"] = Math.Max(
                In(Metrics.CpuCores, 30).Average() / In(Metrics.Consumed, 30).Average() / (Usual(Metrics.CpuCores) / Usual(Metrics.Consumed)),
                In(Metrics.MemoryBytes, 30).Average() / Usual(Metrics.MemoryBytes)),
            ["gc"] = In(Metrics.GarbageCollection, 10).Average(),
            ["churn"] = In(Metrics.Loss, 60).Length * 10.0 / facts.Workers!.Value,
            ["err"] = In(Metrics.Errors, 10).Average() / Math.Max(Usual(Metrics.Errors), 1),
        };
        var grades = HealthItems.Streaming.ToDictionary(static i => i.Key, i => Math.Clamp((values[i.Key] - i.Bad) / (i.Good - i.Bad), 0, 1), StringComparer.Ordinal);
        var score = 10 * HealthItems.Streaming.Sum(i => i.Weight * grades[i.Key]) / HealthItems.Streaming.Sum(static i => i.Weight);
        var worst = HealthItems.Streaming.Where(static i => i.LimitsScore).Min(i => grades[i.Key]);
        return Math.Min(score, worst <= 0 ? 5.9 : worst < 0.5 ? 7.9 : 10);
    }

    private static double Quantile(double[] values, double quantile)
    {
        double[] sorted = [.. values.Order()];
        var position = quantile * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((position - below) * (sorted[below + 1] - sorted[below]));
    }
}
