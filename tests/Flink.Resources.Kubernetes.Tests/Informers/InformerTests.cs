using System.Text.Json.Nodes;
using Flink.Resources.Http;

namespace Flink.Resources.Kubernetes;

public sealed class InformerTests : IDisposable
{
    private const string Things = "api/v1/things";

    private readonly ScriptedApi _api = new();
    private readonly SteppedTime _time = new();
    private readonly ChangeSignal _signal = new();
    private readonly List<(string Kind, string? Why)> _told = [];
    private readonly CancellationTokenSource _limit = TestLimit.Create();
    private readonly Informer<Fact> _informer;
    private Action? _whenTold;

    public InformerTests()
    {
        var pipelines = new BackendPipelines(_time, TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(30), readAttempts: 1);
        _informer = new Informer<Fact>(
            new KubernetesCalls("k8s", _api, pipelines), new InformerSource<Fact>(Things, "&labelSelector=a%3Db", Fact.Read),
            new InformerTiming(), _time, _signal, (kind, why) =>
            {
                _told.Add((kind, why));
                _whenTold?.Invoke();
            });
    }

    private CancellationToken Cancellation => _limit.Token;

    public void Dispose()
    {
        _informer.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public void Informer_NobodyAsked_AsksNothing()
    {
        Assert.Empty(_api.Listed);
        Assert.Null(_informer.View.HeardAt);
        Assert.NotNull(_informer.View.StaleBecause);
    }

    [Fact]
    public async Task List_InChunks_IsOneStateAndItsVersionIsWatched()
    {
        _api.Lists(Things, Answers.Page("7", "c/1", Answers.Item("a"), Answers.Item("b")), Answers.Page("7", null, Answers.Item("c")));

        await _informer.FirstAsync(Cancellation);
        var watch = await WatchAsync();

        Assert.Equal(["jobs/a", "jobs/b", "jobs/c"], Keys());
        Assert.Equal([$"{Things}?limit=500&labelSelector=a%3Db", $"{Things}?limit=500&labelSelector=a%3Db&continue=c%2F1"], _api.Listed, StringComparer.Ordinal);
        Assert.Contains("watch=true&allowWatchBookmarks=true&timeoutSeconds=", watch.Path, StringComparison.Ordinal);
        Assert.EndsWith("&resourceVersion=7&labelSelector=a%3Db", watch.Path, StringComparison.Ordinal);
        Assert.Null(_informer.View.StaleBecause);
        Assert.Equal(_time.GetUtcNow(), _informer.View.HeardAt);
    }

    [Fact]
    public async Task List_ContinuationExpired_IsBegunAgain()
    {
        _api.Lists(
            Things,
            Answers.Page("7", "c1", Answers.Item("a"), Answers.Item("gone")),
            Answers.Status(410, "Expired", "The provided continue parameter is too old"),
            Answers.List("9", Answers.Item("a"), Answers.Item("b")));

        await _informer.FirstAsync(Cancellation);
        var watch = await WatchAsync();

        Assert.Equal(["jobs/a", "jobs/b"], Keys());
        Assert.Contains("resourceVersion=9&", watch.Path, StringComparison.Ordinal);
        Assert.Null(_informer.View.StaleBecause);
    }

    [Fact]
    public async Task Watch_Events_ChangeTheState()
    {
        var watch = await StartedAsync(Answers.List("1", Answers.Item("a"), Answers.Item("b")));
        var before = _informer.View.Version;

        await watch.SendsAsync(
            Answers.Event("ADDED", Answers.Item("c", "2")),
            Answers.Event("MODIFIED", Answers.Item("a", "3", "new")),
            Answers.Event("DELETED", Answers.Item("b", "4")));
        await UntilAsync(static v => v.Version >= 4);

        Assert.Equal(["jobs/a", "jobs/c"], Keys());
        Assert.Equal("new", _informer.View.Items["jobs/a"].Value);
        Assert.Equal(before + 3, _informer.View.Version);
    }

    [Fact]
    public async Task Watch_EventWithTheSameFact_IsNoChange()
    {
        var watch = await StartedAsync(Answers.List("1", Answers.Item("a")));
        var before = _informer.View;

        await watch.SendsAsync(Answers.Event("MODIFIED", Answers.Item("a", "2")), Answers.Bookmark("3"));
        await UntilAsync(v => !ReferenceEquals(v, before) && _signal.Stamp > 1);

        Assert.Equal(before.Version, _informer.View.Version);
        Assert.Same(before.Items, _informer.View.Items);
    }

    [Fact]
    public async Task Watch_RefusedWith410_ListsAgainAndDropsWhatWasDeletedInBetween()
    {
        _api.Refuses(Things, Answers.Status(410, "Expired", "too old resource version: 1 (22656)"));
        _api.Lists(Things, Answers.List("1", Answers.Item("a"), Answers.Item("gone")), Answers.List("30", Answers.Item("a")));

        await _informer.FirstAsync(Cancellation);
        var watch = await WatchAsync();

        Assert.Equal(["jobs/a"], Keys());
        Assert.Equal(2, _informer.View.Version);
        Assert.Contains("resourceVersion=30&", watch.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_ErrorEvent410_ListsAgainAndDropsWhatWasDeletedInBetween()
    {
        var watch = await StartedAsync(Answers.List("1", Answers.Item("a"), Answers.Item("gone")));
        _api.Lists(Things, Answers.List("30", Answers.Item("a"), Answers.Item("new")));

        await watch.SendsAsync(Answers.Expired);
        var next = await WatchAsync();

        Assert.Equal(["jobs/a", "jobs/new"], Keys());
        Assert.Contains("resourceVersion=30&", next.Path, StringComparison.Ordinal);
        Assert.DoesNotContain(_told, static t => t.Why is not null);
    }

    [Fact]
    public async Task Watch_Expires410EachTime_PausesBeforeTheSecondList()
    {
        var watch = await StartedAsync(Answers.List("1"));

        await watch.SendsAsync(Answers.Expired);
        await (await WatchAsync()).SendsAsync(Answers.Expired);
        var pause = await _time.PassAsync(Cancellation);
        await WatchAsync();

        Assert.InRange(pause, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Watch_Bookmark_MovesThePosition()
    {
        var watch = await StartedAsync(Answers.List("1", Answers.Item("a")));

        await watch.SendsAsync(Answers.Bookmark("50"));
        await watch.EndsAsync();
        await _time.PassAsync(Cancellation);
        var next = await WatchAsync();

        Assert.Contains("resourceVersion=50&", next.Path, StringComparison.Ordinal);
        Assert.Single(_api.Listed);
        Assert.Equal(["jobs/a"], Keys());
        Assert.DoesNotContain(_told, static t => t.Why is not null);
    }

    [Fact]
    public async Task Watch_SilentAfterABookmark_IsOpenedAgainAfterThreeMinutes()
    {
        var watch = await StartedAsync(Answers.List("1"));
        await watch.SendsAsync(Answers.Bookmark("5"));
        await UntilAsync(_ => _signal.Stamp > 1);

        _time.Advance(TimeSpan.FromSeconds(179));
        Assert.Null(_informer.View.StaleBecause);
        _time.Advance(TimeSpan.FromSeconds(2));
        await _time.PauseAsync(Cancellation);

        Assert.Contains("told nothing", _informer.View.StaleBecause, StringComparison.Ordinal);
        Assert.Equal(_time.GetUtcNow(), _informer.View.StaleSince);
        Assert.Equal(_time.GetUtcNow() - TimeSpan.FromSeconds(181), _informer.View.HeardAt);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("resourceVersion=5&", (await WatchAsync()).Path, StringComparison.Ordinal);
        await UntilAsync(static v => v.StaleBecause is null);
    }

    [Fact]
    public async Task Watch_SilentWithoutBookmarks_MayLastUntilItsTimeoutAndAMargin()
    {
        await StartedAsync(Answers.List("1"));

        _time.Advance(TimeSpan.FromSeconds(265));
        Assert.Null(_informer.View.StaleBecause);
        _time.Advance(TimeSpan.FromSeconds(70));
        await _time.PassAsync(Cancellation);

        Assert.Contains("resourceVersion=1&", (await WatchAsync()).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_CutWithinALine_ResumesBeforeItAndLosesNothing()
    {
        var watch = await StartedAsync(Answers.List("1"));
        var second = Answers.Event("ADDED", Answers.Item("b", "3"));

        await watch.SendsAsync(Answers.Event("ADDED", Answers.Item("a", "2")));
        await watch.EndsAsync(second[..^20]);
        await _time.PassAsync(Cancellation);
        var next = await WatchAsync();
        await next.SendsAsync(second);
        await UntilAsync(static v => v.Items.Count == 2);

        Assert.Contains("resourceVersion=2&", next.Path, StringComparison.Ordinal);
        Assert.Single(_api.Listed);
        Assert.Contains("cut off", Assert.Single(_told, static t => t.Why is not null).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_BreaksOff_ResumesAtItsPositionAndIsStaleInBetween()
    {
        var watch = await StartedAsync(Answers.List("1", Answers.Item("a")));

        await watch.BreaksAsync();
        await _time.PauseAsync(Cancellation);

        Assert.Contains("connection reset by peer", _informer.View.StaleBecause, StringComparison.Ordinal);
        Assert.Equal(["jobs/a"], Keys());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("resourceVersion=1&", (await WatchAsync()).Path, StringComparison.Ordinal);
        await UntilAsync(static v => v.StaleBecause is null && v.StaleSince is null);
    }

    [Theory]
    [InlineData("<html><body>502 Bad Gateway</body></html>\n")]
    [InlineData("<html><body>502 Bad Gateway</body></html>")]
    [InlineData("{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\"}}}\n")]
    [InlineData("{\"type\":\"NEWS\",\"object\":{\"metadata\":{\"name\":\"x\",\"resourceVersion\":\"2\"}}}\n")]
    [InlineData("{\"type\":\"ADDED\"}\n")]
    public async Task Watch_SendsWhatIsNoEvent_ListsAgain(string text)
    {
        var watch = await StartedAsync(Answers.List("1"));
        _api.Lists(Things, Answers.List("8", Answers.Item("a")));

        await watch.EndsAsync(text);
        await _time.PassAsync(Cancellation);
        var next = await WatchAsync();

        Assert.Contains("resourceVersion=8&", next.Path, StringComparison.Ordinal);
        Assert.Equal(["jobs/a"], Keys());
        Assert.Contains("no event", Assert.Single(_told, static t => t.Why is not null).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_EndsAtOnceEachTime_SlowsDownAndSaysSo()
    {
        var watch = await StartedAsync(Answers.List("1"));
        var pauses = new List<double>();
        for (var i = 0; i < 4; i++)
        {
            await watch.EndsAsync();
            pauses.Add((await _time.PassAsync(Cancellation)).TotalSeconds);
            watch = await WatchAsync();
        }

        Assert.Equal(pauses.Order(), pauses);
        Assert.True(pauses[3] >= 4, string.Join(' ', pauses));
        Assert.Contains(_told, static t => t.Why?.Contains("at once", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public async Task List_HtmlInsteadOfJson_IsStaleAndTriedAgain()
    {
        _api.Lists(Things, Answers.Html(), Answers.List("1", Answers.Item("a")));

        await _informer.FirstAsync(Cancellation);
        await _time.PauseAsync(Cancellation);
        Assert.Contains("no JSON object", _informer.View.StaleBecause, StringComparison.Ordinal);
        Assert.Null(_informer.View.HeardAt);

        _time.Advance(TimeSpan.FromSeconds(1));
        await WatchAsync();
        Assert.Equal(["jobs/a"], Keys());
        Assert.Null(_informer.View.StaleBecause);
    }

    [Fact]
    public async Task List_FailsAgainAndAgain_BacksOffUpToHalfAMinuteWithTheSamePausesEachRun()
    {
        var pauses = await PausesAsync();
        using var again = new InformerTests();
        Assert.Equal(pauses, await again.PausesAsync());

        for (var i = 0; i < pauses.Count; i++)
        {
            var whole = Math.Min(30, Math.Pow(2, i));
            Assert.InRange(pauses[i], whole / 2, whole);
        }
    }

    [Fact]
    public async Task List_Throttled_WaitsAsLongAsTheServerAsks()
    {
        _api.Lists(Things, Answers.Status(429, "TooManyRequests", "slow down", TimeSpan.FromSeconds(17)));

        await _informer.FirstAsync(Cancellation);

        Assert.Equal(TimeSpan.FromSeconds(17), await _time.PauseAsync(Cancellation));
    }

    [Theory]
    [InlineData(401, "Unauthorized")]
    [InlineData(403, "Forbidden")]
    public async Task List_NotAllowed_IsToldAsTheReasonAndLookedForAgain(int code, string reason)
    {
        _api.Lists(Things, Answers.Status(code, reason, "things is forbidden: User bob cannot list resource things"), Answers.List("1", Answers.Item("a")));

        await _informer.FirstAsync(Cancellation);
        var pause = await _time.PauseAsync(Cancellation);

        Assert.Contains($"{code} {reason}", _informer.View.StaleBecause, StringComparison.Ordinal);
        Assert.Contains("User bob cannot list", _informer.View.StaleBecause, StringComparison.Ordinal);
        Assert.Equal(code == 403, pause > TimeSpan.FromSeconds(40));
        _time.Advance(pause);
        await WatchAsync();
        Assert.Equal(["jobs/a"], Keys());
    }

    [Fact]
    public async Task Watch_NotAllowed_ListsNowAndThen()
    {
        _api.Refuses(Things, Answers.Status(403, "Forbidden", "User bob cannot watch resource things"));
        _api.Lists(Things, Answers.List("1", Answers.Item("a")), Answers.List("2", Answers.Item("b")));

        await _informer.FirstAsync(Cancellation);
        await _time.PauseAsync(Cancellation);
        Assert.Contains("cannot watch", _informer.View.StaleBecause, StringComparison.Ordinal);
        Assert.Equal(["jobs/a"], Keys());

        _time.Advance(TimeSpan.FromMinutes(1));
        await WatchAsync();
        Assert.Equal(["jobs/b"], Keys());
    }

    [Fact]
    public async Task Project_Throws_IsStaleAndNotDead()
    {
        var watch = await StartedAsync(Answers.List("1", Answers.Item("a")));

        await watch.SendsAsync(Answers.Event("ADDED", Answers.Item("bad", "2", Fact.Poison)));
        await _time.PauseAsync(Cancellation);
        Assert.Contains(nameof(InvalidDataException), _informer.View.StaleBecause, StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("resourceVersion=1&", (await WatchAsync()).Path, StringComparison.Ordinal);
        Assert.Equal(["jobs/a"], Keys());
    }

    [Fact]
    public async Task UpToDate_MaxAgeZero_ListsAnewAndWatchesFromThere()
    {
        await StartedAsync(Answers.List("1", Answers.Item("a")));
        _api.Lists(Things, Answers.List("2", Answers.Item("b")));

        await _informer.UpToDateAsync(TimeSpan.Zero, Cancellation);

        Assert.Equal(["jobs/b"], Keys());
        Assert.Contains("resourceVersion=2&", (await WatchAsync()).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UpToDate_TheListFails_EndsWhenTheViewSaysSo()
    {
        await StartedAsync(Answers.List("1", Answers.Item("a")));
        _api.Lists(Things, Answers.Status(403, "Forbidden", "things are forbidden"));
        var hold = new TaskCompletionSource();
        _api.Hold = hold.Task;
        // Without a token it is the very task that the informer ends.
        var asked = _informer.UpToDateAsync(TimeSpan.Zero, CancellationToken.None);
        var wasEarly = false;
        _whenTold = () => wasEarly = asked.IsCompleted;

        hold.SetResult();
        await asked.WaitAsync(Cancellation);

        Assert.Contains("403", _informer.View.StaleBecause, StringComparison.Ordinal);
        Assert.False(wasEarly);
    }

    [Fact]
    public async Task UpToDate_HeardJustNow_AsksNothing()
    {
        await StartedAsync(Answers.List("1", Answers.Item("a")));

        await _informer.UpToDateAsync(TimeSpan.FromSeconds(5), Cancellation);
        Assert.Single(_api.Listed);

        _time.Advance(TimeSpan.FromSeconds(5));
        await _informer.UpToDateAsync(TimeSpan.FromSeconds(5), Cancellation);
        Assert.Equal(2, _api.Listed.Count);
    }

    [Fact]
    public async Task UpToDate_AskedDuringAList_WaitsForTheNextOneTogether()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _api.Hold = held.Task;
        _api.Lists(Things, Answers.List("1"), Answers.List("2", Answers.Item("started")));
        var first = _informer.UpToDateAsync(TimeSpan.Zero, Cancellation);
        while (_api.Listed.IsEmpty)
        {
            await Task.Yield();
        }

        var second = _informer.UpToDateAsync(TimeSpan.Zero, Cancellation);
        var third = _informer.UpToDateAsync(TimeSpan.Zero, Cancellation);
        held.SetResult();
        await Task.WhenAll(first, second, third);

        Assert.Equal(2, _api.Listed.Count);
        Assert.Equal(["jobs/started"], Keys());
    }

    [Fact]
    public async Task UpToDate_DuringABackoff_TriesAtOnce()
    {
        _api.Lists(Things, Answers.Html(), Answers.List("1", Answers.Item("a")));
        await _informer.FirstAsync(Cancellation);
        await _time.PauseAsync(Cancellation);

        await _informer.UpToDateAsync(TimeSpan.FromHours(1), Cancellation);

        Assert.Equal(["jobs/a"], Keys());
    }

    [Fact]
    public async Task Dispose_EndsTheWatchAndSaysSo()
    {
        await StartedAsync(Answers.List("1", Answers.Item("a")));

        _informer.Dispose();
        await UntilAsync(static v => v.StaleBecause?.Contains("disposed", StringComparison.Ordinal) ?? false);
        await _informer.UpToDateAsync(TimeSpan.Zero, Cancellation);

        Assert.Single(_api.Listed);
        Assert.Equal(["jobs/a"], Keys());
    }

    private async Task<List<double>> PausesAsync()
    {
        _api.Lists(Things, [.. Enumerable.Repeat(Answers.Status(500, "InternalError", "etcd"), 9)]);
        await _informer.FirstAsync(Cancellation);
        var pauses = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            pauses.Add((await _time.PassAsync(Cancellation)).TotalSeconds);
        }
        return pauses;
    }

    private async Task<ScriptedWatch> StartedAsync(KubernetesAnswer list)
    {
        _api.Lists(Things, list);
        await _informer.FirstAsync(Cancellation);
        return await WatchAsync();
    }

    private Task<ScriptedWatch> WatchAsync() => _api.NextWatchAsync(Things, Cancellation);

    private string[] Keys() => [.. _informer.View.Items.Keys.Order(StringComparer.Ordinal)];

    private async Task UntilAsync(Func<InformerView<Fact>, bool> done)
    {
        while (true)
        {
            var stamp = _signal.Stamp;
            if (done(_informer.View))
            {
                return;
            }
            await _signal.WaitAsync(stamp, Cancellation);
        }
    }

    private sealed record Fact(string Name, string Value)
    {
        public const string Poison = "poison";

        public static Fact? Read(JsonObject item) => item.Text("value") switch
        {
            Poison => throw new InvalidDataException(Poison),
            var value => new Fact(item.Name(), value ?? string.Empty),
        };
    }
}
