namespace Flink.Resources.Translation;

/// <summary>
/// What a job's processes live in, beyond Flink's configuration. Containers of two places differ in it, and then day windows, texts and files change hands
/// while everything looks healthy.
/// </summary>
public sealed record JobEnvironment
{
    /// <summary>The time zone as the JVM names it, such as <c>Asia/Shanghai</c>; null when not known.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The zone's distance from UTC when it was read; null when not known.</summary>
    public TimeSpan? TimeZoneOffset { get; init; }

    /// <summary>The locale, <c>LC_ALL</c> before <c>LANG</c>, such as <c>en_US.UTF-8</c>; null when not known.</summary>
    public string? Locale { get; init; }

    /// <summary>The charset of the JVM (<c>file.encoding</c>); null when not known.</summary>
    public string? Charset { get; init; }

    /// <summary>The user that Hadoop sees; null when not known.</summary>
    public string? User { get; init; }

    /// <summary>Java's major version: 8, 11, 17; null when not known.</summary>
    public int? JavaMajor { get; init; }

    /// <summary>What Flink's REST API tells of a JobManager, completed by the variables of its container.</summary>
    /// <param name="flink">Flink's answer.</param>
    /// <param name="variables">The container's environment as far as known: <c>TZ</c>, <c>LC_ALL</c>, <c>LANG</c>, <c>HADOOP_USER_NAME</c>.</param>
    public static JobEnvironment Of(FlinkEnvironment flink, IReadOnlyDictionary<string, string> variables)
    {
        ArgumentNullException.ThrowIfNull(flink);
        ArgumentNullException.ThrowIfNull(variables);
        return new JobEnvironment
        {
            TimeZone = flink.TimeZone ?? JavaOptions.Property(flink.JvmOptions, "user.timezone") ?? variables.GetValueOrDefault("TZ"),
            TimeZoneOffset = flink.TimeZoneOffset,
            Locale = variables.GetValueOrDefault("LC_ALL") ?? variables.GetValueOrDefault("LANG"),
            Charset = JavaOptions.Property(flink.JvmOptions, "file.encoding"),
            User = variables.GetValueOrDefault("HADOOP_USER_NAME"),
            JavaMajor = JavaOptions.Major(flink.JavaVersion),
        };
    }
}
