using Flink.Resources.Migration;
using Flink.Resources.Simulation;

namespace Flink.Resources.Jobs;

/// <summary>What one look at a copy tells.</summary>
public sealed class CopyObserverTests
{
    [Fact]
    public async Task Look_TheJobHasFailedAndItsResultIsBeingStored_NamesTheCause()
    {
        var seen = new List<CopyObservation>();
        for (var moment = 0; moment < 12; moment++)
        {
            seen.Add(await FirstLookAfterFailureAsync(TimeSpan.FromSeconds(18) + TimeSpan.FromMilliseconds(25 * moment)));
        }

        Assert.Contains(ApplicationState.Running, seen.Select(static s => s.ApplicationState));
        Assert.All(seen, static s => Assert.Equal("JobException: Recovery is suppressed: a task failed too often", s.Diagnostics));
    }

    private static async Task<CopyObservation> FirstLookAfterFailureAsync(TimeSpan after)
    {
        var fleet = SimulatedFleet.Create(1, "k8s-east");
        var catalog = new SimulatedMove(1, behaviour: new SimulatedJob { FailsAfter = after }, fleet: fleet).Catalog;
        var spec = SimulatedMove.Spec with
        {
            Configuration = SimulatedMove.Spec.Configuration.Add("high-availability.type", "kubernetes").Add("job-result-store.delete-on-commit", "false"),
        };
        CopyObservation? seen = null;
        await fleet.RunAsync(
            async ct =>
            {
                var backend = fleet.Backend("k8s-east");
                var prepared = Assert.IsType<PrepareOutcome.Prepared>(await backend.PrepareAsync(new Fence(SimulatedMove.Job, 1), spec, ct)).Application;
                Assert.IsType<StartOutcome.Accepted>(await backend.StartAsync(prepared, RestorePoint.None, ct));
                var observer = new CopyObserver(catalog, fleet.TimeProvider);
                do
                {
                    await fleet.RunAsync(TimeSpan.FromMilliseconds(50), ct);
                    seen = await observer.LookAsync(new CopyRef(prepared.Application), null, thorough: false, ct);
                }
                while (seen.JobState != FlinkJobState.Failed);
            },
            TestContext.Current.CancellationToken);
        return seen!;
    }
}
