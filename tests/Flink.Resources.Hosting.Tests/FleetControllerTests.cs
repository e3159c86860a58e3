using Flink.Resources.Fleet;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Flink.Resources.Hosting;

public sealed class FleetControllerTests
{
    private readonly IFleet _fleet = Substitute.For<IFleet>();
    private readonly TaskCompletionSource _began = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Host_StartsAndStopsTheController_AndTheCheckFollows()
    {
        FleetRunsUntilCancelled();
        StatusIs();
        using var host = Build();
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(host));

        await host.StartAsync(CancellationToken);
        await _began.Task.WaitAsync(CancellationToken);
        Assert.Equal(HealthStatus.Healthy, await CheckAsync(host));

        await host.StopAsync(CancellationToken);
        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(host));
    }

    [Fact]
    public async Task Controller_TheJournalWasAway_BeginsAnew()
    {
        var calls = 0;
        _fleet.RunAsync(Arg.Any<IProgress<FleetProgress>?>(), Arg.Any<CancellationToken>()).Returns(async call =>
        {
            if (++calls == 1)
            {
                throw new JournalException("away");
            }
            _began.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.Arg<CancellationToken>());
        });
        using var host = Build();

        await host.StartAsync(CancellationToken);
        await _began.Task.WaitAsync(CancellationToken);
        await host.StopAsync(CancellationToken);

        Assert.Equal(2, calls);
    }

    [Theory]
    [InlineData("Running", HealthStatus.Healthy)]
    [InlineData("Parked", HealthStatus.Degraded)]
    [InlineData("Unknown", HealthStatus.Unhealthy)]
    public async Task Check_FollowsTheJobs(string state, HealthStatus expected)
    {
        FleetRunsUntilCancelled();
        StatusIs(state);
        using var host = Build();
        await host.StartAsync(CancellationToken);
        await _began.Task.WaitAsync(CancellationToken);

        Assert.Equal(expected, await CheckAsync(host));
        await host.StopAsync(CancellationToken);
    }

    [Fact]
    public async Task Check_TheJournalIsAway_IsUnhealthy()
    {
        FleetRunsUntilCancelled();
        _fleet.StatusAsync(Arg.Any<CancellationToken>()).ThrowsAsync(new JournalException("away"));
        using var host = Build();
        await host.StartAsync(CancellationToken);
        await _began.Task.WaitAsync(CancellationToken);

        Assert.Equal(HealthStatus.Unhealthy, await CheckAsync(host));
        await host.StopAsync(CancellationToken);
    }

    [Fact]
    public async Task Options_NoDelay_FailsAtStart()
    {
        using var host = Build(TimeSpan.Zero);

        await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => host.StartAsync(CancellationToken));
    }

    private static async Task<HealthStatus> CheckAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(CancellationToken)).Status;

    private void FleetRunsUntilCancelled() => _fleet.RunAsync(Arg.Any<IProgress<FleetProgress>?>(), Arg.Any<CancellationToken>()).Returns(async call =>
    {
        _began.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.Arg<CancellationToken>());
    });

    private void StatusIs(string state = "Running") => _fleet.StatusAsync(Arg.Any<CancellationToken>()).Returns(new FleetStatus
    {
        At = DateTimeOffset.UnixEpoch,
        Exit = FleetExit.Ok,
        Jobs = [new JobStatusLine { Job = JobKey.Parse("ads/clicks"), State = state, Next = ApplyAction.None, Reason = "It is so." }],
    });

    private IHost Build(TimeSpan? delay = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(_fleet);
        new HostedBuilder(builder.Services).AddFleetController(o => o.RestartDelay = delay ?? TimeSpan.FromMilliseconds(1));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddHealthChecks().AddFleet();
        return builder.Build();
    }

    private sealed record HostedBuilder(IServiceCollection Services) : IFlinkResourcesBuilder;
}
