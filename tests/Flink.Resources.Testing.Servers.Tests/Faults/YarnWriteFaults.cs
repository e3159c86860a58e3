using Flink.Resources.Testing.Servers.Yarn;

namespace Flink.Resources.Testing.Servers.Faults;

public sealed class YarnWriteFaults : WriteFaults
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_RefusedWhileAnEarlierOneMayArrive_IsIndeterminate()
    {
        await using var scene = new YarnScene(await YarnPlace.StartAsync(), Patience.Short);
        var prepared = await scene.PrepareAsync();
        scene.Server.Next(ServerFault.TimeoutBeforeEffect, IsSubmission);
        scene.Server.Next(ServerFault.Forbidden, IsSubmission);

        var first = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        var second = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        await scene.UntilStartedAsync(prepared);

        Assert.IsType<StartOutcome.Indeterminate>(first);
        Assert.IsType<StartOutcome.Indeterminate>(second);
    }

    [Fact]
    public async Task Start_RefusedAtOnce_IsRefusedAndCanBeRepeated()
    {
        await using var scene = new YarnScene(await YarnPlace.StartAsync());
        var prepared = await scene.PrepareAsync();
        scene.Server.Next(ServerFault.Forbidden, IsSubmission, times: 2);

        Assert.IsType<StartOutcome.Refused>(await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        Assert.IsType<StartOutcome.Refused>(await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        Assert.Equal(0, scene.Started);
        Assert.IsType<StartOutcome.Accepted>(await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
    }

    private protected override async Task<Scene> StageAsync(Patience patience) => new YarnScene(await YarnPlace.StartAsync(), patience);

    private static bool IsSubmission(ServerRequest request) => request is { Method: "POST", Path: "/ws/v1/cluster/apps" };
}
