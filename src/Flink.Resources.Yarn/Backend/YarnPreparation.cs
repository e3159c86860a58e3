using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Flink.Resources.Flink;
using Flink.Resources.Yarn.Submission;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>Checks a specification against the cluster, takes the fence, and puts everything into the staging directory.</summary>
internal sealed class YarnPreparation(YarnPlace place)
{
    private static readonly TimeSpan LibrariesAge = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, ImmutableArray<YarnResource> Files)> _libraries = new(StringComparer.Ordinal);

    public async Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken)
    {
        var errors = ApplicationSpecRules.Check(spec, place.ProfileOf(spec.FlinkVersion)?.Configuration);
        if (fence.Job != spec.Job)
        {
            errors.Add(new SpecError("Job", spec.Job.Value, $"the fence is of {fence.Job}"));
        }
        if (fence.Epoch < 1)
        {
            errors.Add(new SpecError("Fence.Epoch", FormattableString.Invariant($"{fence.Epoch}"), "at least 1"));
        }
        CheckYarn(spec, errors);
        var profile = ProfileOf(spec.FlinkVersion, errors);
        await CheckQueueAsync(spec, errors, cancellationToken).ConfigureAwait(false);
        var jar = await CheckArtifactAsync("Jar", spec.Jar, errors, cancellationToken).ConfigureAwait(false);
        foreach (var (file, index) in spec.Files.Select(static (f, i) => (f, i)))
        {
            await CheckArtifactAsync(FormattableString.Invariant($"Files[{index}]"), file, errors, cancellationToken).ConfigureAwait(false);
        }
        var libraries = await LibrariesAsync(profile, errors, cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
        {
            return new PrepareOutcome.Refused([.. errors]);
        }
        return await TakeAsync(fence, spec, profile!, libraries, jar, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a container has that is to try a directory as the job's would; nothing is taken..</summary>
    /// <param name="spec">The job; its jar and files are not looked at.</param>
    /// <param name="staging">Where configuration and program are put.</param>
    /// <param name="id">The application.</param>
    /// <param name="program">The program's file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<SubmissionInput> StageProbeAsync(ApplicationSpec spec, string staging, string id, (string Name, byte[] Bytes) program, CancellationToken cancellationToken)
    {
        var profile = place.ProfileOf(spec.FlinkVersion)!;
        var libraries = await LibrariesAsync(profile, [], cancellationToken).ConfigureAwait(false);
        var environment = EnvironmentOf(spec, profile);
        var configuration = ConfigurationOf(spec, profile, environment, id);
        var none = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        return new SubmissionInput
        {
            Fence = new Fence(spec.Job, 1),
            Spec = spec,
            ApplicationId = id,
            StagingUri = place.UriOf(staging),
            StagingBaseUri = place.UriOf(place.Root),
            User = place.Options.User!,
            Configuration = configuration,
            Environment = environment,
            HadoopClassPath = await place.ResourceManager.ConfigurationAsync("yarn.application.classpath", cancellationToken).ConfigureAwait(false),
            Libraries = libraries,
            Files =
            [
                await WriteAsync(staging, "config.yaml", FlinkConfigFile.Write(configuration, none), cancellationToken).ConfigureAwait(false),
                await WriteAsync(staging, "log4j.properties", FlinkLogging.Log4j, cancellationToken).ConfigureAwait(false),
                await WriteAsync(staging, program.Name, program.Bytes, cancellationToken).ConfigureAwait(false),
            ],
        };
    }

    /// <summary>All that speaks against a specification here, but for its jar, its files and its sizes.</summary>
    public async Task<List<SpecError>> CheckPlaceAsync(ApplicationSpec spec, CancellationToken cancellationToken)
    {
        var errors = ApplicationSpecRules.Check(spec, place.ProfileOf(spec.FlinkVersion)?.Configuration);
        CheckYarn(spec, errors);
        await CheckQueueAsync(spec, errors, cancellationToken).ConfigureAwait(false);
        await LibrariesAsync(ProfileOf(spec.FlinkVersion, errors), errors, cancellationToken).ConfigureAwait(false);
        return errors;
    }

    private async Task<PrepareOutcome> TakeAsync(
        Fence fence, ApplicationSpec spec, YarnFlinkProfile profile, ImmutableArray<YarnResource> libraries, HdfsFile? jar,
        CancellationToken cancellationToken)
    {
        var identity = await place.IdentityAsync(cancellationToken).ConfigureAwait(false);
        var digest = DigestOf(spec);
        if (await place.Fences.FindLaterAsync(fence, cancellationToken).ConfigureAwait(false) is { } later)
        {
            return Taken(later, $"epoch {later.Epoch} is later than {fence.Epoch}");
        }
        var record = await place.Fences.FindAsync(fence, cancellationToken).ConfigureAwait(false);
        if (record is null)
        {
            var (id, maximum) = await place.ResourceManager.NewApplicationAsync(cancellationToken).ConfigureAwait(false);
            var errors = CheckSizes(spec, maximum);
            if (errors.Count > 0)
            {
                return new PrepareOutcome.Refused([.. errors]);
            }
            record = new FenceRecord(fence.Job.Value, fence.Epoch, place.Holder, id, digest, place.TimeProvider.GetUtcNow());
            if (!await place.Fences.TakeAsync(record, cancellationToken).ConfigureAwait(false))
            {
                record = await place.Fences.FindAsync(fence, cancellationToken).ConfigureAwait(false)
                    ?? throw new ResourceBackendException(BackendFault.Conflict, place.Name, $"The fence {fence} came and went; try again.");
            }
            else if (await place.Fences.FindLaterAsync(fence, cancellationToken).ConfigureAwait(false) is { } newer)
            {
                await place.Fences.ForgetAsync(record, cancellationToken).ConfigureAwait(false);
                return Taken(newer, $"epoch {newer.Epoch} came first");
            }
        }
        if (record.Holder != place.Holder)
        {
            return Taken(record, "it holds this fence");
        }
        if (record.SpecDigest != digest)
        {
            return new PrepareOutcome.Refused([new SpecError(
                "Fence.Epoch", FormattableString.Invariant($"{fence.Epoch}"), "this epoch was prepared with another specification; take the next one")]);
        }
        var notes = await StageAsync(record, spec, profile, libraries, jar, cancellationToken).ConfigureAwait(false);
        return new PrepareOutcome.Prepared(new PreparedApplication
        {
            Fence = fence,
            Application = new ApplicationHandle { Backend = place.Name, Identity = identity, Id = record.ApplicationId },
            Payload = place.Fences.StagingOf(record.ApplicationId),
            Notes = notes,
        });
    }

    private async Task<ImmutableArray<string>> StageAsync(
        FenceRecord record, ApplicationSpec spec, YarnFlinkProfile profile, ImmutableArray<YarnResource> libraries, HdfsFile? jar,
        CancellationToken cancellationToken)
    {
        var staging = place.Fences.StagingOf(record.ApplicationId);
        if (await place.Hdfs.StatusAsync($"{staging}/submission.json", cancellationToken).ConfigureAwait(false) is not null)
        {
            return NotesOf(spec);
        }
        await place.Hdfs.MakeDirectoryAsync(staging, cancellationToken).ConfigureAwait(false);
        var environment = EnvironmentOf(spec, profile);
        var configuration = ConfigurationOf(spec, profile, environment, record.ApplicationId);
        var jarFile = jar is null ? await UploadAsync(staging, spec.Jar, cancellationToken).ConfigureAwait(false) : jar;
        var files = new List<YarnResource> { Resource(Path.GetFileName(jarFile.Path), jarFile, "APPLICATION") };
        foreach (var file in spec.Files)
        {
            var uploaded = place.PathOf(file.Uri) is { } path && !IsLocal(file.Uri)
                ? await place.Hdfs.StatusAsync(path, cancellationToken).ConfigureAwait(false)
                : await UploadAsync(staging, file, cancellationToken).ConfigureAwait(false);
            files.Add(Resource(Path.GetFileName(uploaded!.Path), uploaded, "APPLICATION"));
        }
        var lists = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
        {
            ["pipeline.jars"] = [place.UriOf(jarFile.Path)],
            ["$internal.application.program-args"] = spec.Arguments,
        };
        files.Add(await WriteAsync(staging, "config.yaml", FlinkConfigFile.Write(configuration, lists), cancellationToken).ConfigureAwait(false));
        files.Add(await WriteAsync(staging, "log4j.properties", FlinkLogging.Log4j, cancellationToken).ConfigureAwait(false));
        var submission = ApplicationSubmission.Build(new SubmissionInput
        {
            Fence = record.Fence,
            Spec = spec,
            ApplicationId = record.ApplicationId,
            StagingUri = place.UriOf(staging),
            StagingBaseUri = place.UriOf(place.Root),
            User = place.Options.User!,
            Configuration = configuration,
            Environment = environment,
            HadoopClassPath = await place.ResourceManager.ConfigurationAsync("yarn.application.classpath", cancellationToken).ConfigureAwait(false),
            Libraries = libraries,
            Files = files,
        });
        var run = new SessionRun(files[0].Key, spec.EntryClass, [.. spec.Arguments], spec.Parallelism, spec.TaskManager.Slots);
        await WriteAsync(staging, SessionRun.File, JsonSerializer.Serialize(run, SessionJson.Default.SessionRun), cancellationToken).ConfigureAwait(false);
        // Last: its presence says that everything else is there.
        await WriteAsync(staging, "submission.json", submission.ToJsonString(), cancellationToken).ConfigureAwait(false);
        return NotesOf(spec);
    }

    private Task<YarnResource> WriteAsync(string staging, string name, string text, CancellationToken cancellationToken) =>
        WriteAsync(staging, name, Encoding.UTF8.GetBytes(text), cancellationToken);

    private async Task<YarnResource> WriteAsync(string staging, string name, byte[] bytes, CancellationToken cancellationToken)
    {
        var path = $"{staging}/{name}";
        using var content = new ByteArrayContent(bytes);
        await place.Hdfs.WriteAsync(path, content, cancellationToken).ConfigureAwait(false);
        var status = await place.Hdfs.StatusAsync(path, cancellationToken).ConfigureAwait(false);
        return Resource(name, status!, "APPLICATION");
    }

    private async Task<HdfsFile> UploadAsync(string staging, ArtifactRef artifact, CancellationToken cancellationToken)
    {
        var path = $"{staging}/{Path.GetFileName(artifact.Uri)}";
        var stream = File.OpenRead(artifact.Uri);
        await using var _ = stream.ConfigureAwait(false);
        using var content = new StreamContent(stream);
        await place.Hdfs.WriteAsync(path, content, cancellationToken).ConfigureAwait(false);
        return (await place.Hdfs.StatusAsync(path, cancellationToken).ConfigureAwait(false))!;
    }

    private YarnResource Resource(string key, HdfsFile file, string visibility) =>
        new(key, place.UriOf(file.Path), file.Length, file.ModificationTime, visibility);

    private SortedDictionary<string, string> EnvironmentOf(ApplicationSpec spec, YarnFlinkProfile profile)
    {
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["TZ"] = "UTC",
            ["LANG"] = "C.UTF-8",
            ["LC_ALL"] = "C.UTF-8",
            ["HADOOP_USER_NAME"] = place.Options.User!,
        };
        foreach (var (key, value) in profile.Environment.Concat(spec.Environment))
        {
            environment[key] = value;
        }
        return environment;
    }

    private static SortedDictionary<string, string> ConfigurationOf(
        ApplicationSpec spec, YarnFlinkProfile profile, SortedDictionary<string, string> environment, string applicationId)
    {
        var withProfile = spec with
        {
            Configuration = spec.Configuration.AddRange(profile.Configuration.Where(p => !spec.Configuration.ContainsKey(p.Key))),
            Environment = environment.ToImmutableSortedDictionary(StringComparer.Ordinal),
        };
        var values = ApplicationSpecRules.CommonConfiguration(withProfile, RestorePoint.None);
        // Flink's own 5 s are the wait of the first TaskManager: the heartbeat that asks for it goes when the one begun before is over.
        values.TryAdd("yarn.heartbeat.interval", "1");
        values["execution.target"] = "yarn-application";
        values["high-availability.cluster-id"] = applicationId;
        values["yarn.containers.vcores"] = FormattableString.Invariant($"{ApplicationSubmission.Cores(spec.TaskManager.CpuMillicores)}");
        foreach (var (key, value) in environment)
        {
            values[$"containerized.taskmanager.env.{key}"] = value;
        }
        if (spec.Zone is { } zone)
        {
            values["yarn.taskmanager.node-label"] = zone;
        }
        return values;
    }

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

    private async Task<HdfsFile?> CheckArtifactAsync(
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

    private async Task<ImmutableArray<YarnResource>> LibrariesAsync(
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
                found.Add(Resource(name, file, "PUBLIC"));
            }
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

    private static List<SpecError> CheckSizes(ApplicationSpec spec, ResourceAmount maximum)
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

    private static void Compare(string field, ArtifactRef artifact, string wanted, byte[] hash, List<SpecError> errors)
    {
        var actual = Convert.ToHexStringLower(hash);
        if (actual != wanted)
        {
            errors.Add(new SpecError($"{field}.Sha256", wanted, $"{artifact.Uri} has {actual}"));
        }
    }

    private static ImmutableArray<string> NotesOf(ApplicationSpec spec) =>
    [
        .. spec.Configuration.Keys.Where(static k => k.StartsWith("kubernetes.", StringComparison.Ordinal))
            .Select(static k => $"{k} means nothing on YARN and was ignored."),
    ];

    private static bool IsLocal(string uri) => uri.StartsWith('/');

    private PrepareOutcome.FenceTaken Taken(FenceRecord record, string why) =>
        new(record.Holder, place.Seen($"{record.Holder} took {record.Fence} at {record.At:O}: {why}."));

    private static string DigestOf(ApplicationSpec spec) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(spec, SpecJson.Default.ApplicationSpec)));
}

[System.Text.Json.Serialization.JsonSerializable(typeof(ApplicationSpec))]
internal sealed partial class SpecJson : System.Text.Json.Serialization.JsonSerializerContext;
