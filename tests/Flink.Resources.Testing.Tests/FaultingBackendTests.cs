using Microsoft.Extensions.Time.Testing;
using NSubstitute;

namespace Flink.Resources.Testing;

public sealed class FaultingBackendTests
{
    private static readonly Fence Fence = new(JobKey.Parse("ads/clicks"), 1);

    private readonly IResourceBackend _inner = Substitute.For<IResourceBackend>();
    private readonly FaultingBackend _backend;

    public FaultingBackendTests()
    {
        _inner.Info.Returns(new BackendInfo { Name = "x", Kind = BackendKind.Simulated, Capabilities = BackendCapabilities.None });
        _backend = new FaultingBackend(_inner, new FakeTimeProvider());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_LostRequest_IsUnknownAndNeverArrives()
    {
        _backend.Next(BackendCall.Find, BackendCallFault.LostRequest);

        var found = await _backend.FindAsync(Fence, Cancellation);

        Assert.Equal(LookupStatus.Unknown, found.Status);
        await _inner.DidNotReceive().FindAsync(Fence, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Forget_LostAnswer_TookEffectAndThrowsTransient()
    {
        _backend.Next(BackendCall.Forget, BackendCallFault.LostAnswer);

        var exception = await Assert.ThrowsAsync<ResourceBackendException>(() => _backend.ForgetAsync(Fence, Cancellation));

        Assert.True(exception.IsTransient);
        await _inner.Received(1).ForgetAsync(Fence, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Find_FaultsAreUsedUp_InTheOrderTold()
    {
        _inner.FindAsync(Fence, Arg.Any<CancellationToken>())
            .Returns(Lookup.Absent<ApplicationReport>(new Evidence("x", default, "gone")));
        _backend.Next(BackendCall.Find, BackendCallFault.None);
        _backend.Next(BackendCall.Find, BackendCallFault.LostRequest);

        LookupStatus[] seen =
        [
            (await _backend.FindAsync(Fence, Cancellation)).Status,
            (await _backend.FindAsync(Fence, Cancellation)).Status,
            (await _backend.FindAsync(Fence, Cancellation)).Status,
        ];

        Assert.Equal([LookupStatus.Absent, LookupStatus.Unknown, LookupStatus.Absent], seen);
    }
}
