using Flink.Resources.Fleet;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Flink.Resources.Hosting;

/// <summary>The controller runs, the journal answers, no cluster is unreadable, and no job waits for a person.</summary>
internal sealed class FleetHealthCheck(ControllerPulse pulse, IFleet fleet) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (pulse.StandsBecause is { } because)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"The controller does not run: {because}");
        }
        try
        {
            var status = await fleet.StatusAsync(cancellationToken).ConfigureAwait(false);
            var unreadable = status.Jobs.Where(static j => j.State == "Unknown").Select(static j => j.Job.Value).ToList();
            if (unreadable.Count > 0)
            {
                return new HealthCheckResult(context.Registration.FailureStatus, $"Nobody can say how these jobs are: {string.Join(", ", unreadable.Take(10))}.");
            }
            var waiting = status.Jobs.Where(static j => j.State is "Parked" or "Paused").Select(static j => j.Job.Value).ToList();
            return waiting.Count > 0
                ? HealthCheckResult.Degraded($"These jobs wait for a person: {string.Join(", ", waiting.Take(10))}.")
                : HealthCheckResult.Healthy(FormattableString.Invariant($"{status.Jobs.Length} jobs."));
        }
        catch (JournalException exception)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The journal can't be reached.", exception);
        }
    }
}
