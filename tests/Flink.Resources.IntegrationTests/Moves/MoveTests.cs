using Flink.Resources.Rollback;
using Microsoft.Extensions.DependencyInjection;

namespace Flink.Resources.Integration;

/// <summary>One running job goes to the other cluster, exact, or back where it was.</summary>
public sealed class MoveTests
{
    [Fact]
    public async Task Move_FromYarnToKubernetesAndBack_IsExactAndNeverTwice()
    {
        await using var flow = new MoveFlow("clean");
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        await using (new CopySampler(flow.Catalog, flow.Job))
        {
            // A second controller with a journal of its own wants the same at the same time.
            using var rival = Backends.Both("rival", new MemoryJournal(TimeProvider.System));
            var runs = await Task.WhenAll(
                flow.MoveAsync(flow.Request(source, toKubernetes: true)),
                MoveFlow.MoveAsync(rival.GetRequiredService<IMigrations>(), flow.Request(source, toKubernetes: true)));
            var there = Assert.Single(runs, static r => r.State == MigrationState.Committed);
            var loser = Assert.Single(runs, static r => r.State == MigrationState.Held);
            Assert.Equal(LiveCopy.Target, there.Live);
            Assert.Contains(there == runs[0] ? "clean-" : "rival-", loser.Reason, StringComparison.Ordinal);
            Assert.Equal(DeathVerdict.Dead, (await flow.Yarn.ProbeDeathAsync(new CopyRef(source), MoveFlow.Cancellation)).Verdict);
            await flow.VerifyAsync();

            var back = await flow.MoveAsync(flow.Request(there.Target!.Application, toKubernetes: false));
            Assert.Equal((MigrationState.Committed, LiveCopy.Target), (back.State, back.Live));
            await flow.VerifyAsync();
        }
    }

    [Fact]
    public async Task Move_TheTargetsImageIsMissing_ReturnsToOriginExact()
    {
        await using var flow = new MoveFlow("image", kubernetes: static o => o.Profiles["1.20"].Image = "testbed/nobody:1");
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        await using var sampler = new CopySampler(flow.Catalog, flow.Job);

        var run = await flow.MoveAsync(flow.Request(source, toKubernetes: true));

        Assert.Equal((MigrationState.RolledBack, LiveCopy.Source), (run.State, run.Live));
        Assert.Equal(RollbackChoice.ReturnToOrigin, run.Rollback!.Choice);
        Assert.Contains("testbed/nobody:1", run.Rollback.Reason, StringComparison.Ordinal);
        await flow.VerifyAsync();
    }
}
