using Flink.Resources.Integration.Kubernetes;
using Flink.Resources.Kubernetes;
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
    public async Task Move_IntoClustersThatAreUp_IsExactBothWays()
    {
        await using var flow = new MoveFlow("warm");
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        await using var sampler = new CopySampler(flow.Catalog, flow.Job);

        var there = await flow.MoveAsync(flow.Request(source, toKubernetes: true, Warm));
        Assert.Equal((MigrationState.Committed, LiveCopy.Target), (there.State, there.Live));
        await flow.VerifyAsync();

        // A copy in a session cluster is stopped, proved dead and left like any other.
        var back = await flow.MoveAsync(flow.Request(there.Target!.Application, toKubernetes: false, Warm));
        Assert.Equal((MigrationState.Committed, LiveCopy.Target), (back.State, back.Live));
        Assert.Equal(DeathVerdict.Dead, (await flow.Kubernetes.ProbeDeathAsync(new CopyRef(there.Target.Application), MoveFlow.Cancellation)).Verdict);
        await flow.VerifyAsync();

        static MoveRequest Warm(MoveRequest request) => request with { Options = request.Options with { Standby = StandbyLevel.Cluster } };
    }

    [Fact]
    public async Task Move_TheTargetsImageIsMissing_ReturnsToOriginExact()
    {
        KubernetesOptions? options = null;
        await using var flow = new MoveFlow("image", kubernetes: o => options = o);
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        await using var sampler = new CopySampler(flow.Catalog, flow.Job);

        // It goes away once the directory was tried from it: a missing one is found by that already.
        var run = await flow.MoveAsync(flow.Request(source, toKubernetes: true, static r => r with { Options = r.Options with { Standby = StandbyLevel.None } }), r =>
        {
            if (r.State == MigrationState.PreparingTarget)
            {
                options!.Profiles["1.20"].Image = "testbed/nobody:1";
            }
        });

        Assert.Equal((MigrationState.RolledBack, LiveCopy.Source), (run.State, run.Live));
        Assert.Equal(RollbackChoice.ReturnToOrigin, run.Rollback!.Choice);
        Assert.Contains("testbed/nobody:1", run.Rollback.Reason, StringComparison.Ordinal);
        await flow.VerifyAsync();
    }

    [Fact]
    public async Task Move_ByTheLastCheckpoint_LosesNothingAndGoesOnFromACheckpoint()
    {
        await using var flow = new MoveFlow("checkpoint");
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        await using var sampler = new CopySampler(flow.Catalog, flow.Job);

        var run = await flow.MoveAsync(flow.Request(source, toKubernetes: true, static r => r with { Options = r.Options with { Stop = StopMethod.LastCheckpoint } }));

        Assert.Equal((MigrationState.Committed, LiveCopy.Target), (run.State, run.Live));
        Assert.False(run.Origin!.IsSavepoint);
        Assert.Contains("/chk-", run.Origin.Uri, StringComparison.Ordinal);
        Assert.Equal(DeathVerdict.Dead, (await flow.Yarn.ProbeDeathAsync(new CopyRef(source), MoveFlow.Cancellation)).Verdict);
        // What came after that checkpoint is processed again; a sink that commits with checkpoints has not committed it before.
        await flow.VerifyAsync();
    }

    [Fact]
    public async Task Move_TheTargetsJobFailsAfterItsStart_ReturnsToOriginExact()
    {
        // It restores and runs; its first checkpoint is late at once, and that ends it.
        await AssertReturnsAsync(
            "fails",
            static s => s with
            {
                Configuration = s.Configuration.SetItem("execution.checkpointing.timeout", "10ms").SetItem("execution.checkpointing.tolerable-failed-checkpoints", "0")
                    .SetItem("restart-strategy.type", "none"),
            },
            "Exceeded checkpoint tolerable failure threshold");
    }

    [Fact]
    public async Task T37_TheTargetIsKilledAfterItCommittedOutput_GoesOnFromItsNewestCheckpointExact()
    {
        await using var flow = new MoveFlow("killed-target");
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        await using var sampler = new CopySampler(flow.Catalog, flow.Job);
        Task killed = Task.CompletedTask;

        var run = await flow.MoveAsync(
            flow.Request(source, toKubernetes: true, static r => r with
            {
                Options = r.Options with { Soak = TimeSpan.FromMinutes(2), Sinks = r.Options.Sinks.Add("verify", SinkClass.Transactional) },
            }),
            r => killed = r.State == MigrationState.Soaking ? KillAsync(r.Target!.Application) : killed);

        await killed;
        Assert.Equal((MigrationState.RolledBack, LiveCopy.Source), (run.State, run.Live));
        Assert.Equal(RollbackChoice.TargetCheckpoint, run.Rollback!.Choice);
        Assert.Contains("/chk-", run.Return!.Uri, StringComparison.Ordinal);
        await flow.VerifyAsync();

        // Several checkpoints after the first that was seen: the newest one is what counts.
        static async Task KillAsync(ApplicationHandle target)
        {
            await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, MoveFlow.Cancellation);
            await Cluster.DeleteByForceAsync(target.Namespace!, target.Id);
        }
    }

    [Fact]
    public async Task Move_SomethingOfAnEarlierStartIsLeftOnTheTarget_IsHeldAndTheSourceUntouched()
    {
        await using var flow = new MoveFlow("leftovers");
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        var before = await FlinkJobAsync(flow, source);
        var target = await WhereItWouldGoAsync(flow, source);
        var left = await Cluster.PlantLeftoversAsync(target.Namespace!, target.Id);

        var run = await flow.MoveAsync(flow.Request(source, toKubernetes: true));

        Assert.Equal((MigrationState.Held, LiveCopy.Source), (run.State, run.Live));
        Assert.All(left, name => Assert.Contains(name, run.Reason, StringComparison.Ordinal));
        Assert.Equal(before, await FlinkJobAsync(flow, source));
        Assert.Equal(left.Order(StringComparer.Ordinal), (await Cluster.ObjectsOfAsync(target.Namespace!, target.Id)).Order(StringComparer.Ordinal));
        Assert.True(flow.Kubernetes.TryGetFeature<IFenceRegistry>(out var registry));
        Assert.Empty((await registry.FindFencesAsync(flow.Job, MoveFlow.Cancellation)).Match(static f => f, static _ => [], static e => throw new InvalidOperationException(e.Seen)));
        await flow.VerifyAsync();
        await Cluster.RemoveLeftoversAsync(target.Namespace!, left);
    }

    private static async Task AssertReturnsAsync(string name, Func<ApplicationSpec, ApplicationSpec> spoil, string cause)
    {
        await using var flow = new MoveFlow(name);
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        await using var sampler = new CopySampler(flow.Catalog, flow.Job);

        var run = await flow.MoveAsync(flow.Request(source, toKubernetes: true, r => r with
        {
            TargetSpec = spoil(r.TargetSpec),
            Options = r.Options with { Sinks = r.Options.Sinks.Add("verify", SinkClass.Transactional) },
        }));

        Assert.Equal((MigrationState.RolledBack, LiveCopy.Source), (run.State, run.Live));
        Assert.Equal(RollbackChoice.ReturnToOrigin, run.Rollback!.Choice);
        Assert.Contains(cause, $"{run.Rollback.Reason} {run.Evidence}", StringComparison.Ordinal);
        await flow.VerifyAsync();
    }

    private static async Task<FlinkJobId> FlinkJobAsync(MoveFlow flow, ApplicationHandle application)
    {
        var cluster = (await flow.Yarn.ConnectAsync(application, MoveFlow.Cancellation)).Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
        var job = Assert.Single(await cluster!.GetJobsAsync(MoveFlow.Cancellation));
        Assert.True(job.AllTasksRun, job.ToString());
        return job.Id;
    }

    /// <summary>The next epoch's names on the target: prepared, and given back.</summary>
    private static async Task<ApplicationHandle> WhereItWouldGoAsync(MoveFlow flow, ApplicationHandle source)
    {
        var epoch = (await flow.Yarn.FindAsync(source, MoveFlow.Cancellation)).Match(static r => r.Fence!.Value.Epoch, static _ => 0, static _ => 0);
        var prepared = await new Flow(flow.Kubernetes).PrepareAsync(flow.OnKubernetes, epoch + 1);
        await flow.Kubernetes.ForgetAsync(prepared.Fence, MoveFlow.Cancellation);
        return prepared.Application;
    }
}
