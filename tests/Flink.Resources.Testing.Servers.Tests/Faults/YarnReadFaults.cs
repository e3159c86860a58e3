using Flink.Resources.Testing.Servers.Yarn;

namespace Flink.Resources.Testing.Servers.Faults;

public sealed class YarnReadFaults : ReadFaults
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_WhileTheJobManagerIsInTrouble_KeepsTheResourceManagersWord()
    {
        await using var yarn = await YarnPlace.StartAsync();
        var scene = new YarnScene(yarn);
        await scene.RunAsync();
        var flink = Assert.Single(yarn.Applications).Flink!;
        foreach (var fault in Enum.GetValues<ServerFault>())
        {
            flink.Next(fault, times: int.MaxValue);

            var found = await scene.Backend.FindAsync(scene.Fence, Cancellation);

            Assert.True(found.Match(static r => r.State == ApplicationState.Running, static _ => false, static _ => false), $"{fault}: {found}");
            flink.Heal();
        }
    }

    private protected override async Task<Scene> StageAsync(Patience patience) => new YarnScene(await YarnPlace.StartAsync(), patience);
}
