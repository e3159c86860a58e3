using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>Reads the switches of <see cref="AutoscalerExtensions"/>.</summary>
internal static class AutoscalerExtensionsReader
{
    public static AutoscalerExtensions Read(ConfigurationSource source)
    {
        var d = AutoscalerExtensions.None;
        return new()
        {
            CapAtPartitions = source.Boolean(AutoscalerExtensionOptions.CapAtPartitions, d.CapAtPartitions),
            QuotaCountsEverything = source.Boolean(AutoscalerExtensionOptions.QuotaCountsEverything, d.QuotaCountsEverything),
            ExpectedRateOfAppliedParallelism = source.Boolean(
                AutoscalerExtensionOptions.ExpectedRateOfAppliedParallelism, d.ExpectedRateOfAppliedParallelism),
            ScalingCurve = source.Boolean(AutoscalerExtensionOptions.ScalingCurve, d.ScalingCurve),
            ScalingCurveMinObservations = source.Integer(
                AutoscalerExtensionOptions.ScalingCurveMinObservations, d.ScalingCurveMinObservations),
            ScalingCurveMaxAge = source.Duration(AutoscalerExtensionOptions.ScalingCurveMaxAge, d.ScalingCurveMaxAge),
            BottleneckPropagation = source.Boolean(AutoscalerExtensionOptions.BottleneckPropagation, d.BottleneckPropagation),
            ExternalSinks = ExternalSinks(source),
            AgreeingWindows = source.Boolean(AutoscalerExtensionOptions.AgreeingWindows, d.AgreeingWindows),
            SkipDisturbedWindows = source.Boolean(AutoscalerExtensionOptions.SkipDisturbedWindows, d.SkipDisturbedWindows),
            CpuThrottling = source.Boolean(AutoscalerExtensionOptions.CpuThrottling, d.CpuThrottling),
            WayBack = source.Boolean(AutoscalerExtensionOptions.WayBack, d.WayBack),
            WayBackHealthDrop = source.Number(AutoscalerExtensionOptions.WayBackHealthDrop) ?? d.WayBackHealthDrop,
            WayBackBackOff = source.Duration(AutoscalerExtensionOptions.WayBackBackOff, d.WayBackBackOff),
            BackendCapacity = source.Boolean(AutoscalerExtensionOptions.BackendCapacity, d.BackendCapacity),
            FleetArbiter = source.Boolean(AutoscalerExtensionOptions.FleetArbiter, d.FleetArbiter),
            DataSkewReport = source.Boolean(AutoscalerExtensionOptions.DataSkewReport, d.DataSkewReport),
            DataSkewThreshold = source.Number(AutoscalerExtensionOptions.DataSkewThreshold) ?? d.DataSkewThreshold,
        };
    }

    private static ImmutableArray<ExternalSink> ExternalSinks(ConfigurationSource source)
    {
        var option = AutoscalerExtensionOptions.ExternalSinks;
        var sinks = ImmutableArray.CreateBuilder<ExternalSink>();
        foreach (var text in source.List(option))
        {
            if (ExternalSink.TryParse(text) is { } sink)
            {
                sinks.Add(sink);
            }
            else
            {
                source.Fail(option.Key, text, "a list whose entries are a vertex id, alone or as 'id=records per second' with a finite number from 0");
            }
        }
        return sinks.ToImmutable();
    }
}
