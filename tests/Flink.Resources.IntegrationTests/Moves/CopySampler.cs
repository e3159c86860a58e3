namespace Flink.Resources.Integration;

/// <summary>
/// Asks both clusters twice a second, apart from the one that moves, which applications of a job have a running Flink job: it never may
/// see two.
/// </summary>
internal sealed class CopySampler : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _sampling;
    private string? _twice;
    private int _looks;

    /// <param name="backends">Both clusters.</param>
    /// <param name="job">The job.</param>
    /// <param name="adopted">A copy that was started without a fence.</param>
    public CopySampler(IBackendCatalog backends, JobKey job, ApplicationHandle? adopted = null) => _sampling = SampleAsync(backends, job, adopted);

    /// <summary>Ends the sampling, and fails if two copies were ever seen at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sampling;
        _stop.Dispose();
        Assert.True(_twice is null, _twice);
        Assert.True(_looks > 5, $"Only {_looks} looks.");
    }

    private async Task SampleAsync(IBackendCatalog backends, JobKey job, ApplicationHandle? adopted)
    {
        while (!_stop.IsCancellationRequested)
        {
            var live = new List<string>();
            foreach (var backend in backends.Backends)
            {
                live.AddRange(await LiveAsync(backend, job, adopted?.Backend == backend.Info.Name ? adopted : null));
            }
            _looks++;
            if (live.Count > 1)
            {
                _twice = $"Two live copies at {TimeProvider.System.GetUtcNow():HH:mm:ss.fff}: {string.Join(", ", live)}";
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task<List<string>> LiveAsync(IResourceBackend backend, JobKey job, ApplicationHandle? adopted)
    {
        var live = new List<string>();
        try
        {
            Assert.True(backend.TryGetFeature<IFenceRegistry>(out var registry));
            var fences = (await registry.FindFencesAsync(job)).Match(static f => f, static _ => [], static _ => []);
            foreach (var application in fences.Select(static f => f.Application).Concat(adopted is null ? [] : [adopted]))
            {
                var cluster = (await backend.ConnectAsync(application)).Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
                if (cluster is not null && (await cluster.GetJobsAsync()).Any(static j => j.AllTasksRun))
                {
                    live.Add(application.ToString());
                }
            }
        }
        catch (ResourceBackendException)
        {
            // Who does not answer is asked again: this only counts what it sees.
        }
        return live;
    }
}
