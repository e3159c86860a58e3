using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class AgreeingWindowsTests
{
    private static readonly AutoscalerSettings On = Evaluations.AtOnce with
    {
        MetricsWindow = TimeSpan.FromMinutes(15),
        Extensions = new() { AgreeingWindows = true },
    };

    private static readonly JobSketch Busy = Jobs.Chain(new VertexSketch(4, 128, 0, 1, 1000, 500_000, 0));
    private static readonly JobSketch Idle = Jobs.Chain(new VertexSketch(4, 128, 0, 0.05, 1000, 0, 0));

    [Fact]
    public void Plan_FirstWindow_WaitsForASecondThatSharesNoSample()
    {
        var first = At(0, Busy, AutoscalerMemory.Empty);
        var between = At(14, Busy, first.Memory);
        var second = At(15, Busy, between.Memory);

        Assert.Equal((AutoscalerStatus.Balanced, VertexReason.WindowsDisagree), (first.Status, first.Decision!.Vertices[0].Reason));
        Assert.Contains("[agreeing-windows: Up is proposed for 0 s", first.Decision.Vertices[0].Explain(), StringComparison.Ordinal);
        Assert.Equal(AutoscalerStatus.Balanced, between.Status);
        Assert.Equal(AutoscalerStatus.Scale, second.Status);
        Assert.Equal(Busy.Plan(Evaluations.AtOnce).Decision!.Parallelism(), second.Decision!.Parallelism());
        Assert.Empty(second.Memory.Executed(second.Decision, null, DateTimeOffset.UnixEpoch).Proposals);
    }

    [Fact]
    public void Plan_OtherDirectionBetween_BeginsAgain()
    {
        var first = At(0, Busy, AutoscalerMemory.Empty);
        var other = At(10, Idle, first.Memory);

        Assert.Equal(AutoscalerStatus.Balanced, At(20, Busy, other.Memory).Status);
    }

    [Fact]
    public void Plan_JobRestartedBetween_BeginsAgain()
    {
        var first = At(0, Busy, AutoscalerMemory.Empty);

        var second = Busy.Plan(On, first.Memory, f => f with { Now = f.Now.AddMinutes(30), RunningSince = f.Now.AddMinutes(1) });

        Assert.Equal(AutoscalerStatus.Balanced, second.Status);
    }

    [Fact]
    public void Plan_ProposalsStored_SurviveARestartOfTheController()
    {
        var first = At(0, Busy, AutoscalerMemory.Empty);

        Assert.Equal(AutoscalerStatus.Scale, At(15, Busy, AutoscalerMemory.Read(first.Memory.Write())).Status);
    }

    [Fact]
    public void Plan_AnyHistory_ChangesOnlyWhatWasProposedForAWholeWindow() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 2]).Array[1, 30].Sample(cycles =>
        {
            var (memory, minute) = (AutoscalerMemory.Empty, 0);
            var (since, direction) = (0, ScaleDirection.None);
            foreach (var (step, load) in cycles)
            {
                minute += step;
                var job = load switch { 0 => Busy, 1 => Idle, _ => Jobs.Chain(new VertexSketch(4, 128, 0, 0.7, 1000, 0, 0)) };
                var free = job.Plan(On with { Extensions = AutoscalerExtensions.None }).Decision!.Vertices[0];
                var wanted = AgreeingWindows.Direction(4, free.AlignedParallelism);
                (since, direction) = wanted == direction ? (since, direction) : (minute, wanted);

                var plan = At(minute, job, memory);

                Assert.Equal(free.IsChange && minute - since >= 15, plan.Decision!.IsChange);
                memory = plan.Memory;
            }
        });

    private static AutoscalerPlan At(int minute, JobSketch job, AutoscalerMemory memory) =>
        job.Plan(On, memory, f => f with { Now = f.Now.AddMinutes(minute) });
}
