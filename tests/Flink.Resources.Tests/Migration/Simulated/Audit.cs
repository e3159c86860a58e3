using System.Text.Json;

namespace Flink.Resources.Migration;

/// <summary>Sees that each call which changes something is the one that the journal's newest intent names.</summary>
internal sealed class Audit(IResourceBackend inner, IJournal journal, Func<string?> run, Action<string> complain) : BackendDecorator(inner)
{
    public override async Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken = default)
    {
        await CheckAsync<PrepareApplication>(i => i.Fence == fence && i.Backend == Info.Name, $"prepare {fence}");
        return await base.PrepareAsync(fence, spec, cancellationToken);
    }

    public override async Task<StartOutcome> StartAsync(PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default)
    {
        await CheckAsync<StartApplication>(i => i.Application.Application == application.Application && i.Restore == restore, $"start {application.Fence} from {restore}");
        return await base.StartAsync(application, restore, cancellationToken);
    }

    public override async Task<RemoveOutcome> RemoveAsync(ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default)
    {
        await CheckAsync<RemoveApplication>(i => i.Application == application && i.Metadata == metadata, $"remove {application}, {metadata}");
        return await base.RemoveAsync(application, metadata, cancellationToken);
    }

    public override async Task ForgetAsync(Fence fence, CancellationToken cancellationToken = default)
    {
        await CheckAsync<ForgetFence>(i => i.Fence == fence, $"forget {fence}");
        await base.ForgetAsync(fence, cancellationToken);
    }

    protected override IFlinkCluster Flink(IFlinkCluster cluster) => FlinkDecorator.Over(cluster, (inner, method, arguments) => method switch
    {
        nameof(IFlinkCluster.StopWithSavepointAsync) => StopAsync(inner, (FlinkJobId)arguments[0]!, (SavepointRequest)arguments[1]!, (CancellationToken)arguments[2]!),
        _ => null,
    });

    private async Task<TriggerOutcome> StopAsync(IFlinkCluster cluster, FlinkJobId job, SavepointRequest request, CancellationToken cancellationToken)
    {
        await CheckAsync<StopWithSavepoint>(i => i.Request == request && i.Copy.Job == job, $"stop {job} with {request.Trigger}");
        return await cluster.StopWithSavepointAsync(job, request, cancellationToken);
    }

    private async Task CheckAsync<T>(Func<T, bool> isIt, string what)
        where T : JobEffect
    {
        var records = run() is { } id ? await journal.ReadAsync(id, 0, CancellationToken.None) : [];
        var intent = records.LastOrDefault(static r => r.Kind == JournalRecordKind.Intent);
        var isOpen = intent is not null && !records.Any(r => r.Of == intent.Sequence);
        if (!isOpen || JsonSerializer.Deserialize(intent!.Payload, MigrationJson.Default.JobEffect) is not T effect || !isIt(effect))
        {
            complain($"Without an intent: {what}.");
        }
    }
}
