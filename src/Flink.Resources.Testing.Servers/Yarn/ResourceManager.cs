using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Http;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers.Yarn;

/// <summary>The ResourceManager's REST API over its applications.</summary>
internal sealed class ResourceManager(FakeYarnOptions options, FakeHdfs hdfs, FakeJobs jobs)
{
    private readonly Lock _gate = new();
    private readonly ApplicationMasters _masters = new(options.TimeProvider, hdfs, jobs);
    private List<YarnApplication> _applications = [];
    private long _startedOn = options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();
    private readonly Dictionary<int, DateTimeOffset> _lost = [];
    private int _lastNumber;

    public static Task ConfigurationAsync(HttpContext context) => context.Query("name") switch
    {
        "yarn.application.classpath" => HadoopAnswers.OkAsync(context, new JsonObject
        {
            ["property"] = new JsonObject
            {
                ["key"] = "yarn.application.classpath", ["value"] = "/opt/hadoop/conf,/opt/hadoop/lib/*", ["isFinal"] = false, ["resource"] = "yarn-site.xml",
            },
        }),
        _ => context.WriteAsync(404, "application/json;charset=utf-8", []),
    };

    public ImmutableArray<FakeYarnApplication> Applications() => Locked(static (apps, _) => apps.Select(static a =>
        new FakeYarnApplication(a.Id, a.Name, a.Queue, a.State, a.FinalStatus, a.Submissions, a.IsRunning ? a.Flink : null)).ToImmutableArray());

    public ImmutableArray<FakeRun> Runs() => _masters.Runs();

    public void Restart(bool keepsApplications)
    {
        lock (_gate)
        {
            // A new start never has the old one's time stamp.
            _startedOn = Math.Max(_startedOn + 1, options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds());
            _lastNumber = 0;
            _applications = keepsApplications ? _applications : [];
        }
    }

    public void LoseNode(int number)
    {
        lock (_gate)
        {
            _lost[number - 1] = options.TimeProvider.GetUtcNow();
        }
    }

    public void ReturnNode(int number)
    {
        lock (_gate)
        {
            _lost.Remove(number - 1);
        }
    }

    public Task CloseAsync() => _masters.CloseAsync();

    public Task HandleAsync(HttpContext context, string[] path) => (context.Request.Method, path) switch
    {
        ("GET", ["info"]) => AnswerAsync(context, (_, _) => YarnAnswers.Info(_startedOn)),
        ("GET", ["nodes"]) => AnswerAsync(context, (apps, now) => YarnAnswers.Nodes(options, Live(apps), now, _lost, context.Query("states"))),
        ("GET", ["scheduler"]) => AnswerAsync(context, (apps, _) => YarnAnswers.Scheduler(options, Live(apps))),
        ("GET", ["apps"]) => ListAsync(context),
        ("POST", ["apps"]) => SubmitAsync(context),
        ("POST", ["apps", "new-application"]) => AnswerAsync(context, (_, _) => YarnAnswers.NewApplication(
            string.Create(CultureInfo.InvariantCulture, $"application_{_startedOn}_{++_lastNumber:0000}"), options)),
        (_, ["apps", var id, ..]) when !IsId(id) => HadoopAnswers.RemoteExceptionAsync(
            context, 400, "org.apache.hadoop.yarn.webapp.BadRequestException",
            $"java.lang.IllegalArgumentException: Invalid ApplicationId prefix: {id}. The valid ApplicationId should start with prefix application"),
        (_, ["apps", var id, .. var rest]) => OfApplicationAsync(context, id, rest),
        _ => context.WriteAsync(404, Pages.Html, $"<html><title>Sorry, got error 404</title><pre>{string.Join('/', path)}: controller not found</pre></html>"),
    };

    private async Task OfApplicationAsync(HttpContext context, string id, string[] rest)
    {
        var body = HttpMethods.IsGet(context.Request.Method) ? null : await context.ReadJsonAsync().ConfigureAwait(false);
        var (status, json) = Locked((apps, now) => apps.Find(a => a.Id == id) is { } app
            ? Answer(app, context.Request.Method, rest, body, now)
            : (404, null));
        if (status == 404)
        {
            await HadoopAnswers.RemoteExceptionAsync(
                context, 404, "org.apache.hadoop.yarn.webapp.NotFoundException", $"java.lang.Exception: app with id: {id} not found").ConfigureAwait(false);
        }
        else if (json is null)
        {
            await HadoopAnswers.RemoteExceptionAsync(
                context, 400, "org.apache.hadoop.yarn.webapp.BadRequestException", "java.lang.Exception: Only '[KILLED]' is allowed as a target state.").ConfigureAwait(false);
        }
        else
        {
            await HadoopAnswers.OkAsync(context, json, status).ConfigureAwait(false);
        }
    }

    private (int Status, JsonObject? Json) Answer(YarnApplication app, string method, string[] rest, JsonObject? body, DateTimeOffset now)
    {
        switch (method, rest)
        {
            case ("GET", []):
                return (200, new JsonObject { ["app"] = YarnAnswers.Application(app, _startedOn, now) });
            case ("GET", ["state"]):
                return (200, new JsonObject { ["state"] = app.State });
            case ("PUT", ["state"]) when Text(body, "state") == "KILLED":
                app.Kill(now);
                return (app.IsFinal ? 200 : 202, new JsonObject { ["state"] = app.State });
            case ("PUT", ["queue"]) when Text(body, "queue") is { } queue:
                app.Queue = app.IsFinal ? app.Queue : queue;
                return (200, new JsonObject { ["queue"] = app.Queue });
            case ("PUT", ["priority"]) when int.TryParse(Text(body, "priority"), CultureInfo.InvariantCulture, out var priority):
                app.Priority = app.IsFinal ? app.Priority : priority;
                return (200, new JsonObject { ["priority"] = app.Priority });
            default:
                return (400, null);
        }
    }

    private Task ListAsync(HttpContext context)
    {
        var states = Words(context, "states");
        var types = Words(context, "applicationTypes");
        var tags = Words(context, "applicationTags");
        var limit = int.TryParse(context.Query("limit"), CultureInfo.InvariantCulture, out var given) ? given : int.MaxValue;
        return AnswerAsync(context, (apps, now) => YarnAnswers.Applications(apps
            .Where(a => (states.Length == 0 || states.Contains(a.State, StringComparer.Ordinal))
                && (types.Length == 0 || types.Contains(a.Text("application-type") ?? "YARN", StringComparer.OrdinalIgnoreCase))
                && (tags.Length == 0 || a.Tags.Split(',').Intersect(tags, StringComparer.OrdinalIgnoreCase).Any()))
            .Take(limit).Select(a => YarnAnswers.Application(a, _startedOn, now))));
    }

    private async Task SubmitAsync(HttpContext context)
    {
        var body = await context.ReadJsonAsync().ConfigureAwait(false);
        var id = Text(body, "application-id");
        if (body is null || id is null || !IsId(id))
        {
            await HadoopAnswers.RemoteExceptionAsync(
                context, 400, "org.apache.hadoop.yarn.webapp.BadRequestException", $"java.lang.Exception: Could not parse application id {id}").ConfigureAwait(false);
            return;
        }
        if (Locked((apps, now) => Add(apps, id, body, now)) is { } added)
        {
            await _masters.LaunchAsync(added).ConfigureAwait(false);
        }
        // An unknown queue is accepted too; the application then fails.
        context.Response.Headers.Location = new Uri(new Uri($"{context.Request.Scheme}://{context.Request.Host}"), $"/ws/v1/cluster/apps/{id}").AbsoluteUri;
        await context.WriteAsync(202, "application/json;charset=utf-8", []).ConfigureAwait(false);
    }

    /// <summary>The same id again is the same application: null, and nothing happens.</summary>
    private YarnApplication? Add(List<YarnApplication> apps, string id, JsonObject body, DateTimeOffset now)
    {
        if (apps.Find(a => a.Id == id) is { } standing)
        {
            standing.Submissions++;
            return null;
        }
        var app = new YarnApplication(id, body, now);
        if (!options.Queues.Contains(YarnAnswers.QueuePath(app.Queue), StringComparer.Ordinal))
        {
            app.Doom = ($"Application {id} submitted by user flink to unknown queue: {app.Queue}", now + TimeSpan.FromMilliseconds(50));
        }
        apps.Add(app);
        return app;
    }

    private Task AnswerAsync(HttpContext context, Func<List<YarnApplication>, DateTimeOffset, JsonObject> answer) =>
        HadoopAnswers.OkAsync(context, Locked(answer));

    private T Locked<T>(Func<List<YarnApplication>, DateTimeOffset, T> use)
    {
        var now = options.TimeProvider.GetUtcNow();
        lock (_gate)
        {
            _applications.ForEach(a => a.Advance(now));
            _masters.Tidy(_applications);
            return use(_applications, now);
        }
    }

    private static List<YarnApplication> Live(List<YarnApplication> apps) => apps.FindAll(static a => a.State is "RUNNING" or "ACCEPTED");

    private static string? Text(JsonObject? body, string name) => body?[name]?.ToString();

    private static string[] Words(HttpContext context, string name) => context.Query(name).Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsId(string id) => id.Split('_') is ["application", var stamp, var number]
        && long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
