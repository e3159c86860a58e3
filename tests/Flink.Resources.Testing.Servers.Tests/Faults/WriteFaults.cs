namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>What changes something: nothing that happened is denied, and the same call again makes it whole.</summary>
public abstract class WriteFaults : BackendFaults
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Prepare_WithAFault_IsPreparedByTheSameCallAgain() => SweepWritesAsync(
        FaultsOfEachKind,
        static _ => Task.FromResult<PreparedApplication>(null!),
        static async (scene, _) =>
        {
            var first = await scene.Backend.PrepareAsync(scene.Fence, scene.Spec, Cancellation);
            scene.Server.Heal();
            // A process that knows nothing of the fault.
            var again = await scene.Restarted().PrepareAsync(scene.Fence, scene.Spec, Cancellation);

            Assert.True(first is PrepareOutcome.Prepared or PrepareOutcome.Indeterminate, first.ToString());
            var prepared = Assert.IsType<PrepareOutcome.Prepared>(again).Application;
            Assert.True(first is not PrepareOutcome.Prepared { Application: var early } || early.Application == prepared.Application, $"{first}, then {again}");
            var found = await scene.Restarted().FindAsync(scene.Fence, Cancellation);
            Assert.True(found.Match(r => r.State == ApplicationState.Prepared && r.Application == prepared.Application, static _ => false, static _ => false), found.ToString());
            Assert.Equal(0, scene.Started);
            scene.CheckPrepared(prepared);
        });

    [Fact]
    public Task Start_WithAFault_IsOneApplicationByTheSameCallAgain() => SweepWritesAsync(
        Faults,
        static scene => scene.PrepareAsync(),
        static async (scene, prepared) =>
        {
            var first = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
            Assert.True(first is not StartOutcome.Refused || scene.Started == 0, $"It runs, and is said to be refused: {first}");
            scene.Server.Heal();
            await scene.UntilStartedAsync(prepared);
            await scene.UntilRunningAsync();

            Assert.True(scene.Started == 1, $"{scene.Started} applications after {first}.");
        });

    [Fact]
    public Task Remove_WithAFault_SaysGoneOnlyOfTheGone() => SweepWritesAsync(
        FaultsOfEachKind,
        static scene => scene.RunAsync(),
        static async (scene, prepared) =>
        {
            var first = await scene.Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation);
            Assert.True(first is not (RemoveOutcome.Removed or RemoveOutcome.AlreadyGone) || !scene.IsLive, $"It lives, and is said to be gone: {first}");
            scene.Server.Heal();
            await Scene.UntilAsync(async () => await scene.Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation)
                is RemoveOutcome.Removed or RemoveOutcome.AlreadyGone);

            Assert.False(scene.IsLive);
            await Scene.UntilAsync(async () =>
                (await scene.Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation)).Verdict == DeathVerdict.Dead);
        });
}
