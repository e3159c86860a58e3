using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Flink.Resources.Flink;
using Flink.Resources.Rest;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>What was kept, as it stands beside the copies.</summary>
internal sealed record KeptRecord(string Jar, string JarSha256, string[] Files, string? EntryClass, string[] Arguments, SortedDictionary<string, string> Configuration);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeptRecord))]
internal sealed partial class KeptJson : JsonSerializerContext;

/// <summary>
/// Copies an application's files out of its staging directory, which Flink deletes at a clean end. Flink's own libraries are left: the
/// profile of the version has them.
/// </summary>
internal sealed class YarnDefinitionKeeper(YarnPlace place) : IDefinitionKeeper
{
    private const string Done = "kept.json";
    private const string Masked = "******";

    public async Task<KeepOutcome> KeepAsync(ApplicationHandle application, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        try
        {
            return await KeepCoreAsync(application, $"{place.Root}/kept/{Uri.EscapeDataString(name)}", cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return new KeepOutcome.Indeterminate(place.Seen(exception.Message));
        }
    }

    private async Task<KeepOutcome> KeepCoreAsync(ApplicationHandle application, string target, CancellationToken cancellationToken)
    {
        if (await place.Hdfs.ReadAsync($"{target}/{Done}", cancellationToken).ConfigureAwait(false) is { } kept)
        {
            return Kept(JsonSerializer.Deserialize(kept, KeptJson.Default.KeptRecord)!);
        }
        if (await ConfigurationAsync(application, cancellationToken).ConfigureAwait(false) is not var (version, configuration))
        {
            return new KeepOutcome.Indeterminate(place.Seen($"The configuration of {application} can't be read from its JobManager."));
        }
        var masked = configuration.Where(static c => c.Value == Masked).Select(static c => c.Key).ToList();
        if (masked.FirstOrDefault(k => place.ProfileOf(version)?.Configuration.ContainsKey(k) != true) is { } secret)
        {
            return new KeepOutcome.Refused($"{secret} is a secret that Flink masks: put it into the profile of the backend's options, so that it need not be read back.");
        }
        configuration = configuration.RemoveRange(masked);
        if (await StagingAsync(application, cancellationToken).ConfigureAwait(false) is not { } staging)
        {
            return new KeepOutcome.Refused($"The staging directory of {application.Id} is not to be found: its files can't be kept.");
        }
        var copies = await CopyAsync(staging, target, cancellationToken).ConfigureAwait(false);
        var jar = FlinkListText.Parse(configuration.GetValueOrDefault("pipeline.jars")).FirstOrDefault();
        var jarName = Path.GetFileName(jar ?? string.Empty);
        var copy = copies.FirstOrDefault(c => Path.GetFileName(c.Path) == jarName);
        if (copy.Path is null && jar is not null && place.PathOf(jar) is { } elsewhere)
        {
            copy = await CopyFileAsync(elsewhere, $"{target}/{jarName}", cancellationToken).ConfigureAwait(false);
        }
        if (copy.Path is null)
        {
            return new KeepOutcome.Refused($"The jar {jar ?? "(pipeline.jars is not set)"} is not in {staging}: it can't be kept.");
        }
        var record = new KeptRecord(
            place.UriOf(copy.Path), copy.Sha256, [.. copies.Where(c => c.Path != copy.Path && !IsOfTheStart(Path.GetFileName(c.Path))).Select(c => place.UriOf(c.Path))],
            configuration.GetValueOrDefault("$internal.application.main"),
            [.. FlinkListText.Parse(configuration.GetValueOrDefault("$internal.application.program-args"))],
            new SortedDictionary<string, string>(configuration, StringComparer.Ordinal));
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(record, KeptJson.Default.KeptRecord));
        // Last: its presence says that everything else is there.
        await place.Hdfs.WriteAsync($"{target}/{Done}", content, cancellationToken).ConfigureAwait(false);
        return Kept(record);
    }

    /// <summary>What each start writes anew: kept as it was, and not shipped again.</summary>
    private static bool IsOfTheStart(string name) => name is "config.yaml" or "flink-conf.yaml" or "submission.json" or "logback.xml"
        || (name.StartsWith("log4j", StringComparison.Ordinal) && name.EndsWith(".properties", StringComparison.Ordinal))
        || (name.StartsWith("application_", StringComparison.Ordinal) && name.EndsWith(".tmp", StringComparison.Ordinal));

    private static KeepOutcome.Kept Kept(KeptRecord record) => new(new KeptDefinition(
        new ArtifactRef(record.Jar, record.JarSha256),
        [.. record.Files.Select(static f => new ArtifactRef(f))],
        record.EntryClass,
        [.. record.Arguments],
        record.Configuration.ToImmutableSortedDictionary(StringComparer.Ordinal)));

    private async Task<(string Version, ImmutableSortedDictionary<string, string> Configuration)?> ConfigurationAsync(
        ApplicationHandle application, CancellationToken cancellationToken)
    {
        var app = await place.ResourceManager.FindAsync(application.Id, cancellationToken).ConfigureAwait(false);
        if (app is not { } found || ReportMapping.Report(found, application).RestAddress is not { } address)
        {
            return null;
        }
        var cluster = FlinkRest.Connect(application, address, place.Http, place.TimeProvider);
        var overview = await cluster.GetOverviewAsync(cancellationToken).ConfigureAwait(false);
        return (overview.FlinkVersion, await cluster.GetConfigurationAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Ours, or where Flink's own client puts it: <c>.flink/&lt;id&gt;</c> in the home of the user who submitted.</summary>
    private async Task<string?> StagingAsync(ApplicationHandle application, CancellationToken cancellationToken)
    {
        var app = await place.ResourceManager.FindAsync(application.Id, cancellationToken).ConfigureAwait(false);
        var user = app is { } found ? ReportMapping.Report(found, application).User : null;
        foreach (var candidate in new[] { place.Fences.StagingOf(application.Id), $"/user/{user}/.flink/{application.Id}" })
        {
            if (await place.Hdfs.StatusAsync(candidate, cancellationToken).ConfigureAwait(false) is { IsDirectory: true })
            {
                return candidate;
            }
        }
        return null;
    }

    private async Task<List<(string Path, string Sha256)>> CopyAsync(string folder, string target, CancellationToken cancellationToken)
    {
        var copies = new List<(string, string)>();
        foreach (var file in await place.Hdfs.ListAsync(folder, cancellationToken).ConfigureAwait(false))
        {
            var name = Path.GetFileName(file.Path);
            if (file.IsDirectory && name is not ("lib" or "plugins"))
            {
                copies.AddRange(await CopyAsync(file.Path, $"{target}/{name}", cancellationToken).ConfigureAwait(false));
            }
            else if (!file.IsDirectory && !name.StartsWith("flink-dist", StringComparison.Ordinal))
            {
                copies.Add(await CopyFileAsync(file.Path, $"{target}/{name}", cancellationToken).ConfigureAwait(false));
            }
        }
        return copies;
    }

    private async Task<(string Path, string Sha256)> CopyFileAsync(string from, string to, CancellationToken cancellationToken)
    {
        var bytes = await place.Hdfs.ReadAsync(from, cancellationToken).ConfigureAwait(false)
            ?? throw new ResourceBackendException(BackendFault.NotFound, place.Name, $"{from} went away while it was copied.");
        using var content = new ByteArrayContent(bytes);
        await place.Hdfs.WriteAsync(to, content, cancellationToken).ConfigureAwait(false);
        return (to, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
