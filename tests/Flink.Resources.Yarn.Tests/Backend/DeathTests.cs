using Flink.Resources.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flink.Resources.Yarn;

/// <summary>The ResourceManager takes the containers of a lost node for ended: that is no proof of a death.</summary>
public sealed class DeathTests : IAsyncLifetime
{
    private FakeYarn _yarn = null!;
    private YarnBackend _backend = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _yarn = await Place.StartAsync();
        _backend = YarnBackend.Create("yarn-east", Place.Options(_yarn), TimeProvider.System, NullLogger<YarnBackend>.Instance);
    }

    public ValueTask DisposeAsync() => _yarn.DisposeAsync();

    [Fact]
    public async Task Probe_KilledWhileANodeIsLost_IsUnknownUntilItReportsAgain()
    {
        var copy = await StartedAsync();
        _yarn.LoseNode(2);
        await RemovedAsync(copy);

        var lost = await _backend.ProbeDeathAsync(copy, Cancellation);
        _yarn.ReturnNode(2);
        var back = await _backend.ProbeDeathAsync(copy, Cancellation);

        Assert.Equal(DeathVerdict.Unknown, lost.Verdict);
        Assert.True(lost.CanComeBack);
        Assert.Contains("node-2:8041", lost.Evidence.Seen, StringComparison.Ordinal);
        Assert.Equal(DeathVerdict.Dead, back.Verdict);
        Assert.False(back.CanComeBack);
    }

    [Fact]
    public async Task Probe_ANodeWasLostBeforeItBegan_IsDead()
    {
        _yarn.LoseNode(2);
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        var copy = await StartedAsync();
        await RemovedAsync(copy);

        Assert.Equal(DeathVerdict.Dead, (await _backend.ProbeDeathAsync(copy, Cancellation)).Verdict);
    }

    private async Task<CopyRef> StartedAsync()
    {
        var prepared = Assert.IsType<PrepareOutcome.Prepared>(await _backend.PrepareAsync(Place.Fence, Place.Spec, Cancellation)).Application;
        Assert.IsType<StartOutcome.Accepted>(await _backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        return new CopyRef(prepared.Application);
    }

    private async Task RemovedAsync(CopyRef copy)
    {
        while (await _backend.RemoveAsync(copy.Application, HaMetadata.Purge, Cancellation) is not (RemoveOutcome.Removed or RemoveOutcome.AlreadyGone))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }
}
