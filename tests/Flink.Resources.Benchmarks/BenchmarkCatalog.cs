namespace Flink.Resources.Benchmarks;

internal static class BenchmarkCatalog
{
    public static IReadOnlyDictionary<string, Func<string[], Task<int>>> All { get; } =
        new SortedDictionary<string, Func<string[], Task<int>>>(StringComparer.Ordinal)
        {
            ["plan"] = PlanBenchmark.RunAsync,
            ["preemption"] = PreemptionBenchmark.RunAsync,
            ["autoscaler"] = AutoscalerBenchmark.RunAsync,
            ["downtime"] = static a => DowntimeBenchmark.RunAsync(a, StandbyLevel.Room),
            ["downtime-warm"] = static a => DowntimeBenchmark.RunAsync(a, StandbyLevel.Cluster),
            ["health"] = HealthBenchmark.RunAsync,
            ["journal"] = JournalBenchmark.RunAsync,
            ["simulate"] = SimulateBenchmark.RunAsync,
            ["simulation"] = SimulationBenchmark.RunAsync,
            ["submit-k8s"] = SubmitBenchmark.KubernetesAsync,
            ["submit-yarn"] = SubmitBenchmark.YarnAsync,
        };
}
