using System.Text.Json.Nodes;
using Flink.Resources.Flink;

namespace Flink.Resources.Kubernetes;

/// <summary>
/// Starts JobManagers and TaskManagers with one JVM. Flink's shell scripts start four for a JobManager and three for a TaskManager, all
/// but the last only to read the configuration: seconds of each start, one after the other. What they would find out is known here and
/// travels in the variables that those scripts read themselves; a script of the same name and the same arguments is mounted over each.
/// </summary>
internal static class DirectStart
{
    public const string ScriptFile = "start-flink.sh";

    private const string Volume = "flink-start-volume";

    /// <summary>Nothing that Flink's scripts would do for a configuration is left out: what only they know makes them start it.</summary>
    public static bool IsPossible(IReadOnlyDictionary<string, string> configuration) =>
        !configuration.Keys.Any(static k => k == "taskmanager.compute.numa"
            || (k.StartsWith("env.", StringComparison.Ordinal)
                && !k.StartsWith("env.java.opts.", StringComparison.Ordinal) && !k.StartsWith("env.java.default-opts.", StringComparison.Ordinal)));

    /// <summary>What the JobManager's script reads.</summary>
    public static IEnumerable<KeyValuePair<string, string>> JobManager(IReadOnlyDictionary<string, string> configuration)
    {
        var limit = configuration.GetValueOrDefault("jobmanager.memory.enable-jvm-direct-memory-limit") == "true";
        yield return new("JVM_ARGS", FlinkMemory.ForJobManager(configuration).JvmFlags(limit));
        yield return All(configuration);
        yield return new("FLINK_ENV_JAVA_OPTS_JM", Options(configuration, "jobmanager"));
    }

    /// <summary>What a TaskManager's script reads; Flink itself adds its memory.</summary>
    public static IEnumerable<KeyValuePair<string, string>> TaskManager(IReadOnlyDictionary<string, string> configuration)
    {
        yield return All(configuration);
        yield return new("FLINK_ENV_JAVA_OPTS_TM", Options(configuration, "taskmanager"));
    }

    /// <summary>Mounts the script over the one of a container's role.</summary>
    public static void Mount(JsonObject pod, JsonObject container, string clusterId, string role)
    {
        if (container["volumeMounts"] is not JsonArray mounts)
        {
            container["volumeMounts"] = mounts = [];
        }
        mounts.Add(new JsonObject
        {
            ["name"] = Volume,
            ["mountPath"] = $"/opt/flink/bin/kubernetes-{role}.sh",
            ["subPath"] = ScriptFile,
            ["readOnly"] = true,
        });
        if (pod["volumes"] is not JsonArray volumes)
        {
            pod["volumes"] = volumes = [];
        }
        volumes.Add(new JsonObject
        {
            ["name"] = Volume,
            ["configMap"] = new JsonObject
            {
                ["name"] = KubernetesNames.PodTemplate(clusterId),
                ["defaultMode"] = 0x16D, // r-xr-xr-x
                ["items"] = new JsonArray(new JsonObject { ["key"] = ScriptFile, ["path"] = ScriptFile }),
            },
        });
    }

    private static KeyValuePair<string, string> All(IReadOnlyDictionary<string, string> configuration) =>
        new("FLINK_ENV_JAVA_OPTS", $"-XX:+IgnoreUnrecognizedVMOptions {Options(configuration, "all")}".TrimEnd());

    private static string Options(IReadOnlyDictionary<string, string> configuration, string of) =>
        $"{configuration.GetValueOrDefault($"env.java.default-opts.{of}")} {configuration.GetValueOrDefault($"env.java.opts.{of}")}".Trim();

    /// <summary>Class path, log files and Hadoop's directories as Flink's config.sh, kubernetes-*.sh and flink-console.sh have them.</summary>
    public const string Script = """
        #!/usr/bin/env bash
        home=${FLINK_HOME:-/opt/flink}
        export FLINK_CONF_DIR=${FLINK_CONF_DIR:-$home/conf} FLINK_LIB_DIR=${FLINK_LIB_DIR:-$home/lib} FLINK_OPT_DIR=${FLINK_OPT_DIR:-$home/opt}
        export FLINK_PLUGINS_DIR=${FLINK_PLUGINS_DIR:-$home/plugins} FLINK_BIN_DIR=${FLINK_BIN_DIR:-$home/bin}
        export MAX_LOG_FILE_NUMBER=${MAX_LOG_FILE_NUMBER:-10} ROOT_LOG_LEVEL=${ROOT_LOG_LEVEL:-INFO}
        case ${0##*/} in
          kubernetes-taskmanager.sh)
            service=kubernetes-taskmanager
            class=org.apache.flink.kubernetes.taskmanager.KubernetesTaskExecutorRunner
            options="$FLINK_ENV_JAVA_OPTS $FLINK_ENV_JAVA_OPTS_TM"
            memory="$JVM_ARGS $FLINK_TM_JVM_MEM_OPTS"
            set -- --configDir "$FLINK_CONF_DIR" "$@" ;;
          *)
            service=$1
            class=org.apache.flink.kubernetes.entrypoint.KubernetesApplicationClusterEntrypoint
            [ "$service" != kubernetes-session ] || class=org.apache.flink.kubernetes.entrypoint.KubernetesSessionClusterEntrypoint
            options="$FLINK_ENV_JAVA_OPTS $FLINK_ENV_JAVA_OPTS_JM"
            memory=$JVM_ARGS
            shift ;;
        esac
        if [ -d "$JAVA_HOME" ]; then java=$JAVA_HOME/bin/java; else java=$(command -v java); fi
        release=$(dirname "$(dirname "$(readlink -f "$java")")")/release
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release" 2>/dev/null)
        [ -n "$version" ] || version=$("$java" -XshowSettings:properties 2>&1 | sed -n 's/.*java.specification.version = \([0-9]*\).*/\1/p')
        [ "${version:-0}" -le 17 ] || options="$options -Djava.security.manager=allow"
        jars=$(find "$FLINK_LIB_DIR" ! -type d -name '*.jar' ! -name 'flink-dist*.jar' | sort | tr '\n' ':')
        dist=$(find "$FLINK_LIB_DIR" ! -type d -name 'flink-dist*.jar')
        if [ "$(echo "$dist" | grep -c .)" != 1 ]; then
          echo "[ERROR] There must be one flink-dist*.jar in $FLINK_LIB_DIR." >&2
          exit 1
        fi
        if [ -z "$HADOOP_CONF_DIR" ] && [ -n "$HADOOP_HOME" ]; then
          for dir in "$HADOOP_HOME/conf" "$HADOOP_HOME/etc/hadoop"; do [ ! -d "$dir" ] || HADOOP_CONF_DIR=$dir; done
        fi
        if [ -z "$HADOOP_CONF_DIR" ] && [ -z "$HADOOP_CLASSPATH" ] && [ -d /etc/hadoop/conf ]; then HADOOP_CONF_DIR=/etc/hadoop/conf; fi
        if [ -z "$HBASE_CONF_DIR" ]; then
          for dir in /etc/hbase/conf ${HBASE_HOME:+"$HBASE_HOME/conf"}; do [ ! -d "$dir" ] || HBASE_CONF_DIR=$dir; done
        fi
        logs=${FLINK_LOG_DIR:-$home/log}
        mkdir -p "$logs" 2>/dev/null
        FLINK_LOG_PREFIX=$logs/flink-${FLINK_IDENT_STRING:-$USER}-$service-0-$HOSTNAME
        options=$(eval echo "$options")
        echo "Starting $service as a console application on host $HOSTNAME."
        exec "$java" $memory $options "-Dlog.file=$FLINK_LOG_PREFIX.log" "-Dlog4j.configuration=file:$FLINK_CONF_DIR/log4j-console.properties" \
          "-Dlog4j.configurationFile=file:$FLINK_CONF_DIR/log4j-console.properties" "-Dlogback.configurationFile=file:$FLINK_CONF_DIR/logback-console.xml" \
          -classpath "$jars$dist:$HADOOP_CLASSPATH:$HADOOP_CONF_DIR:$YARN_CONF_DIR${HBASE_CONF_DIR:+:$HBASE_CONF_DIR}" "$class" "$@"

        """;
}
