using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Http;
using Flink.Resources.Testing.Servers.Kubernetes;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers;

/// <summary>
/// A fake Kubernetes cluster (1.33): an API server that gets, lists in chunks, watches, creates, replaces, patches (merge and
/// server-side apply, whose lists are replaced as a whole) and deletes; behind it what makes pods of Deployments, runs native Flink
/// clusters in them, and collects what lost its owner. Flink is reached through the service proxy.
/// </summary>
public sealed class FakeKubernetes : FakeServer
{
    private readonly ApiServer _server;
    private ServerHost? _host;
    private Task _controllers = Task.CompletedTask;

    private FakeKubernetes(FakeKubernetesOptions options)
        : base(options.TimeProvider) => _server = new ApiServer(options, Jobs);

    /// <summary>The address of the API server.</summary>
    public Uri ApiServer => _host!.Addresses[0];

    /// <summary>The jobs that can run, by entry class.</summary>
    public FakeJobs Jobs { get; } = new();

    /// <summary>All runs of jobs.</summary>
    public ImmutableArray<FakeRun> Runs => _server.Use((_, _) => _server.Kubelet.Runs());

    /// <summary>Starts a cluster with its nodes and namespaces and nothing else.</summary>
    /// <param name="options">What it is like; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<FakeKubernetes> StartAsync(FakeKubernetesOptions? options = null, CancellationToken cancellationToken = default)
    {
        var kubernetes = new FakeKubernetes(options ?? new FakeKubernetesOptions());
        kubernetes._host = await ServerHost.StartAsync(kubernetes.AnswerAsync, 1, cancellationToken).ConfigureAwait(false);
        kubernetes._controllers = kubernetes._server.RunAsync(kubernetes.Closing);
        return kubernetes;
    }

    /// <summary>Writes a kubeconfig file whose current context leads to this server.</summary>
    /// <param name="path">The file; one that exists is replaced.</param>
    public void WriteKubeConfig(string path) => File.WriteAllText(
        path,
        $$"""
        apiVersion: v1
        kind: Config
        current-context: fake
        clusters:
        - name: fake
          cluster:
            server: {{ApiServer.GetLeftPart(UriPartial.Authority)}}
        contexts:
        - name: fake
          context:
            cluster: fake
            user: fake
        users:
        - name: fake
          user:
            token: fake

        """);

    /// <summary>An object as it is now; null when there is none.</summary>
    /// <param name="path">Its path in the API, <c>/api/v1/namespaces/default/configmaps/a</c>.</param>
    /// <exception cref="ArgumentException">The path names no object of a kind that is served.</exception>
    public JsonObject? Find(string path)
    {
        var parsed = Parse(path);
        return _server.Use((store, _) => store.Find(parsed.Resource, parsed.Namespace, parsed.Name!) is { } item
            ? ApiAnswers.Whole(parsed.Resource, item) : null);
    }

    /// <summary>All objects of a collection.</summary>
    /// <param name="path">Its path in the API, <c>/api/v1/pods</c> or <c>/api/v1/namespaces/default/pods</c>.</param>
    /// <exception cref="ArgumentException">The path names no collection of a kind that is served.</exception>
    public ImmutableArray<JsonObject> List(string path)
    {
        var parsed = ApiPath.Parse(path) is { Name: null } collection ? collection : throw NoPath(path);
        return _server.Use((store, _) => store.List(parsed.Resource, parsed.Namespace)
            .Select(i => ApiAnswers.Whole(parsed.Resource, i)).ToImmutableArray());
    }

    /// <summary>Creates an object, or merges into one that is there (RFC 7386): nodes that get lost, quotas, service accounts.</summary>
    /// <param name="path">Its path in the API.</param>
    /// <param name="item">The object, or what is to change of it.</param>
    /// <exception cref="ArgumentException">The path names no object of a kind that is served, or its namespace is missing.</exception>
    public void Write(string path, JsonObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var parsed = Parse(path);
        var copy = (JsonObject)item.DeepClone();
        var metadata = copy["metadata"] as JsonObject ?? [];
        metadata["name"] = parsed.Name;
        copy["metadata"] = metadata;
        var answer = _server.Use((_, verbs) => verbs.Patch(parsed, "application/apply-patch+yaml", "test", copy));
        if (answer.Status >= 300)
        {
            throw new ArgumentException(answer.Json.Text("message"), nameof(item));
        }
    }

    /// <summary>Says that no registry has an image: its pods don't start.</summary>
    /// <param name="image">The image as a pod names it.</param>
    public void RemoveImage(string image) => _server.Kubelet.MissingImages[image] = true;

    /// <summary>Forgets the history of changes: lists and watches that continue from before are answered with 410.</summary>
    public void ForgetHistory() => _server.Use(static (store, _) =>
    {
        store.Compact();
        return 0;
    });

    private protected override async Task CloseAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }
        await _controllers.ConfigureAwait(false);
    }

    private protected override Task HandleAsync(HttpContext context) => _server.HandleAsync(context, Closing);

    private protected override Task RefuseAsync(HttpContext context, int status) => context.WriteAsync(
        status, Pages.Json, ApiAnswers.Refusal(status, context.Request.Method, ApiPath.Parse(context.Request.Path.Value ?? "/")).Json.ToJsonString());

    private static ApiPath Parse(string path) => ApiPath.Parse(path) is { Name: not null } parsed ? parsed : throw NoPath(path);

    private static ArgumentException NoPath(string path) => new($"'{path}' is no path of the API.", nameof(path));
}
