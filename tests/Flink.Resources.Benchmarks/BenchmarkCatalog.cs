namespace Flink.Resources.Benchmarks;

internal static class BenchmarkCatalog
{
    public static IReadOnlyDictionary<string, Func<string[], Task<int>>> All { get; } =
        new SortedDictionary<string, Func<string[], Task<int>>>(StringComparer.Ordinal)
        {
            ["preemption"] = PreemptionBenchmark.RunAsync,
            ["autoscaler"] = AutoscalerBenchmark.RunAsync,
            ["health"] = HealthBenchmark.RunAsync,
            ["journal"] = JournalBenchmark.RunAsync,
            ["simulation"] = SimulationBenchmark.RunAsync,
            ["submit-k8s"] = SubmitBenchmark.KubernetesAsync,
            ["submit-yarn"] = SubmitBenchmark.YarnAsync,
        };
}
