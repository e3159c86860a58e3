using System.Collections.Immutable;

namespace Flink.Resources.Autoscaling;

/// <summary>A configuration value that cannot be used.</summary>
/// <param name="Key">The key as it is written in the configuration.</param>
/// <param name="Value">Its value.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record AutoscalerSettingError(string Key, string Value, string Message);

/// <summary>Settings and what could not be read; a value that could not be read has its default.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="Errors">Every mistake.</param>
/// <param name="Warnings">What is understood in a way the writer may not expect.</param>
public sealed record AutoscalerSettingsReading(
    AutoscalerSettings Settings,
    ImmutableArray<AutoscalerSettingError> Errors,
    ImmutableArray<string> Warnings);

/// <summary>Reads the settings from a job's Flink configuration.</summary>
public static class AutoscalerSettingsReader
{
    /// <summary>Reads all settings. Unknown keys are ignored.</summary>
    /// <param name="configuration">The Flink configuration, values as Flink writes them.</param>
    /// <param name="aligners">Alignments that the configuration may name, besides the built-in ones.</param>
    public static AutoscalerSettingsReading Read(
        IReadOnlyDictionary<string, string> configuration, params ReadOnlySpan<IParallelismAligner> aligners)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var source = new ConfigurationSource(configuration);
        var aligner = Aligner(source, aligners);
        var d = new AutoscalerSettings();
        var settings = new AutoscalerSettings
        {
            Enabled = source.Boolean(AutoscalerOptions.Enabled, d.Enabled),
            ScalingEnabled = source.Boolean(AutoscalerOptions.ScalingEnabled, d.ScalingEnabled),
            StabilizationInterval = source.Duration(AutoscalerOptions.StabilizationInterval, d.StabilizationInterval),
            MetricsWindow = source.Duration(AutoscalerOptions.MetricsWindow, d.MetricsWindow),
            BusyTimeAggregator = Aggregator(source),
            UtilizationTarget = source.Number(AutoscalerOptions.UtilizationTarget) ?? d.UtilizationTarget,
            UtilizationMax = source.Number(AutoscalerOptions.UtilizationMax),
            UtilizationMin = source.Number(AutoscalerOptions.UtilizationMin),
            UtilizationBoundary = source.Number(AutoscalerOptions.UtilizationBoundary) ?? d.UtilizationBoundary,
            CatchUpDuration = source.Duration(AutoscalerOptions.CatchUpDuration, d.CatchUpDuration),
            RestartTime = source.Duration(AutoscalerOptions.RestartTime, d.RestartTime),
            RestartTracking = source.Boolean(AutoscalerOptions.RestartTracking, d.RestartTracking),
            RestartTrackingLimit = source.Duration(AutoscalerOptions.RestartTrackingLimit, d.RestartTrackingLimit),
            BacklogLagThreshold = source.Duration(AutoscalerOptions.BacklogLagThreshold, d.BacklogLagThreshold),
            ObservedRateLagThreshold =
                source.Duration(AutoscalerOptions.ObservedRateLagThreshold, d.ObservedRateLagThreshold),
            ObservedRateSwitchThreshold =
                source.Number(AutoscalerOptions.ObservedRateSwitchThreshold) ?? d.ObservedRateSwitchThreshold,
            ObservedRateMinObservations =
                source.Integer(AutoscalerOptions.ObservedRateMinObservations, d.ObservedRateMinObservations),
            VertexMinParallelism = source.Integer(AutoscalerOptions.VertexMinParallelism, d.VertexMinParallelism),
            VertexMaxParallelism = source.Integer(AutoscalerOptions.VertexMaxParallelism, d.VertexMaxParallelism),
            ScaleUpMaxFactor = source.Number(AutoscalerOptions.ScaleUpMaxFactor) ?? d.ScaleUpMaxFactor,
            ScaleDownMaxFactor = source.Number(AutoscalerOptions.ScaleDownMaxFactor) ?? d.ScaleDownMaxFactor,
            ScaleDownInterval = source.Duration(AutoscalerOptions.ScaleDownInterval, d.ScaleDownInterval),
            AlignmentMode = Alignment(source, aligner),
            CustomAlignment = aligner,
            ExcludedVertices = source.List(AutoscalerOptions.ExcludedVertices),
            ExcludedPeriods = source.List(AutoscalerOptions.ExcludedPeriods),
            EffectivenessDetection = source.Boolean(AutoscalerOptions.EffectivenessDetection, d.EffectivenessDetection),
            EffectivenessThreshold = source.Number(AutoscalerOptions.EffectivenessThreshold) ?? d.EffectivenessThreshold,
            ObservedScalability = source.Boolean(AutoscalerOptions.ObservedScalability, d.ObservedScalability),
            ObservedScalabilityMinObservations = source.Integer(
                AutoscalerOptions.ObservedScalabilityMinObservations, d.ObservedScalabilityMinObservations),
            ObservedScalabilityCoefficientMin =
                source.Number(AutoscalerOptions.ObservedScalabilityCoefficientMin) ?? d.ObservedScalabilityCoefficientMin,
            GcPressureThreshold = source.Number(AutoscalerOptions.GcPressureThreshold) ?? d.GcPressureThreshold,
            HeapUsageThreshold = source.Number(AutoscalerOptions.HeapUsageThreshold) ?? d.HeapUsageThreshold,
            MemoryTuning = source.Boolean(AutoscalerOptions.MemoryTuning, d.MemoryTuning),
            MemoryTuningOverhead = source.Number(AutoscalerOptions.MemoryTuningOverhead) ?? d.MemoryTuningOverhead,
            MaximizeManagedMemory = source.Boolean(AutoscalerOptions.MaximizeManagedMemory, d.MaximizeManagedMemory),
            ScaleDownCompensation = source.Boolean(AutoscalerOptions.ScaleDownCompensation, d.ScaleDownCompensation),
            QuotaCpu = source.Number(AutoscalerOptions.QuotaCpu),
            QuotaMemoryBytes = source.Memory(AutoscalerOptions.QuotaMemory),
            HistoryMaxCount = source.Integer(AutoscalerOptions.HistoryMaxCount, d.HistoryMaxCount),
            HistoryMaxAge = source.Duration(AutoscalerOptions.HistoryMaxAge, d.HistoryMaxAge),
            EventInterval = source.Duration(AutoscalerOptions.EventInterval, d.EventInterval),
            CustomEvaluators = source.List(AutoscalerOptions.CustomEvaluators),
            CustomExecutors = source.List(AutoscalerOptions.CustomExecutors),
            RestClientTimeout = source.Duration(AutoscalerOptions.RestClientTimeout, d.RestClientTimeout),
            SlotsPerTaskManager = source.Integer(AutoscalerOptions.SlotsPerTaskManager, d.SlotsPerTaskManager),
            BuffersPerChannel = source.Integer(AutoscalerOptions.BuffersPerChannel, d.BuffersPerChannel),
            FloatingBuffersPerGate = source.Integer(AutoscalerOptions.FloatingBuffersPerGate, d.FloatingBuffersPerGate),
            SegmentSizeBytes = source.Memory(AutoscalerOptions.SegmentSize) ?? d.SegmentSizeBytes,
            Extensions = AutoscalerExtensionsReader.Read(source),
        };
        return new(settings, source.Errors.ToImmutable(), source.Warnings.ToImmutable());
    }

    private static BusyTimeAggregator Aggregator(ConfigurationSource source)
    {
        if (source.Find(AutoscalerOptions.BusyTimeAggregator) is not var (key, text))
        {
            return BusyTimeAggregator.Max;
        }
        switch (text.Trim().ToUpperInvariant())
        {
            case "MAX": return BusyTimeAggregator.Max;
            case "AVG": return BusyTimeAggregator.Avg;
            case "MIN": return BusyTimeAggregator.Min;
            default:
                source.Fail(key, text, "MAX, AVG or MIN");
                return BusyTimeAggregator.Max;
        }
    }

    private static IParallelismAligner? Aligner(ConfigurationSource source, ReadOnlySpan<IParallelismAligner> aligners)
    {
        if (source.Find(AutoscalerOptions.AlignmentMode) is not var (_, text) || text is "BALANCED" or "EVENLY_SPREAD" or "OFF")
        {
            return null;
        }
        foreach (var aligner in aligners)
        {
            if (string.Equals(aligner.Name, text, StringComparison.Ordinal))
            {
                return aligner;
            }
        }
        return null;
    }

    private static AlignmentMode Alignment(ConfigurationSource source, IParallelismAligner? aligner)
    {
        var deprecated = Deprecated(source);
        if (source.Find(AutoscalerOptions.AlignmentMode) is not var (key, text))
        {
            return deprecated ?? AlignmentMode.Balanced;
        }
        if (aligner is not null)
        {
            return AlignmentMode.Balanced;
        }
        switch (text)
        {
            case "BALANCED": return AlignmentMode.Balanced;
            case "EVENLY_SPREAD": return AlignmentMode.EvenlySpread;
            case "OFF": return AlignmentMode.Off;
            default:
                source.Warnings.Add($"{key}: no alignment mode is called '{text}'; BALANCED is used.");
                return AlignmentMode.Balanced;
        }
    }

    private static AlignmentMode? Deprecated(ConfigurationSource source)
    {
        if (source.Find(AutoscalerOptions.DeprecatedAdjustMode) is not var (key, text))
        {
            return null;
        }
        switch (text.Trim().ToUpperInvariant())
        {
            case "EVENLY_SPREAD": return AlignmentMode.LegacyEvenlySpread;
            case "MAXIMIZE_UTILISATION": return AlignmentMode.LegacyMaximizeUtilisation;
            default:
                source.Fail(key, text, "EVENLY_SPREAD or MAXIMIZE_UTILISATION");
                return null;
        }
    }
}
