using Flink.Resources.Testing.Servers.Kubernetes;

namespace Flink.Resources.Testing.Servers.Faults;

public sealed class KubernetesWriteFaults : WriteFaults
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WhoseDeploymentIsRefused_IsRefused()
    {
        await using var scene = new KubernetesScene(await KubernetesPlace.StartAsync());
        var prepared = await scene.PrepareAsync();
        scene.Server.Next(ServerFault.Forbidden, IsDeployment);

        var first = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        var second = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Assert.Contains("Not allowed", Assert.IsType<StartOutcome.Refused>(first).Cause, StringComparison.Ordinal);
        Assert.IsType<StartOutcome.Accepted>(second);
    }

    [Fact]
    public async Task Start_RefusedWhileAnEarlierOneMayArrive_IsIndeterminate()
    {
        await using var scene = new KubernetesScene(await KubernetesPlace.StartAsync(), Patience.Short);
        var prepared = await scene.PrepareAsync();
        // The Deployment is sent again until the call's time is over.
        scene.Server.Next(ServerFault.TimeoutBeforeEffect, IsDeployment, times: int.MaxValue);
        var first = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        scene.Server.Heal();
        scene.Server.Next(ServerFault.Forbidden, IsDeployment);

        var second = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        await scene.UntilStartedAsync(prepared);

        Assert.IsType<StartOutcome.Indeterminate>(first);
        Assert.IsType<StartOutcome.Indeterminate>(second);
    }

    private protected override async Task<Scene> StageAsync(Patience patience) => new KubernetesScene(await KubernetesPlace.StartAsync(), patience);

    private static bool IsDeployment(ServerRequest request) =>
        request.Method == "PATCH" && request.Path.Contains("/deployments/", StringComparison.Ordinal);
}
