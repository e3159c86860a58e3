using System.Collections.Immutable;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>Campaigns over a journal.</summary>
internal sealed class FleetCampaigns : ICampaigns
{
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromSeconds(15);
    private readonly IJournal _journal;
    private readonly IMigrations _migrations;
    private readonly IBackendCatalog _backends;
    private readonly TimeProvider _timeProvider;
    private readonly string _owner;
    private readonly CampaignSituations? _situations;
    private readonly CampaignSenses _senses;
    private readonly CampaignBook _book;
    private readonly PlacementMemory _placements;
    private readonly RollbackTargets _targets;
    private readonly Rollbacks _rollbacks;
    private readonly RollbackPreviews _previews;

    public FleetCampaigns(IJournal journal, IMigrations migrations, IBackendCatalog backends, TimeProvider timeProvider, CampaignSituations? situations = null, string? owner = null, CampaignSenses? senses = null)
    {
        (_journal, _migrations, _backends, _timeProvider, _situations) = (journal, migrations, backends, timeProvider, situations);
        _senses = senses ?? CampaignSenses.None;
        _owner = owner ?? RunOwner.New();
        _book = new CampaignBook(journal, timeProvider, _owner);
        _placements = new PlacementMemory(journal, migrations, timeProvider, _owner);
        _targets = new RollbackTargets(journal, _book, migrations);
        _rollbacks = new Rollbacks(journal, migrations, _targets, timeProvider, _owner);
        _previews = new RollbackPreviews(migrations, _targets, backends, timeProvider);
    }

    public async Task<string> CreateAsync(CampaignRequest request, CancellationToken cancellationToken = default)
    {
        CampaignRules.Check(request, _backends);
        var key = CampaignBook.KeyOf(request.Name);
        var keeper = await AcquireAsync(key, cancellationToken).ConfigureAwait(false);
        await using var _ = keeper.ConfigureAwait(false);
        return await _book.CreateAsync(request, keeper.Lease, cancellationToken).ConfigureAwait(false);
    }

    public async Task<CampaignReport> RunAsync(string campaign, IProgress<CampaignReport>? progress = null, CancellationToken cancellationToken = default)
    {
        var first = await RequiredAsync(campaign, cancellationToken).ConfigureAwait(false);
        if (first.Run.IsFinal)
        {
            return await ReportAsync(first.Run, cancellationToken).ConfigureAwait(false);
        }
        var keeper = await AcquireAsync(CampaignBook.KeyOf(first.Run.Request.Name), cancellationToken).ConfigureAwait(false);
        await using var _ = keeper.ConfigureAwait(false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, keeper.Lost);
        // Another process may have gone on with it until the lease was ours.
        var page = await _book.CatchUpAsync(first, cancellationToken).ConfigureAwait(false);
        try
        {
            var carrier = new CampaignCarrier(page, keeper.Lease, _journal, _migrations, _backends, _book, _placements, _timeProvider, progress, _situations, _senses);
            return await carrier.RunAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (keeper.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The lease of {campaign} was lost: another process carries it on, or the journal was away for too long.", exception);
        }
    }

    public async Task<CampaignReport?> FindAsync(string campaign, CancellationToken cancellationToken = default) =>
        await _book.ReadAsync(campaign, cancellationToken).ConfigureAwait(false) is { } page ? await ReportAsync(page.Run, cancellationToken).ConfigureAwait(false) : null;

    public async Task<ImmutableArray<string>> FindUnfinishedAsync(CancellationToken cancellationToken = default)
    {
        var heads = await _journal.ListAsync(new RunQuery(UnfinishedOnly: true), cancellationToken).ConfigureAwait(false);
        return [.. heads.Where(static h => h.Machine == CampaignBook.Machine).Select(static h => h.Run)];
    }

    public async Task<string?> RequestAsync(string campaign, CampaignDemand demand, string by, string? reason = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(demand);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        var page = await RequiredAsync(campaign, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            if (CampaignMachine.Objection(page.Run, demand) is { } objection)
            {
                return objection;
            }
            var made = new DemandMade(demand, by, reason) { At = _timeProvider.GetUtcNow() };
            if (await _book.TryAppendAsync(page, made, JournalRecordKind.Request, null, cancellationToken).ConfigureAwait(false) is not null)
            {
                return null;
            }
            page = await _book.CatchUpAsync(page, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<ImmutableArray<RollbackPreview>> PreviewRollbackAsync(RollbackScope scope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return await _previews.OfAsync(scope, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ImmutableArray<RollbackResult>> RollBackAsync(
        RollbackScope scope, string by, string? reason = null, RollbackOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        options ??= new();
        CampaignRules.Check(options);
        return await _rollbacks.RunAsync(scope, by, reason, options, cancellationToken).ConfigureAwait(false);
    }

    public Task<RefusedPlacement?> FindRefusedAsync(JobKey job, CancellationToken cancellationToken = default) => _placements.FindAsync(job, cancellationToken);

    public Task<string?> RetryAsync(JobKey job, string by, string? reason = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        return _placements.RetryAsync(job, by, reason, cancellationToken);
    }

    private async Task<CampaignPage> RequiredAsync(string campaign, CancellationToken cancellationToken) =>
        await _book.ReadAsync(campaign, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"The journal holds no campaign '{campaign}'.");

    /// <summary>A report from the journal alone, with what brought jobs back since.</summary>
    private async Task<CampaignReport> ReportAsync(CampaignRun run, CancellationToken cancellationToken)
    {
        var runs = new Dictionary<JobKey, MigrationRun>();
        foreach (var (key, job) in run.Jobs)
        {
            if (job.Run is not { } id || await _migrations.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } move)
            {
                continue;
            }
            runs[key] = move;
            if (job.State == CampaignJobState.Committed
                && (await _journal.ListAsync(new RunQuery(key), cancellationToken).ConfigureAwait(false)).LastOrDefault(static h => h.Machine == Migrations.Machine) is { } last
                && last.Run != id && await _migrations.FindAsync(last.Run, cancellationToken).ConfigureAwait(false) is { } back && back.Request.ReturnOf == id)
            {
                runs[key] = back;
            }
        }
        return CampaignReports.Of(run, runs, ImmutableDictionary<JobKey, string>.Empty, _timeProvider.GetUtcNow());
    }

    private async Task<JobLeaseKeeper> AcquireAsync(JobKey key, CancellationToken cancellationToken) =>
        await JobLeaseKeeper.TryAcquireAsync(_journal, key, _owner, LeaseDuration, _timeProvider, cancellationToken).ConfigureAwait(false)
        ?? throw new LeaseHeldException($"Another process carries campaign {key.Name}; its lease ends {LeaseDuration.TotalSeconds:0} s after its last word.");
}
