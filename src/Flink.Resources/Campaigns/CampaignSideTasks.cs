using Microsoft.Extensions.Logging;

namespace Flink.Resources;

/// <summary>
/// What goes on beside a campaign's loop, and ends with it: whoever is told that a campaign is over, or that nobody carries it here any more,
/// may rely on it that nothing of it still asks clusters or journal. Who does not end when asked to is told of, and waited for no longer.
/// </summary>
internal sealed partial class CampaignSideTasks(CampaignObserver observer, CampaignListener listener, CampaignPatrol? patrol, CampaignExaminer? examiner, TimeProvider timeProvider, ILogger logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits until all have ended, which were called off before; never throws.</summary>
    public async Task EndAsync(string campaign)
    {
        (string Name, Task Ending)[] tasks =
        [
            ("observer", observer.EndAsync()),
            ("listener", listener.EndAsync()),
            ("patrol", patrol?.EndAsync() ?? Task.CompletedTask),
            ("examiner", examiner?.EndAsync() ?? Task.CompletedTask),
        ];
        await Task.WhenAll(tasks.Select(static t => t.Ending)).WaitAsync(Patience, timeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var (name, ending) in tasks)
        {
            if (!ending.IsCompleted)
            {
                LogNotEnded(name, campaign, Patience);
            }
            else if (ending.Exception?.InnerException is { } fault)
            {
                LogFaulted(fault, name, campaign);
            }
        }
    }

    [LoggerMessage(1113, LogLevel.Warning, "The {Task} of {Campaign} did not end within {Patience}; it is left to itself.")]
    private partial void LogNotEnded(string task, string campaign, TimeSpan patience);

    [LoggerMessage(1114, LogLevel.Error, "The {Task} of {Campaign} ended with a fault that nobody expected.")]
    private partial void LogFaulted(Exception exception, string task, string campaign);
}
