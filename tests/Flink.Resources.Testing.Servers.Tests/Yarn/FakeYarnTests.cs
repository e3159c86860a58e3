using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Yarn;

/// <summary>What the real servers do, and the fake must too.</summary>
public sealed class FakeYarnTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private FakeYarn? _yarn;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FakeYarn Yarn => _yarn!;

    public async ValueTask InitializeAsync() => _yarn = await YarnPlace.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Yarn.DisposeAsync();
    }

    [Fact]
    public async Task Submit_ToAnUnknownQueue_IsAcceptedAndFailsLater()
    {
        var id = await NewIdAsync();

        Assert.Equal(HttpStatusCode.Accepted, await SubmitAsync(id, "root.nosuch"));
        await Faults.Scene.UntilAsync(async () => (string?)(await AppAsync(id))["state"] == "FAILED");

        Assert.Contains("unknown queue: root.nosuch", (string?)(await AppAsync(id))["diagnostics"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_TheSameIdTwice_IsOneApplication()
    {
        var id = await NewIdAsync();

        Assert.Equal(HttpStatusCode.Accepted, await SubmitAsync(id, "root.nearline"));
        Assert.Equal(HttpStatusCode.Accepted, await SubmitAsync(id, "root.nearline"));

        Assert.Equal((id, 2), Assert.Single(Yarn.Applications.Select(static a => (a.Id, a.Submissions))));
    }

    [Fact]
    public async Task Start_WhoseJarWasReplacedSince_FailsAsYarnSaysIt()
    {
        var backend = YarnPlace.Backend(Yarn, "one");
        var fence = new Fence(JobKey.Parse("yarn/replaced"), 1);
        var prepared = Assert.IsType<PrepareOutcome.Prepared>(
            await backend.PrepareAsync(fence, YarnPlace.Spec(Yarn, fence.Job, TestJobs.Streaming), Cancellation)).Application;
        await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        Yarn.Hdfs.Write(YarnPlace.Jar, "another");

        await backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        ApplicationReport? report = null;
        await Faults.Scene.UntilAsync(async () => (report = (await backend.FindAsync(fence, Cancellation))
            .Match<ApplicationReport?>(static r => r, static _ => null, static _ => null)) is { State: ApplicationState.Finished });

        Assert.Equal(ApplicationResult.Failed, report!.Result);
        Assert.Contains("changed on src filesystem", report.Diagnostics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RestartedResourceManager_ThatLostItsStore_IsNotBelieved()
    {
        var backend = YarnPlace.Backend(Yarn, "one");
        var fence = new Fence(JobKey.Parse("yarn/lost"), 1);
        var prepared = Assert.IsType<PrepareOutcome.Prepared>(
            await backend.PrepareAsync(fence, YarnPlace.Spec(Yarn, fence.Job, TestJobs.Streaming), Cancellation)).Application;
        await backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Yarn.RestartResourceManager(keepsApplications: true);
        var kept = await backend.FindAsync(fence, Cancellation);
        Yarn.RestartResourceManager(keepsApplications: false);
        var lost = await backend.FindAsync(fence, Cancellation);
        var probe = await backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation);

        Assert.Equal(LookupStatus.Found, kept.Status);
        Assert.Equal(LookupStatus.Unknown, lost.Status);
        Assert.Equal(DeathVerdict.Unknown, probe.Verdict);
        Assert.Null(Assert.Single(Yarn.Runs).EndedAt);
    }

    [Fact]
    public async Task Application_ThatEndsWithItsJob_IsFinishedAndItsRestApiIsGone()
    {
        var backend = YarnPlace.Backend(Yarn, "one");
        var fence = new Fence(JobKey.Parse("yarn/ends"), 1);
        var spec = YarnPlace.Spec(Yarn, fence.Job, TestJobs.Batch);
        spec = spec with { Configuration = spec.Configuration.Add("execution.shutdown-on-application-finish", "true") };
        var prepared = Assert.IsType<PrepareOutcome.Prepared>(await backend.PrepareAsync(fence, spec, Cancellation)).Application;

        await backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        await Faults.Scene.UntilAsync(() => Task.FromResult(Yarn.Applications[0].State == "FINISHED"));

        Assert.Equal("SUCCEEDED", Yarn.Applications[0].FinalStatus);
        Assert.Equal(LookupStatus.Absent, (await backend.ConnectAsync(prepared.Application, Cancellation)).Status);
    }

    [Fact]
    public async Task WebHdfs_CreatesInTwoStepsAndExclusively()
    {
        var file = new Uri(Yarn.WebHdfs, "/webhdfs/v1/a/b.txt?op=CREATE&overwrite=false&user.name=flink");
        using var step = await _http.PutAsync(file, null, Cancellation);
        Assert.Equal(HttpStatusCode.TemporaryRedirect, step.StatusCode);

        using var first = await _http.PutAsync(step.Headers.Location, new StringContent("one"), Cancellation);
        using var second = await _http.PutAsync(step.Headers.Location, new StringContent("two"), Cancellation);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Forbidden), (first.StatusCode, second.StatusCode));
        Assert.Equal("FileAlreadyExistsException", await ExceptionAsync(second));
        Assert.Equal("one", Yarn.Hdfs.Read("/a/b.txt"));
    }

    [Theory]
    [InlineData("PUT", "/a/b.txt?op=RENAME&destination=/a/c.txt", "true", "/a/c.txt")]
    [InlineData("PUT", "/a/b.txt?op=RENAME&destination=/a/taken.txt", "false", "/a/b.txt")]
    [InlineData("PUT", "/a/b.txt?op=RENAME&destination=/none/c.txt", "false", "/a/b.txt")]
    [InlineData("PUT", "/a/b.txt?op=RENAME&destination=/d", "true", "/d/b.txt")]
    [InlineData("DELETE", "/none?op=DELETE&recursive=true", "false", "/a/b.txt")]
    public async Task WebHdfs_AnswersABooleanAsHdfsDoes(string method, string path, string answer, string stands)
    {
        Yarn.Hdfs.Write("/a/b.txt", "b");
        Yarn.Hdfs.Write("/a/taken.txt", "t");
        Yarn.Hdfs.Write("/d/x", "x");
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Yarn.WebHdfs, $"/webhdfs/v1{path}"));

        using var response = await _http.SendAsync(request, Cancellation);

        Assert.Equal($"{{\"boolean\":{answer}}}", await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("b", Yarn.Hdfs.Read(stands));
        Assert.Equal("t", Yarn.Hdfs.Read("/a/taken.txt"));
    }

    private async Task<string> NewIdAsync()
    {
        using var response = await _http.PostAsync(new Uri(Yarn.ResourceManager, "/ws/v1/cluster/apps/new-application"), null, Cancellation);
        return (string)(await response.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!["application-id"]!;
    }

    private async Task<HttpStatusCode> SubmitAsync(string id, string queue)
    {
        var body = new JsonObject { ["application-id"] = id, ["application-name"] = "raw", ["queue"] = queue };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(Yarn.ResourceManager, "/ws/v1/cluster/apps"), content, Cancellation);
        return response.StatusCode;
    }

    private async Task<JsonObject> AppAsync(string id) =>
        (JsonObject)(await _http.GetFromJsonAsync<JsonObject>(new Uri(Yarn.ResourceManager, $"/ws/v1/cluster/apps/{id}"), Cancellation))!["app"]!;

    private static async Task<string?> ExceptionAsync(HttpResponseMessage response) =>
        (string?)(await response.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!["RemoteException"]!["exception"];
}
