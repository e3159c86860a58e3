using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>One name of an option.</summary>
/// <param name="Key">The name.</param>
/// <param name="Since">The first release that knows it.</param>
public sealed record FlinkKeyName(string Key, string Since);

/// <summary>The names that one option has had.</summary>
/// <param name="Meaning">What it is.</param>
/// <param name="Names">The names, oldest first. Flink prefers the newest that it knows.</param>
public sealed record FlinkKeyAlias(string Meaning, ImmutableArray<FlinkKeyName> Names);

/// <summary>
/// Options that were renamed, as Flink's option classes list them (<c>withDeprecatedKeys</c>). The renaming of keys that were the beginning of others came
/// with 1.17, that of restore and checkpoint keys with 1.20.
/// </summary>
public static class FlinkKeyAliases
{
    /// <summary>All renamed options.</summary>
    public static ImmutableArray<FlinkKeyAlias> All { get; } =
    [
        Of("CPU of the JobManager", "1.10", "kubernetes.jobmanager.cpu", "1.17", "kubernetes.jobmanager.cpu.amount"),
        Of("CPU of a TaskManager", "1.10", "kubernetes.taskmanager.cpu", "1.17", "kubernetes.taskmanager.cpu.amount"),
        Of("image", "1.10", "kubernetes.container.image", "1.17", "kubernetes.container.image.ref"),
        Of("pod template", "1.13", "kubernetes.pod-template-file", "1.17", "kubernetes.pod-template-file.default"),
        Of("restore path", "1.10", "execution.savepoint.path", "1.20", "execution.state-recovery.path"),
        Of("ignore unmatched state", "1.10", "execution.savepoint.ignore-unclaimed-state", "1.20", "execution.state-recovery.ignore-unclaimed-state"),
        Of("claim mode", "1.15", "execution.savepoint-restore-mode", "1.20", "execution.state-recovery.claim-mode"),
        Of("checkpoint directory", "1.0", "state.checkpoints.dir", "1.20", "execution.checkpointing.dir"),
        Of("savepoint directory", "1.0", "state.savepoints.dir", "1.20", "execution.checkpointing.savepoint-dir"),
        Of("retained checkpoints", "1.0", "state.checkpoints.num-retained", "1.20", "execution.checkpointing.num-retained"),
        Of("incremental checkpoints", "1.3", "state.backend.incremental", "1.20", "execution.checkpointing.incremental"),
        Of("checkpoint storage", "1.13", "state.checkpoint-storage", "1.20", "execution.checkpointing.storage"),
        Of("state backend", "1.0", "state.backend", "1.17", "state.backend.type"),
        Of("high availability", "1.0", "high-availability", "1.17", "high-availability.type"),
        Of("restart strategy", "1.0", "restart-strategy", "1.17", "restart-strategy.type"),
        Of("JVM options", "1.0", "env.java.opts", "1.17", "env.java.opts.all"),
        Of("Kerberos file systems", "1.10", "yarn.security.kerberos.additionalFileSystems", "1.16", "security.kerberos.access.hadoopFileSystems"),
        Of("place of the user jar in the class path", "1.0", "yarn.per-job-cluster.include-user-jar", "1.15", "yarn.classpath.include-user-jar"),
        Of("files to ship", "1.10", "yarn.ship-directories", "1.11", "yarn.ship-files"),
    ];

    private static FrozenDictionary<string, FlinkKeyAlias> ByName { get; } = All
        .SelectMany(static a => a.Names, static (alias, name) => (name.Key, alias))
        .ToFrozenDictionary(static p => p.Key, static p => p.alias, StringComparer.Ordinal);

    /// <summary>The newest name of a key; the key itself when it was never renamed.</summary>
    public static string Canonical(string key) => ByName.TryGetValue(key, out var alias) ? alias.Names[^1].Key : key;

    /// <summary>The name of a key in a Flink version: the newest that the version knows, or the oldest.</summary>
    /// <param name="key">Any name of the option.</param>
    /// <param name="flinkVersion">Such as <c>1.20</c> or <c>1.20.5</c>.</param>
    /// <exception cref="FormatException"><paramref name="flinkVersion"/> is no version.</exception>
    public static string NameIn(string key, string flinkVersion) => FlinkRelease.TryParse(flinkVersion, out var release)
        ? NameIn(key, release)
        : throw new FormatException($"'{flinkVersion}' is no Flink version: write 1.20 or 1.20.5.");

    internal static string NameIn(string key, FlinkRelease release) => !ByName.TryGetValue(key, out var alias)
        ? key
        : (alias.Names.LastOrDefault(n => !release.IsBefore(SinceOf(n))) ?? alias.Names[0]).Key;

    internal static bool IsKnown(string key, FlinkRelease release) =>
        !ByName.TryGetValue(key, out var alias) || !release.IsBefore(SinceOf(alias.Names.First(n => n.Key == key)));

    /// <summary>How new a name is among those of its option: the newest wins.</summary>
    internal static int RankOf(string key) => ByName.TryGetValue(key, out var alias) ? alias.Names.Select(static n => n.Key).ToList().IndexOf(key) : 0;

    private static FlinkRelease SinceOf(FlinkKeyName name) => FlinkRelease.TryParse(name.Since, out var release) ? release : default;

    private static FlinkKeyAlias Of(string meaning, string since, string key, string later, string newer) =>
        new(meaning, [new FlinkKeyName(key, since), new FlinkKeyName(newer, later)]);
}
