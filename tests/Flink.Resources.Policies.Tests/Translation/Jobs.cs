using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>Jobs, places, and what a result says in lines.</summary>
internal static class Jobs
{
    public static string JarDigest { get; } = new('a', 64);

    public static ReadOnlyMemory<byte> DigestKey { get; } = "0123456789abcdef"u8.ToArray();

    public static JobEnvironment Shanghai { get; } = new()
    {
        TimeZone = "Asia/Shanghai", TimeZoneOffset = TimeSpan.FromHours(8), Locale = "en_US.UTF-8", Charset = "UTF-8", User = "ads", JavaMajor = 11,
    };

    public static TargetProfile Kubernetes { get; } = new()
    {
        Backend = BackendKind.Kubernetes,
        FlinkVersion = "1.20",
        JavaMajor = 11,
        Queues = Map(("root.ads", "root.ads"), ("root.realtime.*", "root.rt.*"), ("root.batch.*", "root.night")),
        Zones = ImmutableSortedDictionary<string, TargetZone>.Empty.WithComparers(StringComparer.Ordinal)
            .Add("ssd", new TargetZone("ssd", "disk:ssd")).Add("gpu", new TargetZone("gpu")),
        PriorityClasses = ImmutableSortedDictionary<int, string>.Empty.Add(0, "flink-low").Add(5, "flink-high"),
        CoresPerVcore = 0.5m,
        Content = Map(("/opt/flink/lib/flink-dist.jar", new string('d', 64)), ("/opt/flink/usrlib/udf.jar", new string('b', 64))),
        Artifacts = ImmutableSortedDictionary<string, ArtifactRef>.Empty.WithComparers(StringComparer.Ordinal).Add("/home/ads/extra.conf", new ArtifactRef("s3://jobs/extra.conf")),
        Paths = Map(("/etc/krb5.conf", "/opt/krb/krb5.conf"), ("/etc/security/keytabs", "/opt/keytabs")),
        UnreachablePrefixes = ["hdfs://yarn-only"],
        ResourceNames = Map(("yarn.io/gpu", "nvidia.com/gpu")),
        HighAvailability = "kubernetes",
        LocalDirectory = "/flink-local",
        HadoopConfigMap = "hadoop-conf",
    };

    public static TargetProfile Yarn { get; } = new()
    {
        Backend = BackendKind.Yarn,
        FlinkVersion = "1.20",
        JavaMajor = 11,
        Queues = Map(("root.ads", "root.ads"), ("root.rt.*", "root.realtime.*")),
        Zones = ImmutableSortedDictionary<string, TargetZone>.Empty.WithComparers(StringComparer.Ordinal).Add("disk:ssd", new TargetZone("ssd")),
        CoresPerVcore = 0.5m,
        Content = Map(("/flink/lib/flink-dist.jar", new string('d', 64))),
        Artifacts = ImmutableSortedDictionary<string, ArtifactRef>.Empty.WithComparers(StringComparer.Ordinal)
            .Add("local:///opt/flink/usrlib/job.jar", new ArtifactRef("hdfs://ns1/jobs/job.jar", JarDigest)).Add("s3://jobs/extra.conf", new ArtifactRef("hdfs://ns1/jobs/extra.conf")),
        Paths = Map(("/opt/krb/krb5.conf", "/etc/krb5.conf"), ("/opt/keytabs", "/etc/security/keytabs")),
        ResourceNames = Map(("nvidia.com/gpu", "yarn.io/gpu")),
        HighAvailability = "zookeeper",
    };

    public static SourceJob OnYarn(params ReadOnlySpan<(string Key, string Value)> configuration) => new()
    {
        Job = JobKey.Parse("ads/clicks"),
        Kind = JobKind.Streaming,
        Backend = BackendKind.Yarn,
        FlinkVersion = "1.20",
        Configuration = Map(configuration),
        Jar = new ArtifactRef("hdfs://ns1/jobs/job.jar", JarDigest),
        Queue = "root.ads",
        JobManager = new ObservedContainer(MemorySize.FromMebibytes(2048)),
        TaskManager = new ObservedContainer(MemorySize.FromMebibytes(4096)),
        Environment = Shanghai,
        Libraries = [new LibraryFile("yarn.provided.lib.dirs", new ArtifactRef("hdfs://ns1/flink/lib/flink-dist.jar", new string('d', 64)))],
    };

    public static SourceJob OnKubernetes(params ReadOnlySpan<(string Key, string Value)> configuration) => OnYarn(configuration) with
    {
        Backend = BackendKind.Kubernetes,
        Jar = new ArtifactRef("local:///opt/flink/usrlib/job.jar", JarDigest),
        Libraries = [new LibraryFile("kubernetes.container.image.ref", new ArtifactRef("/opt/flink/lib/flink-dist.jar", new string('d', 64)))],
    };

    public static TargetProfile Opposite(SourceJob job) => job.Backend == BackendKind.Yarn ? Kubernetes : Yarn;

    public static TranslationResult Translate(SourceJob job, TargetProfile? target = null) => JobTranslator.Translate(job, target ?? Opposite(job), DigestKey);

    public static ApplicationSpec SpecOf(TranslationResult result) => result is TranslationResult.Translated translated
        ? translated.Spec
        : throw new InvalidOperationException(string.Join(Environment.NewLine, Lines(result)));

    public static ImmutableArray<SpecError> BlockersOf(TranslationResult result) => result is TranslationResult.Blocked blocked ? blocked.Blockers : [];

    public static ImmutableSortedDictionary<string, string> Map(params ReadOnlySpan<(string Key, string Value)> pairs)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
        {
            map[key] = value;
        }
        return map.ToImmutable();
    }

    /// <summary>Everything that is shown of a result: all but the specification.</summary>
    public static IEnumerable<string> Lines(TranslationResult result)
    {
        var report = result.Report;
        yield return result is TranslationResult.Translated ? "translated" : "blocked";
        foreach (var blocker in BlockersOf(result))
        {
            yield return $"  ! {blocker}";
        }
        foreach (var (title, entries) in new[] { ("keys", report.Entries), ("fields", report.Fields) })
        {
            yield return title;
            foreach (var e in entries)
            {
                yield return $"  {e.Outcome,-14} {e.Key}: {e.OldText} -> {string.Join(", ", e.NewKeys)}{(e.NewText is null ? string.Empty : ": " + e.NewText)} ({e.Reason})";
            }
        }
        yield return "added";
        foreach (var a in report.Added)
        {
            yield return $"  {a.Key}: {a.Text} ({a.Reason})";
        }
        yield return "findings";
        foreach (var f in report.Findings)
        {
            yield return $"  {f.Severity} {f.Rule} {f.Evidence}: {f.Remedy}";
        }
        foreach (var l in report.IgnoredLines)
        {
            yield return FormattableString.Invariant($"  line {l.Line} {l.Key}: {l.Reason}");
        }
        yield return report.IsOneWay ? "one way" : "both ways";
    }

    public static IEnumerable<string> Lines(ApplicationSpec spec)
    {
        yield return "specification";
        yield return $"  {spec.Job} {spec.Kind} {spec.Queue} priority {spec.Priority?.Value} zone {spec.Zone} Flink {spec.FlinkVersion}";
        yield return $"  {spec.Jar.Uri} {spec.EntryClass} {string.Join(' ', spec.Arguments)} files {string.Join(' ', spec.Files.Select(static f => f.Uri))}";
        yield return FormattableString.Invariant(
            $"  parallelism {spec.Parallelism}, {spec.JobManager.CpuMillicores}m {spec.JobManager.Memory}, {spec.TaskManager.CpuMillicores}m {spec.TaskManager.Memory} x {spec.TaskManager.Slots}");
        foreach (var (key, value) in spec.Configuration)
        {
            yield return $"  {key}: {value}";
        }
        foreach (var (key, value) in spec.Environment)
        {
            yield return $"  env {key}={value}";
        }
    }
}
