using System.Threading.Channels;

namespace Flink.Resources.Simulation;

public sealed class VirtualTimeTests
{
    private readonly SimulatedFleet _fleet = SimulatedFleet.Create(1, "yarn-east");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_Waits_PassWithoutRealTimeOnOneThread()
    {
        var threads = new HashSet<int>();
        var order = new List<string>();

        await _fleet.RunAsync(
            async ct =>
            {
                await Task.WhenAll(StepsAsync("a", 3, order, threads, ct), StepsAsync("b", 2, order, threads, ct));
            },
            Cancellation);

        Assert.Equal(["b2", "a3", "b4", "a6", "b6", "a9"], order);
        Assert.Single(threads);
    }

    [Fact]
    public async Task RunAsync_CodeThatLeavesTheThread_IsWaitedFor()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                var channel = Channel.CreateUnbounded<int>();
                var began = _fleet.TimeProvider.GetTimestamp();
                _ = Task.Delay(TimeSpan.FromDays(1), _fleet.TimeProvider, ct);
                await Task.Yield();
                await Task.Run(
                    () =>
                    {
                        Thread.Sleep(20); // Work of the thread pool takes real time; no virtual time may pass meanwhile.
                        channel.Writer.TryWrite(1);
                    },
                    ct);
                await channel.Reader.ReadAsync(ct);

                Assert.Equal(TimeSpan.Zero, _fleet.TimeProvider.GetElapsedTime(began));
            },
            Cancellation);
    }

    [Fact]
    public async Task RunAsync_PeriodicTimersAndTimeouts_FollowTheVirtualClock()
    {
        await _fleet.RunAsync(
            async ct =>
            {
                using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), _fleet.TimeProvider);
                using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(10), _fleet.TimeProvider);
                var ticks = 0;
                try
                {
                    while (await timer.WaitForNextTickAsync(timeout.Token))
                    {
                        ticks++;
                    }
                }
                catch (OperationCanceledException)
                {
                    Assert.Equal(9, ticks);
                }
            },
            Cancellation);
    }

    [Fact]
    public async Task RunAsync_NothingIsDue_SaysSo()
    {
        var never = new TaskCompletionSource();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => _fleet.RunAsync(_ => never.Task, Cancellation));

        Assert.Contains("TimeProvider", failure.Message, StringComparison.Ordinal);
        await _fleet.RunAsync(TimeSpan.FromSeconds(1), Cancellation);
    }

    [Fact]
    public async Task RunAsync_NeverEnds_TimesOutInVirtualTime()
    {
        var fleet = new SimulatedFleet(new SimulatedFleetOptions
        {
            Patience = TimeSpan.FromHours(1), Backends = [new() { Name = "yarn-east", Kind = BackendKind.Yarn }],
        });

        await Assert.ThrowsAsync<TimeoutException>(() => fleet.RunAsync(
            async ct =>
            {
                while (true)
                {
                    await Task.Delay(TimeSpan.FromMinutes(1), fleet.TimeProvider, ct);
                }
            },
            Cancellation));
    }

    [Fact]
    public async Task RunAsync_Failure_IsTheCallers() =>
        await Assert.ThrowsAsync<FormatException>(() => _fleet.RunAsync(static _ => throw new FormatException("mine"), Cancellation));

    [Fact]
    public async Task StartClock_RealSpeed_PassesAsRealTimeDoes()
    {
        using var clock = _fleet.StartClock(speed: 100);
        var began = TimeProvider.System.GetTimestamp();

        await Task.Delay(TimeSpan.FromSeconds(20), _fleet.TimeProvider, Cancellation);

        Assert.True(TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromMilliseconds(150));
        Assert.Throws<InvalidOperationException>(() => _fleet.StartClock());
    }

    [Fact]
    public void Create_NameThatDoesNotSayItsKind_IsRefused() =>
        Assert.Contains("mesos", Assert.Throws<ArgumentException>(() => SimulatedFleet.Create(1, "mesos")).Message, StringComparison.Ordinal);

    private async Task StepsAsync(string name, int hours, List<string> order, HashSet<int> threads, CancellationToken cancellationToken)
    {
        var began = _fleet.TimeProvider.GetTimestamp();
        for (var i = 0; i < 3; i++)
        {
            await Task.Delay(TimeSpan.FromHours(hours), _fleet.TimeProvider, cancellationToken).ConfigureAwait(false);
            threads.Add(Environment.CurrentManagedThreadId);
            order.Add(FormattableString.Invariant($"{name}{_fleet.TimeProvider.GetElapsedTime(began).TotalHours}"));
        }
    }
}
