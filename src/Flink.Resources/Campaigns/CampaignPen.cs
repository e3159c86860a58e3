namespace Flink.Resources;

/// <summary>Writes one campaign's records under its lease, and knows what they come to.</summary>
internal sealed class CampaignPen(CampaignPage page, JobLease lease, CampaignBook book)
{
    private CampaignPage _page = page;

    public CampaignRun Run => _page.Run;

    /// <summary>Writes what happened, whatever else was written meanwhile.</summary>
    public async Task WriteAsync(CampaignEvent happened) =>
        _page = await book.AppendAsync(_page, happened, lease, CancellationToken.None).ConfigureAwait(false);

    /// <summary>Writes what is about to be done, unless somebody wrote meanwhile: then that is read, and it has to be decided again.</summary>
    public async Task<bool> TryWriteAsync(CampaignEvent intended, CancellationToken cancellationToken)
    {
        if (await book.TryAppendAsync(_page, intended, JournalRecordKind.Intent, lease, cancellationToken).ConfigureAwait(false) is { } next)
        {
            _page = next;
            return true;
        }
        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
        return false;
    }

    public async Task CatchUpAsync(CancellationToken cancellationToken) => _page = await book.CatchUpAsync(_page, cancellationToken).ConfigureAwait(false);

    /// <summary>Remembers what is not worth a record.</summary>
    public void Remember(CampaignRun run) => _page = _page with { Run = run };
}
