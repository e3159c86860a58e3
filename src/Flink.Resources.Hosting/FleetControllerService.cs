using Flink.Resources.Fleet;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Flink.Resources.Hosting;

/// <summary>Runs the fleet's controller for as long as the host runs. A fault is logged and it begins anew: nothing is lost but time.</summary>
internal sealed partial class FleetControllerService(
    IFleet fleet, ControllerPulse pulse, IOptionsMonitor<FleetControllerOptions> options, TimeProvider timeProvider, ILogger<FleetControllerService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var progress = new Reports(logger);
        while (!stoppingToken.IsCancellationRequested)
        {
            pulse.Runs();
            try
            {
                await fleet.RunAsync(progress, stoppingToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
#pragma warning disable CA1031 // whatever it is: a resident controller goes on
            catch (Exception exception)
#pragma warning restore CA1031
            {
                pulse.Stands(exception.Message);
                LogFault(exception, options.CurrentValue.RestartDelay);
            }
            await Task.Delay(options.CurrentValue.RestartDelay, timeProvider, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        pulse.Stands("The host is stopping.");
    }

    [LoggerMessage(8001, LogLevel.Error, "The fleet's controller stopped; it begins anew in {Delay}.")]
    private partial void LogFault(Exception exception, TimeSpan delay);

    private sealed partial class Reports(ILogger logger) : IProgress<FleetProgress>
    {
        public void Report(FleetProgress value) => LogState(logger, value.Job, value.State, value.Words);

        [LoggerMessage(8002, LogLevel.Information, "{Job} is {State}. {Words}")]
        private static partial void LogState(ILogger logger, JobKey job, string state, string? words);
    }
}

/// <summary>Whether the controller runs, for whoever asks.</summary>
internal sealed class ControllerPulse
{
    private string? _standsBecause = "It has not begun yet.";

    /// <summary>Why it does not run; null while it does.</summary>
    public string? StandsBecause => Volatile.Read(ref _standsBecause);

    public void Runs() => Volatile.Write(ref _standsBecause, null);

    public void Stands(string because) => Volatile.Write(ref _standsBecause, because);
}
