using Flink.Resources.Benchmarks;

// One benchmark by name; the last line of output is one JSON object.
if (args is not [var name, .. var rest] || !BenchmarkCatalog.All.TryGetValue(name, out var benchmark))
{
    await Console.Error.WriteLineAsync($"usage: Flink.Resources.Benchmarks -- NAME; known: {string.Join(", ", BenchmarkCatalog.All.Keys)}").ConfigureAwait(false);
    return 2;
}
return await benchmark(rest).ConfigureAwait(false);
