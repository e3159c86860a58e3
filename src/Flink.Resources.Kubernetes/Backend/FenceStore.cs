using System.Globalization;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>What a fence's ConfigMap says.</summary>
internal sealed record FenceRecord
{
    public required Fence Fence { get; init; }

    public required string Holder { get; init; }

    public required string SpecDigest { get; init; }

    public required string Namespace { get; init; }

    public required string ClusterId { get; init; }

    public required string Queue { get; init; }

    public FenceState State { get; init; }

    public ApplicationResult Result { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string Uid { get; init; } = string.Empty;

    public string ResourceVersion { get; init; } = string.Empty;

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Whether a start was ever begun: what never was left no containers.</summary>
    public bool HasBegun { get; init; }

    public bool HasEnded => State is FenceState.Finished or FenceState.Removed;
}

/// <summary>How far the application of a fence came. It never goes back.</summary>
internal enum FenceState
{
    Unknown = 0,
    Prepared,
    Submitted,
    Started,
    Finished,
    Removed,
}

/// <summary>Fences: ConfigMaps without an owner, created exclusively, in one namespace for all queues, kept until Forget.</summary>
internal sealed class FenceStore(KubernetesCalls calls, string scope)
{
    public const string FenceLabel = "flink-resources/fence";
    private const string JobLabel = "flink-resources/job-hash";

    public async Task<FenceRecord?> FindAsync(string clusterId, CancellationToken cancellationToken)
    {
        var map = await calls.FindAsync(Paths.ConfigMaps(scope), KubernetesNames.Fence(clusterId), cancellationToken).ConfigureAwait(false);
        return map is null ? null : Read(map)
            ?? throw calls.Fault(BackendFault.Malformed, HttpMethod.Get, Paths.ConfigMaps(scope), $"ConfigMap {map.Name()} is no fence of this library");
    }

    /// <summary>All fences of a job.</summary>
    public async Task<List<FenceRecord>> ListAsync(JobKey job, CancellationToken cancellationToken)
    {
        var (items, _) = await calls.ListAsync(
            Paths.ConfigMaps(scope), $"&labelSelector={JobLabel}%3D{KubernetesNames.JobHash(job)}", Read, cancellationToken).ConfigureAwait(false);
        return [.. items.OfType<FenceRecord>().Where(r => r.Fence.Job == job)];
    }

    /// <summary>Takes the fence; false when somebody has it.</summary>
    public Task<bool> TakeAsync(FenceRecord record, CancellationToken cancellationToken) => calls.CreateAsync(
        Paths.ConfigMaps(scope),
        new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject
            {
                ["name"] = KubernetesNames.Fence(record.ClusterId),
                ["namespace"] = scope,
                ["labels"] = new JsonObject
                {
                    [FenceLabel] = "true",
                    [JobLabel] = KubernetesNames.JobHash(record.Fence.Job),
                    ["app.kubernetes.io/managed-by"] = KubernetesCalls.Manager,
                },
            },
            ["data"] = new JsonObject
            {
                ["job"] = record.Fence.Job.Value,
                ["epoch"] = record.Fence.Epoch.ToString(CultureInfo.InvariantCulture),
                ["holder"] = record.Holder,
                ["specDigest"] = record.SpecDigest,
                ["namespace"] = record.Namespace,
                ["clusterId"] = record.ClusterId,
                ["queue"] = record.Queue,
                ["state"] = nameof(FenceState.Prepared),
            },
        },
        cancellationToken);

    /// <summary>Notes how far it came; false when somebody changed the fence in between.</summary>
    public Task<bool> MarkAsync(
        FenceRecord record, FenceState state, ApplicationResult result, DateTimeOffset? endedAt, CancellationToken cancellationToken) =>
        calls.PatchAsync(
            Paths.ConfigMaps(scope), KubernetesNames.Fence(record.ClusterId),
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["resourceVersion"] = record.ResourceVersion },
                ["data"] = new JsonObject
                {
                    ["begun"] = record.HasBegun || state is FenceState.Submitted or FenceState.Started ? "true" : null,
                    ["state"] = state.ToString(),
                    ["result"] = result.ToString(),
                    ["endedAt"] = endedAt?.ToString("O", CultureInfo.InvariantCulture),
                },
            },
            cancellationToken);

    public Task GiveUpAsync(FenceRecord record, CancellationToken cancellationToken) => calls.DeleteAsync(
        Paths.ConfigMaps(scope), KubernetesNames.Fence(record.ClusterId), record.Uid, "Background", cancellationToken);

    /// <summary>What a ConfigMap says; null when it is no fence.</summary>
    public static FenceRecord? Read(JsonObject map)
    {
        if (!JobKey.TryParse(map.Text("data", "job"), out var job)
            || !long.TryParse(map.Text("data", "epoch"), CultureInfo.InvariantCulture, out var epoch))
        {
            return null;
        }
        return new FenceRecord
        {
            Fence = new Fence(job, epoch),
            Holder = map.Text("data", "holder") ?? string.Empty,
            SpecDigest = map.Text("data", "specDigest") ?? string.Empty,
            Namespace = map.Text("data", "namespace") ?? string.Empty,
            ClusterId = map.Text("data", "clusterId") ?? string.Empty,
            Queue = map.Text("data", "queue") ?? string.Empty,
            State = Enum.TryParse<FenceState>(map.Text("data", "state"), out var state) ? state : FenceState.Unknown,
            Result = Enum.TryParse<ApplicationResult>(map.Text("data", "result"), out var result) ? result : ApplicationResult.Unknown,
            EndedAt = map.Time("data", "endedAt"),
            HasBegun = map.Text("data", "begun") == "true",
            Uid = map.Uid(),
            ResourceVersion = map.Text("metadata", "resourceVersion") ?? string.Empty,
            CreatedAt = map.Time("metadata", "creationTimestamp"),
        };
    }
}
