using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Flink.Resources;

/// <summary>Names to subscribe to with OpenTelemetry or <c>dotnet-counters</c>.</summary>
public static class FlinkResourcesTelemetry
{
    /// <summary>The name of the meter: <c>AddMeter(FlinkResourcesTelemetry.MeterName)</c>.</summary>
    public const string MeterName = "Flink.Resources";

    /// <summary>The name of the activity source: <c>AddSource(FlinkResourcesTelemetry.ActivitySourceName)</c>.</summary>
    public const string ActivitySourceName = "Flink.Resources";
}

/// <summary>The instruments of all backends of one container.</summary>
internal sealed class BackendInstruments
{
    public BackendInstruments(IMeterFactory meters) =>
        Duration = meters.Create(FlinkResourcesTelemetry.MeterName).CreateHistogram(
            "flink.resources.backend.call.duration",
            unit: "s",
            description: "How long a call of a backend took, by backend, call and outcome.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });

    public Histogram<double> Duration { get; }

    /// <summary>Without a listener it costs nothing, so one for the process is enough.</summary>
    public static ActivitySource Activities { get; } = new(FlinkResourcesTelemetry.ActivitySourceName);
}
