namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>What is asked of a running application: nothing that is there is said to be gone.</summary>
public abstract class ReadFaults : BackendFaults
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Find_WithAFault_IsNeverAbsentAndNeverWrong() => SweepReadsAsync(static async (scene, _) =>
    {
        var found = await scene.Backend.FindAsync(scene.Fence, Cancellation);

        Assert.True(found.Status is LookupStatus.Found or LookupStatus.Unknown, found.ToString());
        Assert.True(found.Match(static r => r.State is ApplicationState.Running or ApplicationState.Starting, static _ => false, static _ => true), found.ToString());
    });

    [Fact]
    public Task FindByHandle_WithAFault_IsNeverAbsentAndNeverWrong() => SweepReadsAsync(static async (scene, prepared) =>
    {
        var found = await scene.Backend.FindAsync(prepared.Application, Cancellation);

        Assert.True(found.Status is LookupStatus.Found or LookupStatus.Unknown, found.ToString());
        Assert.True(found.Match(static r => r.State is ApplicationState.Running or ApplicationState.Starting, static _ => false, static _ => true), found.ToString());
    });

    [Fact]
    public Task ProbeDeath_OfTheLivingWithAFault_IsNeverDead() => SweepReadsAsync(static async (scene, prepared) =>
    {
        var probe = await scene.Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation);

        Assert.True(probe.Verdict is DeathVerdict.Alive or DeathVerdict.Unknown, probe.ToString());
    });

    [Fact]
    public Task Connect_WithAFault_IsNeverAbsent() => SweepReadsAsync(static async (scene, prepared) =>
    {
        var found = await scene.Backend.ConnectAsync(prepared.Application, Cancellation);

        Assert.True(found.Status is LookupStatus.Found or LookupStatus.Unknown, found.ToString());
    });

    [Fact]
    public Task Start_OfTheLivingWithAFault_IsNeverRefused() => SweepReadsAsync(static async (scene, prepared) =>
    {
        var again = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Assert.True(again is StartOutcome.AlreadyStarted or StartOutcome.Indeterminate, again.ToString());
        Assert.Equal(1, scene.Started);
    });
}
