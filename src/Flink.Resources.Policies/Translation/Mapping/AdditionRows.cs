using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>What the source had without a key, and the target needs one for.</summary>
internal static class AdditionRows
{
    private static ImmutableArray<AdditionRow> Both { get; } =
    [
        new("time zone of the source's containers", "Environment[TZ]", "images default to UTC; compared after the start"),
        new("locale of the source's containers", "Environment[LANG], Environment[LC_ALL]", "images default to POSIX; compared after the start"),
        new("user of the source's containers", "Environment[HADOOP_USER_NAME]", "compared after the start"),
        new("charset of the source's JVM", "env.java.opts.all", "`-Dfile.encoding`, when it is not UTF-8"),
        new("parallelism that the job runs with", "Parallelism", "when no key gives it"),
        new("containers as the cluster gave them", "JobManager, TaskManager", "sizes that no key gives"),
    ];

    public static ImmutableArray<AdditionRow> Kubernetes { get; } =
    [
        .. Both,
        new("Hadoop's client files of the node", "kubernetes.hadoop.conf.config-map.name", "YARN supplied them silently; from the profile"),
        new("local directories of the node", "io.tmp.dirs, state.backend.rocksdb.localdir", "YARN set them silently; from the profile, the latter for RocksDB only"),
        new("log directories of the node", "kubernetes.flink.log.dir", "so that logs outlive pods; from the profile"),
        new("the ResourceManager's proxy", "Service and Ingress", "the backend's; the path comes from the job key, so that links survive moves"),
        new("", "kubernetes.namespace, image, service account, pod templates", "the backend's own, from its profile"),
    ];

    public static ImmutableArray<AdditionRow> Yarn { get; } =
    [
        .. Both,
        new("", "yarn.application.queue, yarn.application.name, library directories, attempts", "the backend's own, from its profile"),
    ];
}
