using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Flink;
using Flink.Resources.Testing.Servers.Http;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>One lock around the objects and their controllers, and the way from requests to them.</summary>
internal sealed class ApiServer
{
    private readonly Lock _gate = new();
    private readonly FakeKubernetesOptions _options;
    private readonly ObjectStore _store;
    private readonly Kubelet _kubelet;
    private readonly Controllers _controllers;
    private readonly ApiVerbs _verbs;
    private (long Version, DateTimeOffset At) _reconciled;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ApiServer(FakeKubernetesOptions options, FakeJobs jobs)
    {
        _options = options;
        _store = new ObjectStore(options.TimeProvider);
        var deletion = new Deletion(_store, options.PodEndsAfter);
        _kubelet = new Kubelet(_store, deletion, jobs, options.TimeProvider);
        _controllers = new Controllers(_store, deletion, _kubelet);
        _verbs = new ApiVerbs(_store, deletion);
        Seed.Into(_store, options);
    }

    public Kubelet Kubelet => _kubelet;

    /// <summary>Uses the objects under the lock; controllers run before and after.</summary>
    public T Use<T>(Func<ObjectStore, ApiVerbs, T> use)
    {
        lock (_gate)
        {
            var before = _store.Version;
            Reconcile();
            var result = use(_store, _verbs);
            Reconcile();
            if (_store.Version != before)
            {
                _changed.SetResult();
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
            return result;
        }
    }

    /// <summary>Runs the controllers while nobody asks: watches hear of what time alone changes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(25), _options.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                Use(static (_, _) => 0);
            }
        }
        catch (OperationCanceledException)
        {
            // The server closes.
        }
    }

    public async Task HandleAsync(HttpContext context, CancellationToken closing)
    {
        var request = context.Request;
        if (ApiPath.Parse(request.Path.Value ?? "/") is not { } path)
        {
            await context.WriteAsync(404, "text/plain; charset=utf-8", "404 page not found\n").ConfigureAwait(false);
            return;
        }
        if (path is { Subresource: "proxy", Name: { } service } && path.Resource == ApiResource.Services)
        {
            await ProxyAsync(context, path, service.Split(':')[0]).ConfigureAwait(false);
            return;
        }
        if (HttpMethods.IsGet(request.Method) && path.Name is null && context.IsWatch())
        {
            await new Watch(this, _options, path, context).RunAsync(closing).ConfigureAwait(false);
            return;
        }
        var body = HttpMethods.IsGet(request.Method) ? null : await context.ReadJsonAsync().ConfigureAwait(false);
        var answer = Use((_, verbs) => Answer(verbs, context, path, body));
        await context.WriteAsync(answer.Status, Pages.Json, answer.Json.ToJsonString()).ConfigureAwait(false);
    }

    /// <summary>What a watch has to tell since a version, and what to wait for next.</summary>
    public (ImmutableArray<Change> Changes, long Version, long Compacted, Task Next) Since(long version) => Use((store, _) =>
        (store.Since(version).ToImmutableArray(), store.Version, store.Compacted, _changed.Task));

    /// <summary>Only when something changed, or enough time went by to change something.</summary>
    private void Reconcile()
    {
        if (_store.Version != _reconciled.Version || _store.Now - _reconciled.At >= TimeSpan.FromMilliseconds(20))
        {
            var version = _store.Version;
            _controllers.Reconcile();
            _reconciled = (version, _store.Now);
        }
    }

    private static ApiAnswer Answer(ApiVerbs verbs, HttpContext context, ApiPath path, JsonObject? body) =>
        (context.Request.Method, path.Name) switch
        {
            ("GET", null) => verbs.List(path, context.Query("labelSelector"), context.Query("limit"), context.Query("continue")),
            ("GET", _) => verbs.Get(path),
            ("POST", null) => verbs.Create(path, body),
            ("PUT", not null) => verbs.Replace(path, body),
            ("PATCH", not null) => verbs.Patch(path, context.Request.ContentType?.Split(';')[0] ?? string.Empty, context.Query("fieldManager"), body),
            ("DELETE", null) => verbs.DeleteAll(path, context.Query("labelSelector")),
            ("DELETE", _) => verbs.Delete(path, context.Query("propagationPolicy"), body),
            _ => ApiAnswers.Failure(405, "MethodNotAllowed", "the server does not allow this method on the requested resource"),
        };

    /// <summary>Hands a request on to the Flink behind a Service.</summary>
    private async Task ProxyAsync(HttpContext context, ApiPath path, string service)
    {
        var (error, cluster) = Use<(ApiAnswer? Error, FlinkCluster? Cluster)>((store, _) =>
        {
            if (store.Find(ApiResource.Services, path.Namespace, service) is not { } found)
            {
                return (ApiAnswers.NotFound(ApiResource.Services, service), null);
            }
            var ready = store.List(ApiResource.Pods, path.Namespace).Find(p => p.Has(found.At("spec", "selector"))
                && p.Items("status", "conditions").Any(static c => c.Text("type") == "Ready" && c.Text("status") == "True"));
            return ready is null
                ? (ApiAnswers.Failure(503, "ServiceUnavailable", $"no endpoints available for service \"{service}\""), null)
                : _kubelet.Serving(ready) is { } serving
                ? (null, serving)
                : (ApiAnswers.Failure(503, "ServiceUnavailable", "error trying to reach service: dial tcp 10.244.0.25:8081: connect: connection refused"), null);
        });
        if (cluster is not null)
        {
            await cluster.HandleAsync(context, path.Rest).ConfigureAwait(false);
            return;
        }
        await context.WriteAsync(error!.Status, Pages.Json, error.Json.ToJsonString()).ConfigureAwait(false);
    }
}
