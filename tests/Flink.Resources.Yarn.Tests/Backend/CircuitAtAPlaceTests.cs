using Flink.Resources.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Flink.Resources.Yarn;

/// <summary>What callers see while a daemon of YARN is away for longer.</summary>
public sealed class CircuitAtAPlaceTests : IAsyncLifetime
{
    private FakeYarn _yarn = null!;
    private YarnBackend _backend = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _yarn = await Place.StartAsync();
        var options = Place.Options(_yarn);
        options.CircuitFailures = 4;
        options.CircuitBreak = TimeSpan.FromMilliseconds(500);
        _backend = YarnBackend.Create("yarn-east", options, TimeProvider.System, NullLogger<YarnBackend>.Instance);
    }

    public ValueTask DisposeAsync() => _yarn.DisposeAsync();

    [Fact]
    public async Task NameNode_AnswersOnly500_TheFenceIsUnknownWithTheReasonAndNothingIsSent()
    {
        _yarn.Next(ServerFault.InternalServerError, static r => r.Path.StartsWith("/webhdfs", StringComparison.Ordinal), int.MaxValue);
        var first = await _backend.FindAsync(Place.Fence, Cancellation);
        var sent = _yarn.Requests.Length;

        var second = await _backend.FindAsync(Place.Fence, Cancellation);

        Assert.Equal(LookupStatus.Unknown, first.Status);
        Assert.Equal(LookupStatus.Unknown, second.Status);
        Assert.Contains("was not sent", second.Evidence.Seen, StringComparison.Ordinal);
        Assert.Equal(sent, _yarn.Requests.Length);
    }

    [Fact]
    public async Task NameNode_IsBack_TheFenceIsAbsentAgainWithinTheBreak()
    {
        _yarn.Next(ServerFault.InternalServerError, static r => r.Path.StartsWith("/webhdfs", StringComparison.Ordinal), int.MaxValue);
        await _backend.FindAsync(Place.Fence, Cancellation);
        _yarn.Heal();

        var answers = new List<LookupStatus>();
        while (answers is [] or [.., LookupStatus.Unknown])
        {
            answers.Add((await _backend.FindAsync(Place.Fence, Cancellation)).Status);
        }

        Assert.Equal(LookupStatus.Absent, answers[^1]);
    }

    [Fact]
    public async Task ResourceManager_AnswersOnly500_HdfsIsStillAsked()
    {
        _yarn.Next(ServerFault.ServiceUnavailable, static r => r.Path.StartsWith("/ws/", StringComparison.Ordinal), int.MaxValue);
        await _backend.GetSnapshotAsync(TimeSpan.Zero, Cancellation);

        var fence = await _backend.FindAsync(Place.Fence, Cancellation);

        Assert.Equal(LookupStatus.Absent, fence.Status);
    }
}
