using Flink.Resources.Simulation;

namespace Flink.Resources.Migration;

public sealed class SimulatedMoveTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("yarn-east", "k8s-east")]
    [InlineData("k8s-east", "yarn-east")]
    public async Task Move_WithoutTrouble_IsExactWithOneCopyThroughout(string from, string to)
    {
        var move = new SimulatedMove(7, from, to);
        MigrationRun? run = null;

        var wrong = await move.RunAsync(async (m, ct) => run = await m.MoveAsync(ct), Cancellation);

        Assert.Null(wrong);
        Assert.Equal((MigrationState.Committed, LiveCopy.Target), (run!.State, run.Live));
        Assert.True(move.Fleet.Account(SimulatedMove.Job).Committed > 100_000);
    }
}
