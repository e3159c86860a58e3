using Flink.Resources.Testing.Servers;

namespace Flink.Resources.Yarn;

/// <summary>Fences on a WebHDFS: taken once, whole or not at all.</summary>
public sealed class FenceStoreTests : IAsyncLifetime
{
    private FakeYarn _yarn = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _yarn = await Place.StartAsync();

    public ValueTask DisposeAsync() => _yarn.DisposeAsync();

    [Fact]
    public async Task Take_FirstAndSecond_OneHasItAndTheRecordSaysWho()
    {
        var (one, two) = (Store("one"), Store("two"));

        var first = await one.TakeAsync(Record("one", 3, "application_1_0001"), Cancellation);
        var second = await two.TakeAsync(Record("two", 3, "application_1_0002"), Cancellation);

        Assert.True(first);
        Assert.False(second);
        Assert.Equal("one", (await two.FindAsync(Place.Fence, Cancellation))!.Holder);
    }

    [Fact]
    public async Task Take_ManyAtOnce_ExactlyOneHasIt()
    {
        var taken = await Task.WhenAll(Enumerable.Range(1, 8).Select(i =>
            Store($"c{i}").TakeAsync(Record($"c{i}", 3, FormattableString.Invariant($"application_1_{i:0000}")), Cancellation)));

        Assert.Single(taken, static t => t);
    }

    [Fact]
    public async Task FindLater_ANewerEpochIsThere_IsTheNewest()
    {
        var store = Store("one");
        await store.TakeAsync(Record("one", 3, "application_1_0003"), Cancellation);
        await store.TakeAsync(Record("one", 10, "application_1_0010"), Cancellation);

        Assert.Equal(10, (await store.FindLaterAsync(Place.Fence, Cancellation))!.Epoch);
        Assert.Null(await store.FindLaterAsync(Place.Fence with { Epoch = 10 }, Cancellation));
    }

    [Fact]
    public async Task Submitted_MarkedTwice_TheFirstStandsUntilUnmarked()
    {
        var store = Store("one");
        var manager = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_000);

        Assert.True(await store.MarkSubmittedAsync(Place.Fence, manager, Cancellation));
        Assert.False(await store.MarkSubmittedAsync(Place.Fence, manager.AddHours(1), Cancellation));
        Assert.Equal(manager, (await store.FindSubmittedAsync(Place.Fence, Cancellation))!.ManagerStartedAt);

        await store.UnmarkSubmittedAsync(Place.Fence, Cancellation);
        Assert.Null(await store.FindSubmittedAsync(Place.Fence, Cancellation));
    }

    [Fact]
    public async Task Result_KeptTwice_IsTheFirst()
    {
        var store = Store("one");
        await store.KeepResultAsync(Place.Fence, ApplicationResult.Succeeded, "done", Cancellation);
        await store.KeepResultAsync(Place.Fence, ApplicationResult.Killed, "later", Cancellation);

        Assert.Equal((ApplicationResult.Succeeded, "done"), await store.FindResultAsync(Place.Fence, Cancellation) is { } r ? (r.Result, r.Diagnostics) : default);
    }

    [Fact]
    public async Task Forget_LeavesNothing()
    {
        var store = Store("one");
        var record = Record("one", 3, "application_1_0003");
        await store.TakeAsync(record, Cancellation);
        await store.MarkSubmittedAsync(Place.Fence, default, Cancellation);
        await store.KeepResultAsync(Place.Fence, ApplicationResult.Failed, null, Cancellation);

        await store.ForgetAsync(record, Cancellation);

        Assert.Null(await store.FindAsync(Place.Fence, Cancellation));
        Assert.Null(await store.FindAsync("application_1_0003", Cancellation));
        Assert.Null(await store.FindSubmittedAsync(Place.Fence, Cancellation));
        Assert.Null(await store.FindResultAsync(Place.Fence, Cancellation));
    }

    [Theory]
    [InlineData("<html>login</html>")]
    [InlineData("null")]
    [InlineData("{\"job\":")]
    public async Task Find_AFileOfSomebodyElse_IsAFaultAndNotAbsent(string text)
    {
        _yarn.Hdfs.Write("/flink-resources/fences/ads/clicks/3.json", text);

        var exception = await Assert.ThrowsAsync<ResourceBackendException>(() => Store("one").FindAsync(Place.Fence, Cancellation));

        Assert.Equal(BackendFault.Malformed, exception.Fault);
    }

    [Fact]
    public async Task Identity_TwoPropose_BothReadTheFirst()
    {
        var first = await Store("one").IdentityAsync("yarn:one", Cancellation);
        var second = await Store("two").IdentityAsync("yarn:two", Cancellation);

        Assert.Equal(new BackendIdentity("yarn:one"), first);
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("<html>login</html>")]
    [InlineData("hello")]
    [InlineData("yarn:a b")]
    public async Task Identity_WhateverElseAnswers_IsNone(string text)
    {
        _yarn.Hdfs.Write("/flink-resources/identity", text);

        await Assert.ThrowsAsync<ResourceBackendException>(() => Store("one").IdentityAsync("yarn:one", Cancellation));
    }

    private FenceStore Store(string holder) => Place.Of(_yarn, holder).Fences;

    private static FenceRecord Record(string holder, long epoch, string id) =>
        new(Place.Job.Value, epoch, holder, id, "digest", DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
}
