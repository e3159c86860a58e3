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
    private readonly YarnSpecCheck _check = new(place);

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
        var (profile, libraries) = await _check.PlaceAsync(spec, errors, cancellationToken).ConfigureAwait(false);
        var jar = await _check.ArtifactAsync("Jar", spec.Jar, errors, cancellationToken).ConfigureAwait(false);
        foreach (var (file, index) in spec.Files.Select(static (f, i) => (f, i)))
        {
            await _check.ArtifactAsync(FormattableString.Invariant($"Files[{index}]"), file, errors, cancellationToken).ConfigureAwait(false);
        }
        if (errors.Count > 0)
        {
            return new PrepareOutcome.Refused([.. errors]);
        }
        return await TakeAsync(fence, spec, profile!, libraries, jar, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a container has that is to try a directory as the job's would; nothing is taken.</summary>
    /// <param name="spec">The job; its jar and files are not looked at.</param>
    /// <param name="staging">Where configuration and program are put.</param>
    /// <param name="id">The application.</param>
    /// <param name="program">The program's file.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<SubmissionInput> StageProbeAsync(ApplicationSpec spec, string staging, string id, (string Name, byte[] Bytes) program, CancellationToken cancellationToken)
    {
        var profile = place.ProfileOf(spec.FlinkVersion)!;
        var libraries = await _check.LibrariesAsync(profile, [], cancellationToken).ConfigureAwait(false);
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
        await _check.PlaceAsync(spec, errors, cancellationToken).ConfigureAwait(false);
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
            var errors = YarnSpecCheck.Sizes(spec, maximum);
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
        var files = new List<YarnResource> { place.ResourceOf(Path.GetFileName(jarFile.Path), jarFile, "APPLICATION") };
        foreach (var file in spec.Files)
        {
            var uploaded = place.PathOf(file.Uri) is { } path && !YarnSpecCheck.IsLocal(file.Uri)
                ? await place.Hdfs.StatusAsync(path, cancellationToken).ConfigureAwait(false)
                : await UploadAsync(staging, file, cancellationToken).ConfigureAwait(false);
            files.Add(place.ResourceOf(Path.GetFileName(uploaded!.Path), uploaded, "APPLICATION"));
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
        return place.ResourceOf(name, status!, "APPLICATION");
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

    private static ImmutableArray<string> NotesOf(ApplicationSpec spec) =>
    [
        .. spec.Configuration.Keys.Where(static k => k.StartsWith("kubernetes.", StringComparison.Ordinal))
            .Select(static k => $"{k} means nothing on YARN and was ignored."),
    ];

    private PrepareOutcome.FenceTaken Taken(FenceRecord record, string why) =>
        new(record.Holder, place.Seen($"{record.Holder} took {record.Fence} at {record.At:O}: {why}."));

    private static string DigestOf(ApplicationSpec spec) => Convert.ToHexStringLower(SHA256.HashData(
        JsonSerializer.SerializeToUtf8Bytes(spec, SpecJson.Default.ApplicationSpec)));
}

[System.Text.Json.Serialization.JsonSerializable(typeof(ApplicationSpec))]
internal sealed partial class SpecJson : System.Text.Json.Serialization.JsonSerializerContext;
