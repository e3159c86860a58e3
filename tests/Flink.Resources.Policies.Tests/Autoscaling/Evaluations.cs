using CsCheck;

namespace Flink.Resources.Autoscaling;

/// <summary>Vertices and settings as tests need them.</summary>
internal static class Evaluations
{
    public static TimeSpan RestartTime { get; } = TimeSpan.FromMinutes(5);

    public static AutoscalerSettings AtOnce { get; } = new() { Enabled = true, ScaleDownInterval = TimeSpan.Zero };

    public static Gen<AutoscalerSettings> Settings { get; } = Gen.Select(
        Gen.Double[0.3, 1.0], Gen.Int[1, 40], Gen.Int[40, 400], Gen.Double[0, 5], Gen.Double[0, 0.95], Gen.Enum<AlignmentMode>(),
        static (target, least, most, up, down, mode) => AtOnce with
        {
            UtilizationTarget = target,
            VertexMinParallelism = least,
            VertexMaxParallelism = most,
            ScaleUpMaxFactor = up,
            ScaleDownMaxFactor = down,
            AlignmentMode = mode,
        });

    public static Gen<VertexShape> Shapes { get; } = Gen.Select(
        Gen.Int[1, 300], Gen.Int[1, 1000], Gen.Int[0, 200], Gen.Bool, Gen.Double[0, 1e6], Gen.Double[0, 1e5], Gen.Double[1, 1e6],
        static (p, max, partitions, hash, target, catchUp, rate) => new VertexShape(p, max, partitions, hash, target, catchUp, rate));

    public static VertexEvaluation Of(AutoscalerSettings settings, VertexShape shape) => new()
    {
        Id = "vertex",
        Parallelism = shape.Parallelism,
        MaxParallelism = shape.MaxParallelism,
        SourcePartitions = shape.Partitions,
        HasHashInput = shape.Hash,
        TargetDataRate = shape.Target,
        CatchUpDataRate = shape.CatchUp,
        TrueProcessingRate = shape.Rate,
        Thresholds = Capacity.Thresholds(settings, shape.Target, shape.CatchUp, processingBacklog: false, RestartTime),
    };

    public static VertexDecision Decide(AutoscalerSettings settings, VertexShape shape) =>
        VertexScaler.Decide(settings, Of(settings, shape), VertexMemory.None, RestartTime, DateTimeOffset.UnixEpoch).Decision;
}

internal sealed record VertexShape(
    int Parallelism, int MaxParallelism, int Partitions, bool Hash, double Target, double CatchUp, double Rate);
