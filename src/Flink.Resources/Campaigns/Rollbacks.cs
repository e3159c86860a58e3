using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Flink.Resources;

/// <summary>What a click asked for, with the moves that it meant at that time.</summary>
internal sealed record RollbackClick(RollbackScope Scope, string By, string? Reason, RollbackOptions Options, ImmutableArray<RollbackTarget> Targets);

/// <summary>Clicks in the journal: each is a run of its own under the scope's key, so that the same click again joins it, in this process or another.</summary>
internal sealed class Rollbacks(IJournal journal, IMigrations migrations, RollbackTargets targets, TimeProvider timeProvider, string owner)
{
    private const string Machine = "rollback";
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public async Task<ImmutableArray<RollbackResult>> RunAsync(
        RollbackScope scope, string by, string? reason, RollbackOptions options, CancellationToken cancellationToken)
    {
        var key = KeyOf(scope);
        var joined = default(string);
        while (true)
        {
            if (joined is not null && await ReadAsync(joined, cancellationToken).ConfigureAwait(false) is { IsOver: true } over)
            {
                return over.Ordered;
            }
            var keeper = await JobLeaseKeeper.TryAcquireAsync(journal, key, owner, LeaseDuration, timeProvider, cancellationToken).ConfigureAwait(false);
            if (keeper is not null)
            {
                await using var _ = keeper.ConfigureAwait(false);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, keeper.Lost);
                try
                {
                    return await CarryAsync(scope, by, reason, options, joined, keeper.Lease, stop.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException) when (keeper.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                {
                    // Another process carries it on: join that one.
                }
            }
            joined ??= await UnfinishedAsync(key, cancellationToken).ConfigureAwait(false);
            await Task.Delay(LookAgain, timeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Scopes stand under job keys of their own: equal scopes under one.</summary>
    private static JobKey KeyOf(RollbackScope scope) => JobKey.Parse(
        $"rollbacks/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(scope, CampaignJson.Default.RollbackScope))))[..32]}");

    private async Task<string?> UnfinishedAsync(JobKey key, CancellationToken cancellationToken) =>
        (await journal.ListAsync(new RunQuery(key, UnfinishedOnly: true), cancellationToken).ConfigureAwait(false)).FirstOrDefault()?.Run;

    private async Task<ImmutableArray<RollbackResult>> CarryAsync(
        RollbackScope scope, string by, string? reason, RollbackOptions options, string? joined, JobLease lease, CancellationToken cancellationToken)
    {
        if (joined is not null && await ReadAsync(joined, cancellationToken).ConfigureAwait(false) is { IsOver: true } over)
        {
            return over.Ordered;
        }
        var id = await UnfinishedAsync(lease.Job, cancellationToken).ConfigureAwait(false)
            ?? await CreateAsync(new RollbackClick(scope, by, reason, options, await targets.FindAsync(scope, cancellationToken).ConfigureAwait(false)), lease, cancellationToken).ConfigureAwait(false);
        if (id is null)
        {
            return [];
        }
        var page = (await ReadAsync(id, cancellationToken).ConfigureAwait(false))!;
        var bringer = new JobReturn(journal, migrations, timeProvider, page.Click.Options.PollInterval);
        var waiting = page.Click.Targets.Where(t => !page.Results.ContainsKey(t.Job)).ToList();
        var running = new Dictionary<Task<RollbackResult>, RollbackTarget>();
        while (waiting.Count > 0 || running.Count > 0)
        {
            foreach (var target in Next(waiting, running.Values, page.Click.Options))
            {
                waiting.Remove(target);
                running.Add(BringAsync(bringer, target, page.Click, cancellationToken), target);
            }
            var done = await Task.WhenAny(running.Keys).ConfigureAwait(false);
            running.Remove(done);
            page = await WriteAsync(page, await done.ConfigureAwait(false), lease, cancellationToken).ConfigureAwait(false);
        }
        return page.Ordered;
    }

    /// <summary>Those that may start now, in their order.</summary>
    internal static List<RollbackTarget> Next(IReadOnlyCollection<RollbackTarget> waiting, IReadOnlyCollection<RollbackTarget> running, RollbackOptions options)
    {
        var free = options.InFlight - running.Count;
        var perQueue = running.CountBy(static r => r.Queue, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var next = new List<RollbackTarget>();
        foreach (var target in waiting)
        {
            var used = perQueue.GetValueOrDefault(target.Queue);
            if (next.Count < free && used < options.PerQueue)
            {
                perQueue[target.Queue] = used + 1;
                next.Add(target);
            }
        }
        return next;
    }

    private static async Task<RollbackResult> BringAsync(JobReturn bringer, RollbackTarget target, RollbackClick click, CancellationToken cancellationToken)
    {
        try
        {
            return await bringer.BringBackAsync(target, click.By, click.Reason, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ArgumentException or KeyNotFoundException)
        {
            // One job that can't be brought back keeps no other from it.
            return new RollbackResult(target.Job, RollbackWay.None, RollbackEnd.Failed, target.Run, exception.Message);
        }
    }

    private async Task<string?> CreateAsync(RollbackClick click, JobLease lease, CancellationToken cancellationToken)
    {
        if (click.Targets.IsEmpty)
        {
            return null;
        }
        var before = await journal.ListAsync(new RunQuery(lease.Job), cancellationToken).ConfigureAwait(false);
        var id = string.Create(CultureInfo.InvariantCulture, $"b-{timeProvider.GetUtcNow():yyyyMMddHHmmss}-{lease.Job.Name[..12]}-{before.Length + 1}");
        var record = Record(id, lease.Job, 1, JournalRecordKind.Created, "Running", JsonSerializer.Serialize(click, CampaignJson.Default.RollbackClick));
        return await journal.AppendAsync(record, lease, cancellationToken).ConfigureAwait(false) == AppendResult.Appended
            ? id
            : throw new InvalidOperationException($"Rollback {id} could not be written: another process asked for the same.");
    }

    private async Task<RollbackPage> WriteAsync(RollbackPage page, RollbackResult result, JobLease lease, CancellationToken cancellationToken)
    {
        var next = page with { Results = page.Results.SetItem(result.Job, result), Sequence = page.Sequence + 1 };
        var record = Record(page.Id, lease.Job, next.Sequence, JournalRecordKind.Outcome, next.IsOver ? "Completed" : "Running", JsonSerializer.Serialize(result, CampaignJson.Default.RollbackResult)) with
        {
            IsFinal = next.IsOver,
        };
        return await journal.AppendAsync(record, lease, cancellationToken).ConfigureAwait(false) == AppendResult.Appended
            ? next
            : throw new InvalidOperationException($"The lease of {page.Id} is not ours any more: another process carries it on.");
    }

    private async Task<RollbackPage?> ReadAsync(string id, CancellationToken cancellationToken)
    {
        var records = await journal.ReadAsync(id, 0, cancellationToken).ConfigureAwait(false);
        if (records.IsEmpty)
        {
            return null;
        }
        var click = JsonSerializer.Deserialize(records[0].Payload, CampaignJson.Default.RollbackClick)!;
        var results = records.Skip(1).Select(static r => JsonSerializer.Deserialize(r.Payload, CampaignJson.Default.RollbackResult)!);
        return new RollbackPage(id, click, results.ToImmutableDictionary(static r => r.Job), records.Length);
    }

    private JournalRecord Record(string id, JobKey key, long sequence, JournalRecordKind kind, string state, string payload) => new()
    {
        Run = id,
        Job = key,
        Sequence = sequence,
        Kind = kind,
        Machine = Machine,
        State = state,
        Payload = payload,
        At = timeProvider.GetUtcNow(),
        By = owner,
    };

    /// <summary>What the records of a click come to.</summary>
    private sealed record RollbackPage(string Id, RollbackClick Click, ImmutableDictionary<JobKey, RollbackResult> Results, long Sequence)
    {
        public bool IsOver => Click.Targets.All(t => Results.ContainsKey(t.Job));

        public ImmutableArray<RollbackResult> Ordered => [.. Click.Targets.Select(t => Results[t.Job])];
    }
}
