namespace Flink.Resources.Flink;

/// <summary>The JVM flags that Flink needs on Java 17; they are in the template configuration of Flink, not in its code.</summary>
internal static class FlinkJavaOptions
{
    private static readonly string[] Exports =
    [
        "java.base/sun.net.util", "java.rmi/sun.rmi.registry", "jdk.compiler/com.sun.tools.javac.api",
        "jdk.compiler/com.sun.tools.javac.file", "jdk.compiler/com.sun.tools.javac.parser",
        "jdk.compiler/com.sun.tools.javac.tree", "jdk.compiler/com.sun.tools.javac.util", "java.security.jgss/sun.security.krb5",
    ];

    private static readonly string[] Opens =
    [
        "java.base/java.lang", "java.base/java.net", "java.base/java.io", "java.base/java.nio", "java.base/sun.nio.ch",
        "java.base/java.lang.reflect", "java.base/java.text", "java.base/java.time", "java.base/java.util",
        "java.base/java.util.concurrent", "java.base/java.util.concurrent.atomic", "java.base/java.util.concurrent.locks",
    ];

    /// <summary>
    /// The flags, and time zone and character set made explicit: containers of different places have different ones, and a job's
    /// day windows and texts change with them. Goes into <c>env.java.default-opts.all</c>, so that the user's own options win.
    /// </summary>
    public static string For(IReadOnlyDictionary<string, string> environment)
    {
        var zone = environment.TryGetValue("TZ", out var tz) && tz.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '+' or '-')
            ? tz
            : "UTC";
        return string.Join(
            ' ',
            [
                .. Exports.Select(static e => $"--add-exports={e}=ALL-UNNAMED"),
                .. Opens.Select(static o => $"--add-opens={o}=ALL-UNNAMED"),
                $"-Duser.timezone={zone}",
                "-Dfile.encoding=UTF-8",
            ]);
    }
}

/// <summary>Which configuration values are never shown.</summary>
internal static class FlinkSecrets
{
    private static readonly string[] Words =
        ["password", "secret", "fs.azure.account.key", "apikey", "api-key", "auth-params", "service-key", "token", "basic-auth", "jaas.config", "access-key", "access.key"];

    public static bool IsSecret(string key) => Words.Any(w => key.Contains(w, StringComparison.OrdinalIgnoreCase));

    public static string Mask(string key, string value) => IsSecret(key) ? "******" : value;
}
