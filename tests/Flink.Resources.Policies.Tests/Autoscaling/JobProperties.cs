using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class JobProperties
{
    [Fact]
    public void Plan_VerticesInAnotherOrder_IsTheSamePlan() => Gen.Select(Evaluations.Settings, Jobs.Sketches, Gen.Int).Sample((settings, job, seed) =>
    {
        var order = Enumerable.Range(0, job.Vertices.Length).OrderBy(i => unchecked((i + 1) * (seed | 1)));
        var (plain, shuffled) = (job.Topology(), job.Topology(order));

        AssertSame(Plan(settings, job.Facts(plain)), Plan(settings, job.Facts(shuffled)));
    });

    [Fact]
    public void Plan_AdvisorMode_DecidesWhatActiveModeDecides() => Gen.Select(Evaluations.Settings, Jobs.Sketches).Sample((settings, job) =>
    {
        var active = job.Plan(settings);
        var advisor = job.Plan(settings with { ScalingEnabled = false });

        AssertSame(active, advisor);
        Assert.Equal(active.Memory.Write(), advisor.Memory.Write());
        Assert.NotEqual(AutoscalerStatus.Scale, advisor.Status);
    });

    [Fact]
    public void Plan_AllRatesTimesTheSame_ChangesNothing() => Gen.Select(Evaluations.Settings, Jobs.Sketches, Gen.Int[1, 6]).Sample((settings, job, exponent) =>
    {
        // Rates large enough that rounding to whole records per second moves no parallelism by more than the last subtask.
        var topology = job.Topology();
        var once = Plan(settings, job.Facts(topology, 1e4));
        var times = Plan(settings, job.Facts(topology, 1e4 * (1L << exponent)));

        foreach (var (first, second) in once.Decision!.Vertices.Zip(times.Decision!.Vertices))
        {
            Assert.InRange(second.TargetParallelism, first.TargetParallelism - 1, first.TargetParallelism + 1);
            Assert.Equal(first.Evaluation.TrueProcessingRate * (1L << exponent), second.Evaluation.TrueProcessingRate, first.Evaluation.TrueProcessingRate * 1e-6);
        }
    });

    [Fact]
    public void Plan_OutOfAnOldMemory_IsThatOfTheSameMemoryReadAgain() => Gen.Select(Evaluations.Settings, Jobs.Sketches).Sample((settings, job) =>
    {
        var first = job.Plan(settings);
        var memory = first.Status == AutoscalerStatus.Scale ? first.Memory.Executed(first.Decision!, null, DateTimeOffset.UnixEpoch) : first.Memory;
        var again = AutoscalerMemory.Read(memory.Write());

        AssertSame(job.Plan(settings, memory), job.Plan(settings, again));
    });

    private static AutoscalerPlan Plan(AutoscalerSettings settings, AutoscalerFacts facts) =>
        new AutoscalerPolicy().Plan(settings, facts, AutoscalerMemory.Empty, static _ => true);

    private static void AssertSame(AutoscalerPlan expected, AutoscalerPlan actual) => Assert.Equal(
        expected.Decision?.Vertices.Select(static v => (v.Evaluation.Id, v.NewParallelism, v.Explain())),
        actual.Decision?.Vertices.Select(static v => (v.Evaluation.Id, v.NewParallelism, v.Explain())));
}
