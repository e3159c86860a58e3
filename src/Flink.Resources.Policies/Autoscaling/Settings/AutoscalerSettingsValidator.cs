using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>Checks the ranges of settings.</summary>
public static class AutoscalerSettingsValidator
{
    /// <summary>
    /// Every setting out of its range. Nothing is checked while the autoscaler is off; the settings of a feature only
    /// while that feature is on.
    /// </summary>
    public static ImmutableArray<AutoscalerSettingError> Validate(AutoscalerSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.Enabled)
        {
            return [];
        }
        var errors = ImmutableArray.CreateBuilder<AutoscalerSettingError>();
        Check(AutoscalerOptions.ScaleDownMaxFactor, settings.ScaleDownMaxFactor, 0, double.PositiveInfinity);
        Check(AutoscalerOptions.ScaleUpMaxFactor, settings.ScaleUpMaxFactor, 0, double.PositiveInfinity);
        Check(AutoscalerOptions.UtilizationTarget, settings.UtilizationTarget, 0, 1);
        Check(AutoscalerOptions.UtilizationBoundary, settings.UtilizationBoundary, 0, double.PositiveInfinity);
        Check(AutoscalerOptions.UtilizationMax, settings.UtilizationMax, settings.UtilizationTarget, 1);
        Check(AutoscalerOptions.UtilizationMin, settings.UtilizationMin, 0, settings.UtilizationTarget);
        Check(AutoscalerOptions.GcPressureThreshold, settings.GcPressureThreshold, 0, 1);
        Check(AutoscalerOptions.HeapUsageThreshold, settings.HeapUsageThreshold, 0, 1);
        if (settings.EffectivenessDetection)
        {
            Check(AutoscalerOptions.EffectivenessThreshold, settings.EffectivenessThreshold, 0, 1);
        }
        if (settings.MemoryTuning)
        {
            Check(AutoscalerOptions.MemoryTuningOverhead, settings.MemoryTuningOverhead, 0, 1);
        }
        if (settings.ObservedScalability)
        {
            Check(AutoscalerOptions.ObservedScalabilityCoefficientMin, settings.ObservedScalabilityCoefficientMin, 0.01, 1);
        }
        Check(AutoscalerOptions.VertexMinParallelism, settings.VertexMinParallelism, 1, settings.VertexMaxParallelism);
        foreach (var period in settings.ExcludedPeriods)
        {
            if (!ExcludedPeriod.TryParse(period, out _, out var error))
            {
                errors.Add(new(AutoscalerOptions.ExcludedPeriods.Key, period,
                    $"{AutoscalerOptions.ExcludedPeriods.Key}: '{period}': {error}"));
            }
        }
        CheckExtensions(settings.Extensions);
        return errors.ToImmutable();

        void CheckExtensions(AutoscalerExtensions extensions)
        {
            if (extensions.ScalingCurve)
            {
                Check(AutoscalerExtensionOptions.ScalingCurveMinObservations, extensions.ScalingCurveMinObservations, 2, RateObservations.MaxCount);
                CheckDuration(AutoscalerExtensionOptions.ScalingCurveMaxAge, extensions.ScalingCurveMaxAge, TimeSpan.FromSeconds(1));
                if (!settings.EffectivenessDetection)
                {
                    Check(AutoscalerOptions.EffectivenessThreshold, settings.EffectivenessThreshold, 0, 1);
                }
            }
            if (extensions.WayBack)
            {
                Check(AutoscalerExtensionOptions.WayBackHealthDrop, extensions.WayBackHealthDrop, 0.1, 10);
                CheckDuration(AutoscalerExtensionOptions.WayBackBackOff, extensions.WayBackBackOff, TimeSpan.Zero);
            }
            if (extensions.DataSkewReport)
            {
                Check(AutoscalerExtensionOptions.DataSkewThreshold, extensions.DataSkewThreshold, 1, double.PositiveInfinity);
            }
        }

        void CheckDuration(AutoscalerOption option, TimeSpan value, TimeSpan least)
        {
            if (value < least)
            {
                errors.Add(new(option.Key, $"{value:c}", $"{option.Key} must be at least {least:c}, it is {value:c}."));
            }
        }

        void Check(AutoscalerOption option, double? value, double least, double most)
        {
            // Written so that NaN fails.
            if (value is { } number && !(number >= least && number <= most))
            {
                var text = number.ToString(CultureInfo.InvariantCulture);
                var range = double.IsInfinity(most)
                    ? string.Create(CultureInfo.InvariantCulture, $"at least {least}")
                    : string.Create(CultureInfo.InvariantCulture, $"between {least} and {most}");
                errors.Add(new(option.Key, text, $"{option.Key} must be {range}, it is {text}."));
            }
        }
    }
}
