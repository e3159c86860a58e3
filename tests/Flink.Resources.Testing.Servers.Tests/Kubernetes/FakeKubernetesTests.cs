using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>What a real API server and its controllers do, and the fake must too.</summary>
public sealed class FakeKubernetesTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private readonly HttpClient _http = new();
    private FakeKubernetes? _kubernetes;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FakeKubernetes Kubernetes => _kubernetes!;

    public async ValueTask InitializeAsync() => _kubernetes = await KubernetesPlace.StartAsync(
        new FakeKubernetesOptions { BookmarkInterval = TimeSpan.FromMilliseconds(300), NodeCpuMillicores = 4000 });

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Kubernetes.DisposeAsync();
    }

    [Fact]
    public async Task List_InChunks_GivesEachObjectOnce_UntilItsHistoryIsForgotten()
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            await CreateAsync(name);
        }

        var first = await GetAsync($"{Maps}?limit=2");
        var token = Uri.EscapeDataString((string)first["metadata"]!["continue"]!);
        var second = await GetAsync($"{Maps}?limit=2&continue={token}");
        Kubernetes.ForgetHistory();
        var (status, expired) = await SendAsync(HttpMethod.Get, $"{Maps}?limit=2&continue={token}", null);

        Assert.Equal(["a", "b", "c"], Names(first).Concat(Names(second)), StringComparer.Ordinal);
        Assert.Null(second["metadata"]!["continue"]);
        Assert.Equal((HttpStatusCode.Gone, "Expired"), (status, (string?)expired["reason"]));
    }

    [Fact]
    public async Task Writes_AreRefusedAsTheApiServerRefusesThem()
    {
        var created = await CreateAsync("a");
        var (again, exists) = await SendAsync(HttpMethod.Post, Maps, Map("a"));
        var (patched, conflict) = await SendAsync(
            HttpMethod.Patch, $"{Maps}/a", new JsonObject { ["metadata"] = new JsonObject { ["resourceVersion"] = "1" } }, "application/merge-patch+json");
        var (deleted, precondition) = await SendAsync(
            HttpMethod.Delete, $"{Maps}/a", new JsonObject { ["preconditions"] = new JsonObject { ["uid"] = "wrong" } });
        var (missing, notFound) = await SendAsync(HttpMethod.Get, $"{Maps}/none", null);
        var (nowhere, _) = await SendAsync(HttpMethod.Post, "/api/v1/namespaces/none/configmaps", Map("a"));

        Assert.Equal((HttpStatusCode.Conflict, "AlreadyExists"), (again, (string?)exists["reason"]));
        Assert.Equal((HttpStatusCode.Conflict, "Conflict"), (patched, (string?)conflict["reason"]));
        Assert.Equal((HttpStatusCode.Conflict, "Conflict"), (deleted, (string?)precondition["reason"]));
        Assert.Equal((HttpStatusCode.NotFound, "none", "configmaps"), (missing, (string?)notFound["details"]!["name"], (string?)notFound["details"]!["kind"]));
        Assert.Equal(HttpStatusCode.NotFound, nowhere);
        Assert.Equal((string?)created["metadata"]!["resourceVersion"], (string?)(await GetAsync($"{Maps}/a"))["metadata"]!["resourceVersion"]);
    }

    [Fact]
    public async Task Apply_OfTheSame_ChangesNothing()
    {
        var (first, made) = await SendAsync(HttpMethod.Patch, $"{Maps}/a?fieldManager=m&force=true", Map("a"), "application/apply-patch+yaml");
        var (second, same) = await SendAsync(HttpMethod.Patch, $"{Maps}/a?fieldManager=m&force=true", Map("a"), "application/apply-patch+yaml");

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first, second));
        Assert.Equal(made["metadata"]!.ToJsonString(), same["metadata"]!.ToJsonString());
    }

    [Fact]
    public async Task Watch_TellsEachChange_AndABookmarkWhenItIsQuiet()
    {
        var version = (string?)(await GetAsync(Maps))["metadata"]!["resourceVersion"];
        await CreateAsync("a", ("wanted", "yes"));
        await CreateAsync("other");
        await SendAsync(
            HttpMethod.Patch, $"{Maps}/a", new JsonObject { ["data"] = new JsonObject { ["k"] = "v" } }, "application/merge-patch+json");
        await SendAsync(
            HttpMethod.Patch, $"{Maps}/a", new JsonObject { ["metadata"] = new JsonObject { ["labels"] = null } }, "application/merge-patch+json");

        var events = await WatchAsync($"{Maps}?watch=true&allowWatchBookmarks=true&labelSelector=wanted%3Dyes&resourceVersion={version}", 4);

        Assert.Equal(["ADDED a", "MODIFIED a", "DELETED a", "BOOKMARK "], events);
    }

    [Fact]
    public async Task Watch_FromAForgottenVersion_EndsWith410()
    {
        Kubernetes.ForgetHistory();

        var events = await WatchAsync($"{Maps}?watch=true&resourceVersion=1", 2);

        Assert.Equal(["ERROR 410"], events);
    }

    [Fact]
    public async Task Remove_KeepsTheHaMapsWhenAsked_AndLeavesNothingElse()
    {
        var (backend, prepared) = await RunAsync("keep");
        Assert.NotNull(Kubernetes.Find($"{Maps}/{prepared.Application.Id}-cluster-config-map"));

        await Faults.Scene.UntilAsync(async () =>
            await backend.RemoveAsync(prepared.Application, HaMetadata.Keep, Cancellation) is RemoveOutcome.Removed or RemoveOutcome.AlreadyGone);

        Assert.Empty(Kubernetes.List("/api/v1/pods"));
        Assert.Empty(Kubernetes.List("/apis/apps/v1/replicasets"));
        Assert.Empty(Kubernetes.List("/api/v1/services"));
        Assert.Equal(2, Kubernetes.List(Maps).Length);
        Assert.NotNull(Kubernetes.Find($"{Maps}/{prepared.Application.Id}-cluster-config-map"));
    }

    [Fact]
    public async Task Deployment_DeletedByHand_TakesItsPodsAndObjectsAlong()
    {
        var (backend, prepared) = await RunAsync("deleted");

        await SendAsync(HttpMethod.Delete, $"/apis/apps/v1/namespaces/default/deployments/{prepared.Application.Id}", null);
        await Faults.Scene.UntilAsync(() => Task.FromResult(Kubernetes.List("/api/v1/pods").IsEmpty && Kubernetes.List("/api/v1/services").IsEmpty));

        Assert.NotNull(Assert.Single(Kubernetes.Runs).EndedAt);
        var report = (await backend.FindAsync(prepared.Fence, Cancellation)).Match<ApplicationReport?>(static r => r, static _ => null, static _ => null);
        Assert.Equal((ApplicationState.Finished, ApplicationResult.Killed), (report!.State, report.Result));
    }

    [Fact]
    public async Task JobManager_WhoseJobHasEnded_DoesNotRunItAgainInANewPod()
    {
        var (_, prepared) = await RunAsync("ended", TestJobs.Batch, ApplicationState.Finished);
        var pod = Kubernetes.List("/api/v1/pods").First(static p => (string?)p["metadata"]!["labels"]!["component"] == "jobmanager");

        await SendAsync(HttpMethod.Delete, $"/api/v1/namespaces/default/pods/{pod["metadata"]!["name"]}", null);
        await Faults.Scene.UntilAsync(async () => (await SendAsync(
            HttpMethod.Get, $"/api/v1/namespaces/default/services/{prepared.Application.Id}-rest:rest/proxy/jobs/overview", null)).Json.ToJsonString() == "{\"jobs\":[]}");

        Assert.Single(Kubernetes.Runs);
    }

    [Fact]
    public async Task LostNode_MakesDeathUnknown()
    {
        var (backend, prepared) = await RunAsync("lost");
        foreach (var node in Kubernetes.List("/api/v1/nodes"))
        {
            var condition = new JsonObject { ["type"] = "Ready", ["status"] = "Unknown", ["lastTransitionTime"] = "2100-01-01T00:00:00Z" };
            Kubernetes.Write($"/api/v1/nodes/{node["metadata"]!["name"]}", new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray(condition) } });
        }

        await SendAsync(HttpMethod.Delete, $"/apis/apps/v1/namespaces/default/deployments/{prepared.Application.Id}", null);
        await Faults.Scene.UntilAsync(() => Task.FromResult(Kubernetes.List("/api/v1/pods").IsEmpty));
        var probe = await backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation);

        Assert.Equal(DeathVerdict.Unknown, probe.Verdict);
    }

    [Theory]
    [InlineData("image", "can't be pulled")]
    [InlineData("quota", "quota")]
    [InlineData("room", "No node is large enough")]
    public async Task Start_ThatCannotRun_SaysWhyAndIsStuck(string obstacle, string why)
    {
        var fence = new Fence(JobKey.Parse($"stuck/{obstacle}"), 1);
        var spec = KubernetesPlace.Spec(fence.Job, TestJobs.Streaming);
        Place(obstacle);
        if (obstacle == "room")
        {
            spec = spec with { JobManager = spec.JobManager with { CpuMillicores = 5000 } };
        }
        var backend = KubernetesPlace.Backend(Kubernetes, "one");
        var prepared = Assert.IsType<PrepareOutcome.Prepared>(await backend.PrepareAsync(fence, spec, Cancellation)).Application;

        await backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        ApplicationReport? report = null;
        await Faults.Scene.UntilAsync(async () => (report = (await backend.FindAsync(fence, Cancellation))
            .Match<ApplicationReport?>(static r => r, static _ => null, static _ => null)) is { IsStuck: true });

        Assert.Contains(why, report!.Diagnostics, StringComparison.Ordinal);
        Assert.Empty(Kubernetes.Runs);
    }

    private void Place(string obstacle)
    {
        if (obstacle == "image")
        {
            Kubernetes.RemoveImage(KubernetesPlace.Image);
        }
        if (obstacle == "quota")
        {
            Kubernetes.Write("/api/v1/namespaces/default/resourcequotas/small", new JsonObject
            {
                ["spec"] = new JsonObject { ["hard"] = new JsonObject { ["requests.memory"] = "200Mi" } },
            });
        }
    }

    private async Task<(IResourceBackend Backend, PreparedApplication Prepared)> RunAsync(
        string name, string entryClass = TestJobs.Streaming, ApplicationState state = ApplicationState.Running)
    {
        var backend = KubernetesPlace.Backend(Kubernetes, "one");
        var fence = new Fence(JobKey.Parse($"k8s/{name}"), 1);
        var prepared = Assert.IsType<PrepareOutcome.Prepared>(
            await backend.PrepareAsync(fence, KubernetesPlace.Spec(fence.Job, entryClass), Cancellation)).Application;
        Assert.IsType<StartOutcome.Accepted>(await backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        await Faults.Scene.UntilAsync(async () => (await backend.FindAsync(fence, Cancellation))
            .Match(r => r.State == state, static _ => false, static _ => false));
        return (backend, prepared);
    }

    private async Task<JsonObject> CreateAsync(string name, params (string Key, string Value)[] labels)
    {
        var (status, json) = await SendAsync(HttpMethod.Post, Maps, Map(name, labels));
        Assert.Equal(HttpStatusCode.Created, status);
        return json;
    }

    private static JsonObject Map(string name, params (string Key, string Value)[] labels) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject
        {
            ["name"] = name, ["labels"] = new JsonObject(labels.Select(static l => KeyValuePair.Create(l.Key, (JsonNode?)l.Value))),
        },
    };

    private async Task<JsonObject> GetAsync(string path) => (await SendAsync(HttpMethod.Get, path, null)).Json;

    private async Task<(HttpStatusCode Status, JsonObject Json)> SendAsync(HttpMethod method, string path, JsonObject? body, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, new Uri(Kubernetes.ApiServer, path));
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, type);
        }
        using var response = await _http.SendAsync(request, Cancellation);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!);
    }

    /// <summary>The first lines of a watch: type and name, or code.</summary>
    private async Task<List<string>> WatchAsync(string path, int count)
    {
        var events = new List<string>();
        using var response = await _http.GetAsync(new Uri(Kubernetes.ApiServer, path), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        while (events.Count < count && await reader.ReadLineAsync(Cancellation) is { } line)
        {
            var json = JsonNode.Parse(line)!;
            var item = json["object"]!;
            events.Add($"{json["type"]} {item["metadata"]?["name"] ?? item["code"]}");
        }
        return events;
    }

    private static IEnumerable<string> Names(JsonObject list) => ((JsonArray)list["items"]!).Select(static i => (string)i!["metadata"]!["name"]!);
}
