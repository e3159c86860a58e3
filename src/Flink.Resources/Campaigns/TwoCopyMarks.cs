using System.Collections.Immutable;
using System.Text.Json;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>The marks of a campaign's jobs of which two live copies were seen since it was written down. Each mark is read once.</summary>
internal sealed class TwoCopyMarks(IJournal journal, CampaignRun campaign)
{
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private ImmutableArray<SeenTwice> _seen = [];

    /// <summary>All of them so far.</summary>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    public async Task<ImmutableArray<SeenTwice>> ReadAsync(CancellationToken cancellationToken)
    {
        var heads = await journal.ListAsync(new RunQuery(), cancellationToken).ConfigureAwait(false);
        foreach (var head in heads.Where(h => h is { Machine: JobMarks.Machine, State: nameof(JobMarkKind.TwoCopies) } && h.CreatedAt >= campaign.CreatedAt && !_read.Contains(h.Run)).ToList())
        {
            foreach (var record in await journal.ReadAsync(head.Run, 0, cancellationToken).ConfigureAwait(false))
            {
                var mark = JsonSerializer.Deserialize(record.Payload, DeploymentJson.Default.JobMark)!;
                if (campaign.Jobs.ContainsKey(mark.Job))
                {
                    _seen = _seen.Add(new SeenTwice(mark.Job, mark.At, mark.Reason ?? mark.By));
                }
            }
            _read.Add(head.Run);
        }
        return _seen;
    }
}
