using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Flink.Resources.Fleet;

/// <summary>Writes what runs on the clusters, and belongs to no job yet, as entries for the document.</summary>
internal sealed class Discovery(FleetDocument document, IBackendCatalog backends)
{
    /// <summary>Prefixes of keys that belong to the place, or that Flink sets itself.</summary>
    private static readonly ImmutableArray<string> Foreign =
    [
        "$internal.", "yarn.", "kubernetes.", "high-availability", "jobmanager.rpc.", "rest.", "env.", "internal.", "web.", "io.tmp.", "blob.", "queryable-state.", "pipeline.jars", "pipeline.classpaths",
        "execution.target", "execution.savepoint", "execution.state-recovery", "security.", "containerized.", "classloader.check", "metrics.internal",
    ];

    /// <summary>Looks at each application that no job has.</summary>
    public async Task<FleetDiscovery> LookAsync(ClusterSurvey survey, ImmutableDictionary<JobKey, KnownJob> known, CancellationToken cancellationToken)
    {
        var claimed = document.Jobs.Values.SelectMany(static j => j.Adopt.Select(static p => (p.Key, p.Value)))
            .Concat(known.Values.Where(static k => k.Handle is not null).Select(static k => (k.Handle!.Backend, k.Handle.Id))).ToHashSet();
        var strangers = survey.Sights.SelectMany(static s => s.Applications.Select(a => (Cluster: s.Name, Application: a)))
            .Where(x => x.Application is { IsLive: true, Job: null } && !claimed.Contains((x.Cluster, x.Application.Id)))
            .OrderBy(static x => x.Cluster, StringComparer.Ordinal).ThenBy(static x => x.Application.Id, StringComparer.Ordinal).ToList();
        var keys = new HashSet<JobKey>(document.Jobs.Keys.Concat(known.Keys));
        var found = ImmutableArray.CreateBuilder<DiscoveredJob>();
        foreach (var (cluster, application) in strangers)
        {
            found.Add(await EntryAsync(cluster, application, survey.Reports[(cluster, application.Id)], keys, cancellationToken).ConfigureAwait(false));
        }
        ImmutableArray<ClusterTrouble> unknown = [.. survey.Sights.Where(static s => s.UnknownBecause is not null).Select(static s => new ClusterTrouble(s.Name, s.UnknownBecause!))];
        return new FleetDiscovery
        {
            Jobs = found.ToImmutable(),
            Unknown = unknown,
            Yaml = found.Count == 0 ? string.Empty : $"jobs:\n{string.Concat(found.Select(static f => f.Yaml))}",
            Exit = unknown.IsEmpty && found.All(static f => f.Trouble is null) ? FleetExit.Ok : FleetExit.LeftAlone,
        };
    }

    private async Task<DiscoveredJob> EntryAsync(string cluster, SeenApplication application, ApplicationReport report, HashSet<JobKey> keys, CancellationToken cancellationToken)
    {
        var key = KeyOf(application, report, keys);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"  {key}:\n    cluster: {cluster}\n");
        text.Append(application.Queue is { } queue ? $"    queue: {Scalar(queue)}\n" : "    # queue: could not be read\n");
        text.Append(CultureInfo.InvariantCulture, $"    adopt: {{{cluster}: {application.Id}}}\n");
        string? trouble = null;
        try
        {
            var connected = await backends.GetRequired(cluster).ConnectAsync(report.Application, cancellationToken).ConfigureAwait(false);
            trouble = await connected.Match(
                c => FlinkAsync(text, cluster, c, cancellationToken),
                static e => Task.FromResult<string?>(e.Seen),
                static e => Task.FromResult<string?>(e.Seen)).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            trouble = exception.Message;
        }
        if (trouble is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"    # not all could be read: {trouble.ReplaceLineEndings(" ")}\n");
        }
        return new DiscoveredJob(cluster, application.Id, key, text.ToString(), trouble);
    }

    private async Task<string?> FlinkAsync(StringBuilder text, string cluster, IFlinkCluster flink, CancellationToken cancellationToken)
    {
        var overview = await flink.GetOverviewAsync(cancellationToken).ConfigureAwait(false);
        var jobs = await flink.GetJobsAsync(cancellationToken).ConfigureAwait(false);
        var configuration = await flink.GetConfigurationAsync(cancellationToken).ConfigureAwait(false);
        var runtime = document.Runtimes.Values.FirstOrDefault(r => IsSame(r.Version, overview.FlinkVersion));
        text.Append(runtime is null ? $"    # runtime: it runs Flink {overview.FlinkVersion}, for which the document has no runtime\n" : $"    runtime: {runtime.Name}\n");
        Line(text, "jar", configuration.GetValueOrDefault("pipeline.jars")?.Split(';')[0], "where its jar is kept could not be read");
        Line(text, "class", configuration.GetValueOrDefault("$internal.application.main"), null);
        if (configuration.GetValueOrDefault("$internal.application.program-args") is { Length: > 0 } arguments)
        {
            text.Append(CultureInfo.InvariantCulture, $"    args: [{string.Join(", ", arguments.Split(';').Select(Scalar))}]\n");
        }
        Line(text, "parallelism", configuration.GetValueOrDefault("parallelism.default"), "could not be read");
        var memory = DiscoveredMemory.Of(configuration, overview.FlinkVersion);
        Containers(text, configuration, memory);
        var own = configuration.Where(p => IsOwn(p.Key) && !memory.Derived.Contains(p.Key) && !p.Value.Contains("******", StringComparison.Ordinal)).ToList();
        if (own.Count > 0)
        {
            text.Append("    flink:\n");
            own.ForEach(p => text.Append(CultureInfo.InvariantCulture, $"      {Scalar(p.Key)}: {Scalar(p.Value)}\n"));
        }
        if (memory.Refusal([.. runtime?.Configuration ?? Maps.Empty<string>(), .. document.Clusters[cluster].Configuration, .. own], overview.FlinkVersion) is { } refusal)
        {
            return $"with the Flink keys of its runtime and its cluster, {refusal}";
        }
        var live = jobs.Count(static j => !j.State.IsTerminal);
        return live == 1 ? null : FormattableString.Invariant($"it runs {live} Flink jobs: an application with one is wanted");
    }

    /// <summary>A key that somebody wrote for the job, and that the document takes.</summary>
    private static bool IsOwn(string key) =>
        OwnedKeys.Instead(key) is null && OwnedKeys.Secret(key) is null && !Foreign.Any(f => key.StartsWith(f, StringComparison.Ordinal));

    private static void Containers(StringBuilder text, ImmutableSortedDictionary<string, string> configuration, DiscoveredMemory memory)
    {
        var cpu = configuration.GetValueOrDefault("kubernetes.taskmanager.cpu.amount") ?? configuration.GetValueOrDefault("kubernetes.taskmanager.cpu") ?? configuration.GetValueOrDefault("yarn.containers.vcores");
        var parts = new[]
        {
            memory.TaskManager is { } size ? $"memory: {size}" : null, cpu is null ? null : $"cpu: {cpu}",
            configuration.GetValueOrDefault("taskmanager.numberOfTaskSlots") is { } slots ? $"slots: {slots}" : null,
        }.OfType<string>();
        text.Append(CultureInfo.InvariantCulture, $"    taskManager: {{{string.Join(", ", parts)}}}\n");
        if (memory.JobManager is { } manager)
        {
            text.Append(CultureInfo.InvariantCulture, $"    jobManager: {{memory: {manager}}}\n");
        }
    }

    /// <summary>One of the two may leave its last part out.</summary>
    private static bool IsSame(string version, string other) =>
        version == other || version.StartsWith($"{other}.", StringComparison.Ordinal) || other.StartsWith($"{version}.", StringComparison.Ordinal);

    private static void Line(StringBuilder text, string key, string? value, string? otherwise)
    {
        if (value is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {key}: {Scalar(value)}\n");
        }
        else if (otherwise is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"    # {key}: {otherwise}\n");
        }
    }

    /// <summary>Plain where YAML reads it as the same text, else quoted.</summary>
    private static string Scalar(string value) =>
        value.Length > 0 && value.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or ':' or '$') && char.IsAsciiLetterOrDigit(value[0]) && value[^1] != ':'
            && value is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off")
            ? value
            : $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).ReplaceLineEndings("\\n")}\"";

    /// <summary>Its own name where that is a key; else under the last part of its queue, made unique.</summary>
    private static JobKey KeyOf(SeenApplication application, ApplicationReport report, HashSet<JobKey> keys)
    {
        var team = Part(report.Queue?.Split('.')[^1] ?? report.User ?? "jobs");
        var name = JobKey.TryParse(application.Name, out var given) ? given.Name : Part(application.Name);
        team = given == default ? team : given.Team;
        for (var number = 1; ; number++)
        {
            var key = JobKey.Parse(number == 1 ? $"{team}/{name}" : string.Create(CultureInfo.InvariantCulture, $"{team}/{name}-{number}"));
            if (keys.Add(key))
            {
                return key;
            }
        }
    }

    private static string Part(string text)
    {
        var part = new string([.. text.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' ? c : '-').Take(80)]).Trim('-', '.');
        return part.Length == 0 ? "job" : part;
    }
}
