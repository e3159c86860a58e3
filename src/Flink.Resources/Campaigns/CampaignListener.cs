using System.Collections.Immutable;
using Flink.Resources.Planning;
using Microsoft.Extensions.Logging;

namespace Flink.Resources;

/// <summary>
/// Hears beside a campaign's loop what others say: incidents of what its jobs share, and marks of jobs of which two copies live. Whoever
/// fails or does not answer keeps nobody waiting, and what was heard before stays.
/// </summary>
internal sealed partial class CampaignListener
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The copy watcher looks as often, and a journal may hold many runs.</summary>
    private static readonly TimeSpan MarksEvery = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly ImmutableArray<Ear> _ears;
    private readonly Dictionary<string, ImmutableArray<DependencyIncident>> _heard = new(StringComparer.Ordinal);
    private ImmutableArray<SeenTwice> _seenTwice = [];

    public CampaignListener(CampaignRun campaign, IJournal journal, IEnumerable<IDependencyIncidents> incidents, TimeProvider timeProvider, ILogger logger)
    {
        (_timeProvider, _logger) = (timeProvider, logger);
        var marks = new TwoCopyMarks(journal, campaign);
        _ears =
        [
            new Ear("marks", MarksEvery, async ct =>
            {
                var seen = await marks.ReadAsync(ct).ConfigureAwait(false);
                lock (_lock)
                {
                    _seenTwice = seen;
                }
            }),
            .. incidents.Select(i => new Ear(i.Name, campaign.Request.Options.ControlPlaneInterval, async ct =>
            {
                var said = await i.ReadAsync(ct).ConfigureAwait(false);
                lock (_lock)
                {
                    _heard[i.Name] = said.IsDefault ? [] : said;
                }
            })),
        ];
    }

    /// <summary>Jobs of which two copies live.</summary>
    public ImmutableArray<SeenTwice> SeenTwice
    {
        get
        {
            lock (_lock)
            {
                return _seenTwice;
            }
        }
    }

    /// <summary>Begins to ask whom it is time to ask, and who has answered since.</summary>
    public void Begin(CancellationToken cancellationToken)
    {
        var now = _timeProvider.GetUtcNow();
        foreach (var ear in _ears)
        {
            if (ear.Listening is not { IsCompleted: false } && now - ear.BeganAt >= ear.Every)
            {
                ear.BeganAt = now;
                ear.Listening = ListenAsync(ear, cancellationToken);
            }
        }
    }

    /// <summary>What sources of incidents said since this was asked last, by their names.</summary>
    public ImmutableArray<KeyValuePair<string, ImmutableArray<DependencyIncident>>> TakeIncidents()
    {
        lock (_lock)
        {
            ImmutableArray<KeyValuePair<string, ImmutableArray<DependencyIncident>>> heard = [.. _heard.OrderBy(static h => h.Key, StringComparer.Ordinal)];
            _heard.Clear();
            return heard;
        }
    }

    /// <summary>Ends when all have answered that are asked.</summary>
    public Task EndAsync() => Task.WhenAll(_ears.Select(static e => e.Listening ?? Task.CompletedTask));

    private async Task ListenAsync(Ear ear, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, _timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await ear.Listen(either.Token).ConfigureAwait(false);
            ear.Failed = false;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever it fails with: nothing new is known. Told once, until it answers again.
            if (!ear.Failed && !cancellationToken.IsCancellationRequested)
            {
                LogNotHeard(exception, ear.Name);
            }
            ear.Failed = true;
        }
    }

    [LoggerMessage(1111, LogLevel.Warning, "{Source} could not be asked for what concerns a campaign; what was known stays, and it is asked again.")]
    private partial void LogNotHeard(Exception exception, string source);

    /// <summary>Somebody who is asked again and again.</summary>
    private sealed class Ear(string name, TimeSpan every, Func<CancellationToken, Task> listen)
    {
        public string Name => name;

        public TimeSpan Every => every;

        public Func<CancellationToken, Task> Listen => listen;

        public DateTimeOffset BeganAt { get; set; } = DateTimeOffset.MinValue;

        public Task? Listening { get; set; }

        public bool Failed { get; set; }
    }
}
