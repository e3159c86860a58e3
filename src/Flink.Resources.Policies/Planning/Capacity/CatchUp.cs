using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>
/// How long a job works off what came in while it was down: <c>downtime * inRate / (maxRate - inRate)</c>; without end when it is not
/// faster than what comes in.
/// </summary>
internal static class CatchUp
{
    /// <summary>Null when a rate is not known, or the job has none.</summary>
    public static TimeSpan? Expected(FleetJob job, CapacityOptions options)
    {
        if (job.Kind == JobKind.Batch || job is not { InputRate: { } input, MaximumRate: { } most })
        {
            return null;
        }
        if (input <= 0)
        {
            return TimeSpan.Zero;
        }
        if (most <= input)
        {
            return TimeSpan.MaxValue;
        }
        var seconds = (job.ExpectedDowntime ?? options.AssumedDowntime).TotalSeconds * input / (most - input);
        return seconds >= TimeSpan.MaxValue.TotalSeconds ? TimeSpan.MaxValue : TimeSpan.FromSeconds(seconds);
    }

    /// <summary>Why a target fails that only fits the usual load; null when it does not.</summary>
    public static string? Refusal(FleetJob job, CapacityOptions options) => Expected(job, options) switch
    {
        { } time when time == TimeSpan.MaxValue => string.Create(CultureInfo.InvariantCulture,
            $"{job.Job} would never catch up: {job.InputRate:0.#} records per second come in and it works off {job.MaximumRate:0.#}. Give it more on the target."),
        { } time when time > options.MaximumCatchUp => string.Create(CultureInfo.InvariantCulture,
            $"{job.Job} would catch up in {time:c}, {options.MaximumCatchUp:c} is the limit: {job.InputRate:0.#} records per second come in and it works off {job.MaximumRate:0.#}. Give it more on the target."),
        _ => null,
    };
}
