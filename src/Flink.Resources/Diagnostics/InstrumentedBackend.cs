using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Flink.Resources;

/// <summary>Measures and traces the calls of a backend; changes none. Ids go into traces only, never into metric tags.</summary>
internal sealed class InstrumentedBackend(IResourceBackend inner, BackendInstruments instruments, TimeProvider timeProvider)
    : IResourceBackend, IDisposable, IAsyncDisposable
{
    public BackendInfo Info => inner.Info;

    public bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
        where T : class => inner.TryGetFeature(out feature);

    public Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken = default) =>
        RunAsync("prepare", fence.ToString(), () => inner.PrepareAsync(fence, spec, cancellationToken), static o => o.GetType().Name);

    public Task<StartOutcome> StartAsync(
        PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default) =>
        RunAsync("start", application?.Application.Id, () => inner.StartAsync(application!, restore, cancellationToken), static o => o.GetType().Name);

    public Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken = default) =>
        RunAsync("find", fence.ToString(), () => inner.FindAsync(fence, cancellationToken), static l => l.Status.ToString());

    public Task<Lookup<ApplicationReport>> FindAsync(ApplicationHandle application, CancellationToken cancellationToken = default) =>
        RunAsync("find", application?.Id, () => inner.FindAsync(application!, cancellationToken), static l => l.Status.ToString());

    public Task<DeathProbe> ProbeDeathAsync(CopyRef copy, CancellationToken cancellationToken = default) =>
        RunAsync("probe-death", copy?.Application.Id, () => inner.ProbeDeathAsync(copy!, cancellationToken), static p => p.Verdict.ToString());

    public Task<RemoveOutcome> RemoveAsync(
        ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default) =>
        RunAsync("remove", application?.Id, () => inner.RemoveAsync(application!, metadata, cancellationToken), static o => o.GetType().Name);

    public Task ForgetAsync(Fence fence, CancellationToken cancellationToken = default) => RunAsync(
        "forget", fence.ToString(),
        async () =>
        {
            await inner.ForgetAsync(fence, cancellationToken).ConfigureAwait(false);
            return "Forgotten";
        },
        static o => o);

    public Task<Lookup<IFlinkCluster>> ConnectAsync(ApplicationHandle application, CancellationToken cancellationToken = default) =>
        RunAsync("connect", application?.Id, () => inner.ConnectAsync(application!, cancellationToken), static l => l.Status.ToString());

    public Task<BackendSnapshot> GetSnapshotAsync(TimeSpan maxAge, CancellationToken cancellationToken = default) =>
        RunAsync("snapshot", null, () => inner.GetSnapshotAsync(maxAge, cancellationToken), static s =>
            (s.Nodes.StaleBecause ?? s.Queues.StaleBecause ?? s.Applications.StaleBecause) is null ? "Fresh" : "Stale");

    public IAsyncEnumerable<BackendSnapshot> WatchAsync(CancellationToken cancellationToken = default) => inner.WatchAsync(cancellationToken);

    public void Dispose() => (inner as IDisposable)?.Dispose();

    public async ValueTask DisposeAsync()
    {
        if (inner is IAsyncDisposable asynchronous)
        {
            await asynchronous.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (inner as IDisposable)?.Dispose();
        }
    }

    private async Task<T> RunAsync<T>(string call, string? subject, Func<Task<T>> run, Func<T, string> outcomeOf)
    {
        using var activity = BackendInstruments.Activities.StartActivity($"backend {call}", ActivityKind.Client);
        activity?.SetTag("flink.resources.backend", inner.Info.Name).SetTag("flink.resources.subject", subject);
        var start = timeProvider.GetTimestamp();
        var outcome = "Canceled";
        try
        {
            var result = await run().ConfigureAwait(false);
            outcome = outcomeOf(result);
            return result;
        }
        catch (ResourceBackendException exception)
        {
            outcome = exception.Fault.ToString();
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            outcome = "Error";
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
        finally
        {
            activity?.SetTag("flink.resources.outcome", outcome);
            if (instruments.Duration.Enabled)
            {
                instruments.Duration.Record(
                    timeProvider.GetElapsedTime(start).TotalSeconds,
                    new TagList
                    {
                        { "flink.resources.backend", inner.Info.Name },
                        { "flink.resources.call", call },
                        { "flink.resources.outcome", outcome },
                    });
            }
        }
    }
}
