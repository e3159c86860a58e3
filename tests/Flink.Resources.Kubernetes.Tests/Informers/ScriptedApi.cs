using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Flink.Resources.Kubernetes;

/// <summary>An API server that answers lists as told and hands each watch to the test.</summary>
internal sealed class ScriptedApi : IKubernetesApi
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<KubernetesAnswer>> _lists = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Channel<ScriptedWatch>> _watches = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ConcurrentQueue<KubernetesAnswer>> _refusals = new(StringComparer.Ordinal);

    public Uri BaseAddress { get; } = new("https://scripted.test");

    public HttpMessageInvoker Http => throw new NotSupportedException();

    /// <summary>The lists that were asked for.</summary>
    public ConcurrentQueue<string> Listed { get; } = new();

    /// <summary>When set, lists wait for it.</summary>
    public Task Hold { get; set; } = Task.CompletedTask;

    public void Lists(string collection, params KubernetesAnswer[] answers)
    {
        foreach (var answer in answers)
        {
            _lists.GetOrAdd(collection, static _ => new()).Enqueue(answer);
        }
    }

    /// <summary>The next watch of a collection is refused so.</summary>
    public void Refuses(string collection, KubernetesAnswer answer) => _refusals.GetOrAdd(collection, static _ => new()).Enqueue(answer);

    public async Task<ScriptedWatch> NextWatchAsync(string collection, CancellationToken cancellationToken) =>
        await WatchesOf(collection).Reader.ReadAsync(cancellationToken);

    public async Task<KubernetesAnswer> SendAsync(
        HttpMethod method, string path, JsonNode? body, string contentType, CancellationToken cancellationToken)
    {
        Listed.Enqueue(path);
        await Hold.WaitAsync(cancellationToken);
        return _lists.TryGetValue(path.Split('?')[0], out var answers) && answers.TryDequeue(out var answer) ? answer : Answers.List("1");
    }

    public Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        var collection = path.Split('?')[0];
        if (_refusals.TryGetValue(collection, out var refusals) && refusals.TryDequeue(out var refusal))
        {
            return Task.FromResult(new HttpResponseMessage((HttpStatusCode)refusal.Status)
            {
                Content = new StringContent(refusal.Json?.ToJsonString() ?? refusal.Text),
            });
        }
        var watch = new ScriptedWatch(path);
        WatchesOf(collection).Writer.TryWrite(watch);
        return Task.FromResult(watch.Response);
    }

    private Channel<ScriptedWatch> WatchesOf(string collection) =>
        _watches.GetOrAdd(collection, static _ => Channel.CreateUnbounded<ScriptedWatch>());
}

/// <summary>One watch, fed by the test.</summary>
internal sealed class ScriptedWatch
{
    private readonly Pipe _pipe = new();

    public ScriptedWatch(string path)
    {
        Path = path;
        Response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(_pipe.Reader.AsStream()) };
    }

    public string Path { get; }

    public HttpResponseMessage Response { get; }

    public async Task SendsAsync(params string[] lines)
    {
        var text = string.Concat(lines.Select(static l => l + "\n"));
        await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);
    }

    /// <summary>Sends a text as it is and ends the stream.</summary>
    public async Task EndsAsync(string last = "")
    {
        await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(last), TestContext.Current.CancellationToken);
        await _pipe.Writer.CompleteAsync();
    }

    public Task BreaksAsync() => _pipe.Writer.CompleteAsync(new IOException("connection reset by peer")).AsTask();
}

/// <summary>What an API server says.</summary>
internal static class Answers
{
    public static KubernetesAnswer List(string version, params string[] items) => Page(version, null, items);

    public static KubernetesAnswer Page(string version, string? next, params string[] items) => KubernetesAnswer.Read(
        200,
        $$"""{"kind":"List","metadata":{"resourceVersion":"{{version}}","continue":"{{next}}"},"items":[{{string.Join(',', items)}}]}""",
        null);

    public static KubernetesAnswer Status(int code, string reason, string message, TimeSpan? retryAfter = null) => KubernetesAnswer.Read(
        code, StatusText(code, reason, message), retryAfter);

    public static KubernetesAnswer Html() => KubernetesAnswer.Read(200, "<html><body>Sign in</body></html>", null);

    public static string Item(string name, string version = "1", string value = "") =>
        $$"""{"metadata":{"name":"{{name}}","namespace":"jobs","resourceVersion":"{{version}}"},"value":"{{value}}"}""";

    public static string Event(string type, string item) => $$"""{"type":"{{type}}","object":{{item}}}""";

    public static string Bookmark(string version) => Event("BOOKMARK", $$$"""{"kind":"Pod","metadata":{"resourceVersion":"{{{version}}}","creationTimestamp":null}}""");

    /// <summary>As a real server ends a watch whose position is too old.</summary>
    public static string Expired => Event("ERROR", StatusText(410, "Expired", "too old resource version: 1 (22656)"));

    private static string StatusText(int code, string reason, string message) =>
        $$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"{{message}}","reason":"{{reason}}","code":{{code}}}""";
}
