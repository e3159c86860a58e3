using Flink.Resources.Http;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Testing;
using Polly.Timeout;

namespace Flink.Resources.Yarn.Http;

/// <summary>A server that is away is left alone for a moment, and tried again soon.</summary>
public sealed class CircuitTests
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly BackendPipelines _pipelines;
    private int _sent;

    public CircuitTests() => _pipelines = new BackendPipelines(
        _time, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), readAttempts: 1, new CircuitTuning(3, Break));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(BackendFault.Unreachable)]
    [InlineData(BackendFault.Unavailable)]
    [InlineData(BackendFault.Timeout)]
    public async Task Circuit_OnlyFailures_OpensAndSendsNothing(BackendFault fault)
    {
        await FailAsync(fault, times: 3);

        var broken = await Assert.ThrowsAsync<BrokenCircuitException>(async () => await FailOnceAsync(fault));
        var told = _pipelines.Circuit!.Fault("yarn-east", "GET http://rm:8088/ws/v1/cluster/info", broken);

        Assert.Equal(3, _sent);
        Assert.Equal(BackendFault.Unavailable, told.Fault);
        Assert.Contains("was not sent", told.Message, StringComparison.Ordinal);
        Assert.Contains("it is away", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BackendFault.NotFound)]
    [InlineData(BackendFault.Forbidden)]
    [InlineData(BackendFault.Unauthenticated)]
    [InlineData(BackendFault.Conflict)]
    [InlineData(BackendFault.Throttled)]
    [InlineData(BackendFault.Malformed)]
    public async Task Circuit_AnAnswerOfTheServer_NeverOpensIt(BackendFault fault)
    {
        await FailAsync(fault, times: 20);

        Assert.Equal(20, _sent);
    }

    [Fact]
    public async Task Circuit_ASuccessAmongTheFailures_StaysClosed()
    {
        await SucceedAsync();
        await FailAsync(BackendFault.Unreachable, times: 10);

        Assert.Equal(11, _sent);
    }

    [Fact]
    public async Task Circuit_AfterTheBreakTheServerIsBack_ClosesAtTheFirstAnswer()
    {
        await FailAsync(BackendFault.Unreachable, times: 3);
        _time.Advance(Break);

        await SucceedAsync();
        await FailAsync(BackendFault.Unreachable, times: 2);
        await SucceedAsync();

        Assert.Equal(7, _sent);
    }

    [Fact]
    public async Task Circuit_AfterTheBreakTheServerIsStillAway_LetsOneAttemptThrough()
    {
        await FailAsync(BackendFault.Unreachable, times: 3);
        _time.Advance(Break);

        await FailAsync(BackendFault.Unreachable, times: 1);
        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await FailOnceAsync(BackendFault.Unreachable));

        Assert.Equal(4, _sent);
    }

    [Fact]
    public async Task Circuit_IsOneForReadsAndWrites()
    {
        await FailAsync(BackendFault.Unreachable, times: 3);

        await Assert.ThrowsAsync<BrokenCircuitException>(async () => await _pipelines.Single.ExecuteAsync(static _ => ValueTask.CompletedTask, Cancellation));
    }

    [Fact]
    public void Pipelines_RepeatReadsAroundTheCircuit_AndNeverSingleWrites()
    {
        var pipelines = new BackendPipelines(_time, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), circuit: new CircuitTuning(3, Break));

        var read = pipelines.Read.GetPipelineDescriptor().Strategies.Select(static s => s.Options?.GetType()).ToList();
        var single = pipelines.Single.GetPipelineDescriptor().Strategies.Select(static s => s.Options?.GetType()).ToList();

        Assert.Equal<Type?>([typeof(TimeoutStrategyOptions), typeof(RetryStrategyOptions), typeof(CircuitBreakerStrategyOptions), typeof(TimeoutStrategyOptions)], read);
        Assert.Equal<Type?>([typeof(CircuitBreakerStrategyOptions), typeof(TimeoutStrategyOptions)], single);
    }

    private async Task FailAsync(BackendFault fault, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await Assert.ThrowsAsync<ResourceBackendException>(async () => await FailOnceAsync(fault));
        }
    }

    private ValueTask FailOnceAsync(BackendFault fault) => _pipelines.Read.ExecuteAsync(
        _ =>
        {
            _sent++;
            throw new ResourceBackendException(fault, "yarn-east", "it is away");
        },
        Cancellation);

    private ValueTask SucceedAsync() => _pipelines.Read.ExecuteAsync(
        _ =>
        {
            _sent++;
            return ValueTask.CompletedTask;
        },
        Cancellation);
}
