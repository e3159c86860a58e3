using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Flink.Resources;

/// <summary>What the records of a campaign come to, and the newest of them.</summary>
internal sealed record CampaignPage(CampaignRun Run, long Sequence);

/// <summary>Campaigns in the journal.</summary>
internal sealed class CampaignBook(IJournal journal, TimeProvider timeProvider, string owner)
{
    public const string Machine = "campaign";

    /// <summary>Campaigns stand under job keys of their own, which give them a lease and keep their names apart.</summary>
    public static JobKey KeyOf(string name) => JobKey.Parse($"campaigns/{name}");

    public async Task<string> CreateAsync(CampaignRequest request, JobLease lease, CancellationToken cancellationToken)
    {
        var before = await journal.ListAsync(new RunQuery(lease.Job), cancellationToken).ConfigureAwait(false);
        if (before.FirstOrDefault(static h => !h.IsFinal) is { } other)
        {
            throw new InvalidOperationException($"Campaign {other.Run} is not over ({other.State}): carry it on, or abort it, or give this one another name.");
        }
        var id = string.Create(CultureInfo.InvariantCulture, $"c-{timeProvider.GetUtcNow():yyyyMMddHHmmss}-{request.Name}-{before.Length + 1}");
        var run = CampaignMachine.Create(id, request, timeProvider.GetUtcNow());
        var record = Record(run, 1, JournalRecordKind.Created, CampaignPaper.Write(request));
        return await journal.AppendAsync(record, lease, cancellationToken).ConfigureAwait(false) is AppendResult.Appended
            ? id
            : throw new InvalidOperationException($"Campaign {id} could not be written: somebody else wrote at the same time.");
    }

    public async Task<CampaignPage?> ReadAsync(string campaign, CancellationToken cancellationToken)
    {
        var records = await journal.ReadAsync(campaign, 0, cancellationToken).ConfigureAwait(false);
        if (records.IsEmpty || records[0].Machine != Machine)
        {
            return null;
        }
        var first = CampaignMachine.Create(campaign, CampaignPaper.Read(records[0].Payload), records[0].At);
        return Fold(new CampaignPage(first, 1), records.AsSpan()[1..]);
    }

    public async Task<CampaignPage> CatchUpAsync(CampaignPage page, CancellationToken cancellationToken)
    {
        var records = await journal.ReadAsync(page.Run.Id, page.Sequence, cancellationToken).ConfigureAwait(false);
        return Fold(page, records.AsSpan());
    }

    /// <summary>Writes what happened, whatever else was written meanwhile.</summary>
    public async Task<CampaignPage> AppendAsync(CampaignPage page, CampaignEvent happened, JobLease lease, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await TryAppendAsync(page, happened, JournalRecordKind.Outcome, lease, cancellationToken).ConfigureAwait(false) is { } next)
            {
                return next;
            }
            page = await CatchUpAsync(page, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes a record if nobody wrote meanwhile; else null, and what was decided has to be decided again.</summary>
    public async Task<CampaignPage?> TryAppendAsync(
        CampaignPage page, CampaignEvent happened, JournalRecordKind kind, JobLease? lease, CancellationToken cancellationToken)
    {
        var next = CampaignMachine.Step(page.Run, happened);
        var record = Record(next, page.Sequence + 1, kind, JsonSerializer.Serialize(happened, CampaignJson.Default.CampaignEvent)) with
        {
            Operation = kind == JournalRecordKind.Intent ? happened.GetType().Name : null,
        };
        return await journal.AppendAsync(record, lease, cancellationToken).ConfigureAwait(false) switch
        {
            AppendResult.Appended => new CampaignPage(next, record.Sequence),
            AppendResult.Conflict => null,
            AppendResult.LeaseLost => throw new InvalidOperationException($"The lease of {page.Run.Id} is not ours any more: another process carries it on."),
            _ => throw new JournalException($"The journal did not say whether record {record.Sequence} of {record.Run} was written."),
        };
    }

    private static CampaignPage Fold(CampaignPage page, ReadOnlySpan<JournalRecord> records)
    {
        foreach (var record in records)
        {
            var happened = JsonSerializer.Deserialize(record.Payload, CampaignJson.Default.CampaignEvent)
                ?? throw new JournalException($"Record {record.Sequence} of {record.Run} is empty: it was written by a newer version.");
            page = new CampaignPage(CampaignMachine.Step(page.Run, happened), record.Sequence);
        }
        return page;
    }

    private JournalRecord Record(CampaignRun run, long sequence, JournalRecordKind kind, string payload) => new()
    {
        Run = run.Id,
        Job = KeyOf(run.Request.Name),
        Sequence = sequence,
        Kind = kind,
        Machine = Machine,
        State = run.State.ToString(),
        IsFinal = run.IsFinal,
        Payload = payload,
        At = timeProvider.GetUtcNow(),
        By = owner,
    };
}
