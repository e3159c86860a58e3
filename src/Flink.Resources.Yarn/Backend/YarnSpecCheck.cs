using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Flink.Resources.Flink;
using Flink.Resources.Yarn.Submission;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>What the cluster itself has against a specification: its queues, its files, its libraries, its sizes.</summary>
internal sealed class YarnSpecCheck(YarnPlace place)
{
    private static readonly TimeSpan LibrariesAge = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, ImmutableArray<YarnResource> Files)> _libraries = new(StringComparer.Ordinal);

    /// <summary>All but jar, files and sizes; gives what the job's version brings.</summary>
    public async Task<(YarnFlinkProfile? Profile, ImmutableArray<YarnResource> Libraries)> PlaceAsync(
        ApplicationSpec spec, List<SpecError> errors, CancellationToken cancellationToken)
    {
        CheckYarn(spec, errors);
        var profile = ProfileOf(spec.FlinkVersion, errors);
        await CheckQueueAsync(spec, errors, cancellationToken).ConfigureAwait(false);
        return (profile, await LibrariesAsync(profile, errors, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Whether a file is there and is the one that is meant; gives it when it is in HDFS.</summary>
    public async Task<HdfsFile?> ArtifactAsync(
        string field, ArtifactRef artifact, List<SpecError> errors, CancellationToken cancellationToken)
    {
        if (IsLocal(artifact.Uri))
        {
            if (!File.Exists(artifact.Uri))
            {
                errors.Add(new SpecError(field, artifact.Uri, "there is no such file on this machine"));
            }
            else if (artifact.Sha256 is { } wanted)
            {
                var stream = File.OpenRead(artifact.Uri);
                await using var _ = stream.ConfigureAwait(false);
                Compare(field, artifact, wanted, await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false), errors);
            }
            return null;
        }
        if (place.PathOf(artifact.Uri) is not { } path)
        {
            errors.Add(new SpecError(field, artifact.Uri, $"YARN localises files of {place.Options.FileSystem}, or give an absolute path of this machine"));
            return null;
        }
        var file = await place.Hdfs.StatusAsync(path, cancellationToken).ConfigureAwait(false);
        if (file is null || file.IsDirectory)
        {
            errors.Add(new SpecError(field, artifact.Uri, "there is no such file in HDFS"));
        }
        else if (artifact.Sha256 is { } wanted)
        {
            var bytes = await place.Hdfs.ReadAsync(path, cancellationToken).ConfigureAwait(false);
            Compare(field, artifact, wanted, SHA256.HashData(bytes ?? []), errors);
        }
        return file;
    }

    /// <summary>The files of a version's directories, looked for once a minute at most.</summary>
    public async Task<ImmutableArray<YarnResource>> LibrariesAsync(
        YarnFlinkProfile? profile, List<SpecError> errors, CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<YarnResource>();
        foreach (var directory in profile?.LibraryDirectories ?? [])
        {
            var path = place.PathOf(directory)?.TrimEnd('/');
            if (path is null)
            {
                errors.Add(new SpecError("Profiles.LibraryDirectories", directory, $"name a directory of {place.Options.FileSystem}"));
                continue;
            }
            var now = place.TimeProvider.GetUtcNow();
            if (!_libraries.TryGetValue(path, out var known) || now - known.At > LibrariesAge)
            {
                var found = ImmutableArray.CreateBuilder<YarnResource>();
                await WalkAsync(path, Path.GetFileName(path), found, cancellationToken).ConfigureAwait(false);
                known = (now, found.ToImmutable());
                _libraries[path] = known;
            }
            if (known.Files.IsEmpty)
            {
                errors.Add(new SpecError("Profiles.LibraryDirectories", directory, "the directory is not there, or is empty"));
            }
            all.AddRange(known.Files);
        }
        if (profile is not null && !all.Any(static r => Path.GetFileName(r.Key).StartsWith("flink-dist", StringComparison.Ordinal)))
        {
            errors.Add(new SpecError("Profiles.LibraryDirectories", null, "one of them must hold flink-dist-*.jar"));
        }
        return all.ToImmutable();
    }

    private async Task WalkAsync(string path, string key, ImmutableArray<YarnResource>.Builder found, CancellationToken cancellationToken)
    {
        foreach (var file in await place.Hdfs.ListAsync(path, cancellationToken).ConfigureAwait(false))
        {
            var name = $"{key}/{Path.GetFileName(file.Path)}";
            if (file.IsDirectory)
            {
                await WalkAsync(file.Path, name, found, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                found.Add(place.ResourceOf(name, file, "PUBLIC"));
            }
        }
    }

    /// <summary>Containers that are larger than any that the ResourceManager gives.</summary>
    public static List<SpecError> Sizes(ApplicationSpec spec, ResourceAmount maximum)
    {
        var errors = new List<SpecError>();
        foreach (var (field, size) in ((string, ContainerResources)[])[("JobManager", spec.JobManager), ("TaskManager", spec.TaskManager)])
        {
            if (size.Memory > maximum.Memory && maximum.Memory.Bytes > 0)
            {
                errors.Add(new SpecError($"{field}.Memory", size.Memory.ToString(), $"the largest container has {maximum.Memory}"));
            }
            if (ApplicationSubmission.Cores(size.CpuMillicores) * 1000L > maximum.CpuMillicores && maximum.CpuMillicores > 0)
            {
                errors.Add(new SpecError(
                    $"{field}.CpuMillicores", FormattableString.Invariant($"{size.CpuMillicores}"),
                    FormattableString.Invariant($"the largest container has {maximum.CpuMillicores}")));
            }
        }
        return errors;
    }

    /// <summary>Whether a file is on this machine.</summary>
    public static bool IsLocal(string uri) => uri.StartsWith('/');

    private YarnFlinkProfile? ProfileOf(string version, List<SpecError> errors)
    {
        if (place.ProfileOf(version) is { } profile)
        {
            return profile;
        }
        errors.Add(new SpecError("FlinkVersion", version, $"this backend has {string.Join(", ", place.Options.Profiles.Keys.Order(StringComparer.Ordinal))}"));
        return null;
    }

    private async Task CheckQueueAsync(ApplicationSpec spec, List<SpecError> errors, CancellationToken cancellationToken)
    {
        var scheduler = await place.ResourceManager.SchedulerAsync(cancellationToken).ConfigureAwait(false);
        var queues = SnapshotMapping.Queues(scheduler, default);
        var queue = queues.FirstOrDefault(q => q.Path == spec.Queue || (!spec.Queue.StartsWith("root", StringComparison.Ordinal) && q.Path == $"root.{spec.Queue}"));
        if (queue is null)
        {
            errors.Add(new SpecError("Queue", spec.Queue, $"known are {string.Join(", ", queues.Where(static q => q.IsLeaf).Select(static q => q.Path))}"));
        }
        else if (!queue.IsLeaf)
        {
            errors.Add(new SpecError("Queue", spec.Queue, "it has children; name one of them"));
        }
        else if (!queue.IsOpen)
        {
            errors.Add(new SpecError("Queue", spec.Queue, "it is stopped; an administrator has to start it"));
        }
    }

    private static void CheckYarn(ApplicationSpec spec, List<SpecError> errors)
    {
        foreach (var (name, value) in spec.Environment.Where(static p => p.Value.AsSpan().IndexOfAny("\"`$") >= 0))
        {
            errors.Add(new SpecError($"Environment[{name}]", FlinkSecrets.Mask(name, value), "YARN puts it into a shell string: no \", ` or $"));
        }
        if (spec.Configuration.TryGetValue("high-availability.type", out var type) && type.Equals("kubernetes", StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(new SpecError("Configuration[high-availability.type]", type, "on YARN write zookeeper or none"));
        }
        if (!ApplicationSubmission.HasHighAvailability(spec.Configuration)
            && spec.Configuration.TryGetValue("yarn.application-attempts", out var attempts) && attempts != "1")
        {
            errors.Add(new SpecError(
                "Configuration[yarn.application-attempts]", attempts,
                "without high availability a second attempt runs the job again from its old restore path: write 1, or set high-availability.type"));
        }
    }

    private static void Compare(string field, ArtifactRef artifact, string wanted, byte[] hash, List<SpecError> errors)
    {
        var actual = Convert.ToHexStringLower(hash);
        if (actual != wanted)
        {
            errors.Add(new SpecError($"{field}.Sha256", wanted, $"{artifact.Uri} has {actual}"));
        }
    }
}
