using System.Collections.Immutable;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

internal sealed partial class FlinkRestCluster
{
    public async Task<ImmutableSortedDictionary<string, double>> GetMetricsAsync(
        MetricScope scope, ImmutableArray<string> names, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (scope is MetricScope.TaskManagers)
        {
            throw new ArgumentException("Metrics of all TaskManagers come aggregated only.", nameof(scope));
        }
        var path = MetricMapping.Path(scope);
        var values = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var part in MetricMapping.Parts(names))
        {
            values.AddRange(await client.GetAsync(
                $"{path}?get={MetricMapping.Join(part)}", RestJson.Default.ListMetricWire, MetricMapping.Values, cancellationToken)
                .ConfigureAwait(false));
        }
        return values.ToImmutable();
    }

    public async Task<ImmutableSortedDictionary<string, AggregatedMetric>> GetAggregatedMetricsAsync(
        MetricScope scope, ImmutableArray<string> names, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        var path = MetricMapping.AggregatePath(scope);
        var values = ImmutableSortedDictionary.CreateBuilder<string, AggregatedMetric>(StringComparer.Ordinal);
        if (MetricMapping.Parts(names) is { IsEmpty: false })
        {
            // One name without a value empties the whole answer: ask only for names that are there.
            var known = await ListAsync(path, cancellationToken).ConfigureAwait(false);
            foreach (var part in MetricMapping.Parts([.. names.Intersect(known, StringComparer.Ordinal)]))
            {
                await AddAsync(values, path, part, cancellationToken).ConfigureAwait(false);
            }
        }
        return values.ToImmutable();
    }

    public Task<ImmutableArray<string>> ListMetricsAsync(MetricScope scope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return ListAsync(MetricMapping.Path(scope), cancellationToken);
    }

    /// <summary>When a name lost its value meanwhile, halves are asked for until only that one is missing.</summary>
    private async Task AddAsync(
        ImmutableSortedDictionary<string, AggregatedMetric>.Builder values,
        string path,
        ImmutableArray<string> names,
        CancellationToken cancellationToken)
    {
        var wire = await client.GetAsync(
            $"{path}?get={MetricMapping.Join(names)}&agg=min,max,avg,sum",
            RestJson.Default.ListMetricWire,
            static w => w,
            cancellationToken).ConfigureAwait(false);
        values.AddRange(MetricMapping.Aggregates(wire));
        if (wire.Count == 0 && names.Length > 1)
        {
            await AddAsync(values, path, names[..(names.Length / 2)], cancellationToken).ConfigureAwait(false);
            await AddAsync(values, path, names[(names.Length / 2)..], cancellationToken).ConfigureAwait(false);
        }
    }

    private Task<ImmutableArray<string>> ListAsync(string path, CancellationToken cancellationToken) =>
        client.GetAsync(path, RestJson.Default.ListMetricWire, MetricMapping.Names, cancellationToken);
}
