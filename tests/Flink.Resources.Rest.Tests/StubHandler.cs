using System.Net;
using System.Text;

namespace Flink.Resources.Rest;

internal sealed record SentRequest(string Method, string PathAndQuery, string Body);

/// <summary>Answers as told and keeps what it was asked.</summary>
internal sealed class StubHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public List<SentRequest> Sent { get; } = [];

    public static StubHandler Always(Func<HttpResponseMessage> answer) => new((_, _) => Task.FromResult(answer()));

    public static StubHandler Recorded(string name) => Always(() => Recording.Answer(name));

    /// <summary>By the last segment of the path; anything else fails the test.</summary>
    public static StubHandler ByPath(params (string Ending, string Name)[] answers) => new((request, _) => Task.FromResult(
        Recording.Answer(answers.First(a => request.RequestUri!.PathAndQuery.EndsWith(a.Ending, StringComparison.Ordinal)).Name)));

    public static HttpResponseMessage Text(int status, string body, string type = "text/html") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? string.Empty : await request.Content.ReadAsStringAsync(cancellationToken);
        Sent.Add(new SentRequest(request.Method.Method, request.RequestUri!.PathAndQuery, body));
        return await answer(request, cancellationToken);
    }
}

/// <summary>Answers of real session clusters: the first line holds status and content type, the body follows an empty line.</summary>
internal static class Recording
{
    public static HttpResponseMessage Answer(string name)
    {
        var (status, type, body) = Read(name);
        return StubHandler.Text(status, body, type);
    }

    public static string Body(string name) => Read(name).Body;

    private static (int Status, string Type, string Body) Read(string name)
    {
        var text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recorded", $"{name}.http"));
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var type = text[4..end].Split(';')[0];
        return (int.Parse(text[..3], System.Globalization.CultureInfo.InvariantCulture), type, text[(end + 2)..]);
    }
}

internal static class Clusters
{
    public static readonly FlinkJobId Job = new("9875adbafbe0e686690a3e6ffd3b2ecc");
    public static readonly TriggerId Trigger = new(new string('a', 32));

    private static readonly ApplicationHandle Application =
        new() { Backend = "test", Identity = new BackendIdentity("here"), Id = "application_1_0001" };

    public static IFlinkCluster Of(
        HttpMessageHandler handler, FlinkRestOptions? options = null, string address = "http://jm:8081", TimeProvider? clock = null) =>
        FlinkRest.Connect(
            Application,
            new Uri(address),
            new HttpMessageInvoker(handler),
            clock ?? TimeProvider.System,
            options ?? new FlinkRestOptions { ReadAttempts = 1 });
}
