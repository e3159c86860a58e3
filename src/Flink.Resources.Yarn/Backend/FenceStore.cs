using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>Who took a fence, and the identity it fixed.</summary>
internal sealed record FenceRecord(string Job, long Epoch, string Holder, string ApplicationId, string SpecDigest, DateTimeOffset At)
{
    [JsonIgnore]
    public Fence Fence => new(JobKey.Parse(Job), Epoch);
}

/// <summary>The intent to submit, and which run of the ResourceManager was to be asked.</summary>
internal sealed record SubmittedRecord(DateTimeOffset At, DateTimeOffset ManagerStartedAt);

/// <summary>How a fenced application ended.</summary>
internal sealed record ResultRecord(ApplicationResult Result, string? Diagnostics, DateTimeOffset At);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(FenceRecord))]
[JsonSerializable(typeof(SubmittedRecord))]
[JsonSerializable(typeof(ResultRecord))]
internal sealed partial class FenceJson : JsonSerializerContext;

/// <summary>
/// Fences as HDFS files. A file is written under another name and renamed into place, so that it is there whole or not at all, and
/// only once. What happens later stands in files beside it (<c>.submitted</c>, <c>.result</c>): nothing is ever overwritten.
/// </summary>
internal sealed class FenceStore(WebHdfsClient hdfs, string root, string holder, TimeProvider timeProvider)
{
    private const string Suffix = ".json";

    public string StagingOf(string applicationId) => $"{root}/applications/{applicationId}";

    public async Task<FenceRecord?> FindAsync(Fence fence, CancellationToken cancellationToken) =>
        Read(PathOf(fence), await hdfs.ReadAsync(PathOf(fence), cancellationToken).ConfigureAwait(false), FenceJson.Default.FenceRecord);

    /// <summary>The fence of an application that was prepared here.</summary>
    public async Task<FenceRecord?> FindAsync(string applicationId, CancellationToken cancellationToken) =>
        Read(IndexOf(applicationId), await hdfs.ReadAsync(IndexOf(applicationId), cancellationToken).ConfigureAwait(false), FenceJson.Default.FenceRecord);

    /// <summary>The newest epoch above the given one.</summary>
    public async Task<FenceRecord?> FindLaterAsync(Fence fence, CancellationToken cancellationToken)
    {
        var newest = (await EpochsAsync(fence.Job, cancellationToken).ConfigureAwait(false)).DefaultIfEmpty().Max();
        return newest > fence.Epoch ? await FindAsync(fence with { Epoch = newest }, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <summary>All fences of a job, oldest epoch first.</summary>
    public async Task<ImmutableArray<FenceRecord>> ListAsync(JobKey job, CancellationToken cancellationToken)
    {
        var records = ImmutableArray.CreateBuilder<FenceRecord>();
        foreach (var epoch in await EpochsAsync(job, cancellationToken).ConfigureAwait(false))
        {
            // One that was forgotten between the two questions is no fence any more.
            if (await FindAsync(new Fence(job, epoch), cancellationToken).ConfigureAwait(false) is { } record)
            {
                records.Add(record);
            }
        }
        return records.ToImmutable();
    }

    /// <summary>Takes the fence; false when somebody has it.</summary>
    public async Task<bool> TakeAsync(FenceRecord record, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(record, FenceJson.Default.FenceRecord);
        await PlaceAsync(IndexOf(record.ApplicationId), bytes, cancellationToken).ConfigureAwait(false);
        return await PlaceAsync(PathOf(record.Fence), bytes, cancellationToken).ConfigureAwait(false);
    }

    public async Task<SubmittedRecord?> FindSubmittedAsync(Fence fence, CancellationToken cancellationToken) =>
        Read($"{PathOf(fence)}.submitted", await hdfs.ReadAsync($"{PathOf(fence)}.submitted", cancellationToken).ConfigureAwait(false), FenceJson.Default.SubmittedRecord);

    /// <summary>False when a submission was begun before.</summary>
    public Task<bool> MarkSubmittedAsync(Fence fence, DateTimeOffset managerStartedAt, CancellationToken cancellationToken) => PlaceAsync(
        $"{PathOf(fence)}.submitted",
        JsonSerializer.SerializeToUtf8Bytes(new SubmittedRecord(timeProvider.GetUtcNow(), managerStartedAt), FenceJson.Default.SubmittedRecord),
        cancellationToken);

    public Task UnmarkSubmittedAsync(Fence fence, CancellationToken cancellationToken) =>
        hdfs.DeleteAsync($"{PathOf(fence)}.submitted", cancellationToken);

    /// <summary>Notes that the cluster is brought up before its job.</summary>
    public Task MarkStandbyAsync(Fence fence, CancellationToken cancellationToken) => PlaceAsync(StandbyOf(fence), [], cancellationToken);

    /// <summary>Whether the cluster was brought up before its job.</summary>
    public async Task<bool> IsStandbyAsync(Fence fence, CancellationToken cancellationToken) =>
        await hdfs.StatusAsync(StandbyOf(fence), cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Notes the intent to run the job in it; false when that was noted before.</summary>
    public Task<bool> MarkRunAsync(Fence fence, CancellationToken cancellationToken) => PlaceAsync($"{PathOf(fence)}.run", [], cancellationToken);

    /// <summary>Whether running the job in it was begun.</summary>
    public async Task<bool> IsRunAsync(Fence fence, CancellationToken cancellationToken) =>
        await hdfs.StatusAsync($"{PathOf(fence)}.run", cancellationToken).ConfigureAwait(false) is not null;

    private string StandbyOf(Fence fence) => $"{PathOf(fence)}.standby";

    public async Task<ResultRecord?> FindResultAsync(Fence fence, CancellationToken cancellationToken) =>
        Read($"{PathOf(fence)}.result", await hdfs.ReadAsync($"{PathOf(fence)}.result", cancellationToken).ConfigureAwait(false), FenceJson.Default.ResultRecord);

    /// <summary>Keeps the first result that was seen.</summary>
    public Task KeepResultAsync(Fence fence, ApplicationResult result, string? diagnostics, CancellationToken cancellationToken) => PlaceAsync(
        $"{PathOf(fence)}.result",
        JsonSerializer.SerializeToUtf8Bytes(new ResultRecord(result, diagnostics, timeProvider.GetUtcNow()), FenceJson.Default.ResultRecord),
        cancellationToken);

    public async Task ForgetAsync(FenceRecord record, CancellationToken cancellationToken)
    {
        var path = PathOf(record.Fence);
        await hdfs.DeleteAsync(StagingOf(record.ApplicationId), cancellationToken).ConfigureAwait(false);
        await hdfs.DeleteAsync(IndexOf(record.ApplicationId), cancellationToken).ConfigureAwait(false);
        await hdfs.DeleteAsync($"{path}.submitted", cancellationToken).ConfigureAwait(false);
        await hdfs.DeleteAsync($"{path}.result", cancellationToken).ConfigureAwait(false);
        await hdfs.DeleteAsync($"{path}.standby", cancellationToken).ConfigureAwait(false);
        await hdfs.DeleteAsync($"{path}.run", cancellationToken).ConfigureAwait(false);
        await hdfs.DeleteAsync(path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What proves that this is the same place: a file that the first one to ask creates.</summary>
    public async Task<BackendIdentity> IdentityAsync(string proposal, CancellationToken cancellationToken)
    {
        var path = $"{root}/identity";
        var bytes = await hdfs.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        if (bytes is null)
        {
            await PlaceAsync(path, Encoding.UTF8.GetBytes(proposal), cancellationToken).ConfigureAwait(false);
            bytes = await hdfs.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        }
        // Kept for the life of the process: whatever answered with 200 must not become the place's identity.
        return Encoding.UTF8.GetString(bytes ?? []) is var text && text.StartsWith("yarn:", StringComparison.Ordinal)
            && text.Length <= 200 && !text.Any(static c => char.IsWhiteSpace(c) || c is '<' or '>')
            ? new BackendIdentity(text)
            : throw hdfs.Malformed(path, "it holds no identity of this library");
    }

    private async Task<ImmutableArray<long>> EpochsAsync(JobKey job, CancellationToken cancellationToken)
    {
        var files = await hdfs.ListAsync(FolderOf(job), cancellationToken).ConfigureAwait(false);
        return
        [
            .. files.Select(static f => Path.GetFileName(f.Path))
                .Where(static n => n.EndsWith(Suffix, StringComparison.Ordinal))
                .Select(static n => long.TryParse(n[..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var e) ? e : 0)
                .Where(static e => e > 0).Order(),
        ];
    }

    private async Task<bool> PlaceAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        var safeHolder = Convert.ToHexStringLower(System.IO.Hashing.XxHash64.Hash(Encoding.UTF8.GetBytes(holder)));
        var draft = $"{path}.{safeHolder}.draft";
        using var content = new ByteArrayContent(bytes);
        await hdfs.WriteAsync(draft, content, cancellationToken).ConfigureAwait(false);
        if (await hdfs.RenameAsync(draft, path, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }
        await hdfs.DeleteAsync(draft, cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>Injective: a job key's characters are all legal in HDFS but for the slash, which is none of theirs here.</summary>
    private string FolderOf(JobKey job) => $"{root}/fences/{job.Team}/{job.Name}";

    private string PathOf(Fence fence) => FormattableString.Invariant($"{FolderOf(fence.Job)}/{fence.Epoch}{Suffix}");

    private string IndexOf(string applicationId) => $"{root}/index/{applicationId}{Suffix}";

    private T? Read<T>(string path, byte[]? bytes, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return bytes is null ? null : JsonSerializer.Deserialize(bytes, type) ?? throw hdfs.Malformed(path, "it holds null");
        }
        catch (JsonException)
        {
            // A proxy's page with status 200 says nothing about the file.
            throw hdfs.Malformed(path, "it is not what this library writes");
        }
    }
}
