using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Translation;

/// <summary>Time zone, locale, user, charset and Java made explicit. A fact that nobody knows is asked for, never assumed.</summary>
internal static class EnvironmentFields
{
    private static readonly ImmutableArray<string> Typed = ["TZ", "LANG", "LC_ALL", "HADOOP_USER_NAME"];

    public static bool IsTyped(string name) => Typed.Contains(name, StringComparer.Ordinal);

    /// <summary>The value of a typed variable; null when nobody knows it, or when it can't be written.</summary>
    public static string? Value(Draft draft, string name)
    {
        var known = draft.Source.Environment;
        return name switch
        {
            "TZ" => Zone(known.TimeZone ?? Variable(draft, "TZ") ?? JavaOptions.Property(draft.Get("env.java.opts.all"), "user.timezone")),
            "HADOOP_USER_NAME" => known.User ?? Variable(draft, "HADOOP_USER_NAME"),
            _ => known.Locale ?? Variable(draft, "LC_ALL") ?? Variable(draft, "LANG"),
        };
    }

    public static void Fill(Draft draft)
    {
        foreach (var name in Typed)
        {
            if (Value(draft, name) is not { } value)
            {
                draft.Field(
                    $"Environment[{name}]", KeyOutcome.NeedsInput, null, null,
                    name == "TZ" ? "not known, or no name such as Asia/Shanghai; images default to UTC and day windows would move" : "not known on the source; the target has a default of its own");
            }
            else if (!draft.ToKubernetes && value.AsSpan().IndexOfAny("\"`$") >= 0)
            {
                draft.Field($"Environment[{name}]", KeyOutcome.Blocking, value, null, "YARN puts it into a shell string: no \", ` or $");
            }
            else if (name == "HADOOP_USER_NAME" && draft.Target.User is { } user && user != value)
            {
                draft.Environment[name] = user;
                draft.Field($"Environment[{name}]", KeyOutcome.SemanticChange, value, user, "applications run as this user there; see that it may read and write what the job does");
            }
            else
            {
                draft.Environment[name] = value;
                draft.Field($"Environment[{name}]", KeyOutcome.Kept, value, value, "set explicitly and compared after the start");
            }
        }
        Java(draft);
        Charset(draft);
    }

    private static void Java(Draft draft)
    {
        var there = draft.Target.JavaMajor.ToString(CultureInfo.InvariantCulture);
        if (draft.Source.Environment.JavaMajor is not { } here)
        {
            draft.Field("JavaMajor", KeyOutcome.NeedsInput, null, null, "not known on the source; read it from /jobmanager/environment");
        }
        else
        {
            draft.Field(
                "JavaMajor", here == draft.Target.JavaMajor ? KeyOutcome.Kept : KeyOutcome.SemanticChange, here.ToString(CultureInfo.InvariantCulture), there,
                here == draft.Target.JavaMajor ? "the same" : "another Java runs the job there; reflection, charsets and serialisers can differ");
        }
    }

    /// <summary>The backends start every JVM with UTF-8; the job's own option comes later and wins.</summary>
    private static void Charset(Draft draft)
    {
        if (draft.Source.Environment.Charset is not { } charset)
        {
            return;
        }
        if (charset.Replace("-", string.Empty, StringComparison.Ordinal).Equals("UTF8", StringComparison.OrdinalIgnoreCase))
        {
            draft.Field("Charset", KeyOutcome.Kept, charset, "UTF-8", "the backend starts every JVM with it");
            return;
        }
        if (charset.Length == 0 || !charset.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':'))
        {
            draft.Field("Charset", KeyOutcome.NeedsInput, charset, null, "the name of a Java charset is wanted");
            return;
        }
        var name = FlinkKeyAliases.NameIn("env.java.opts.all", draft.To);
        var options = draft.Configuration.GetValueOrDefault(name, string.Empty);
        if (JavaOptions.Property(options, "file.encoding") is null)
        {
            draft.Configuration[name] = $"{options} -Dfile.encoding={charset}".Trim();
            draft.AddField(name, $"-Dfile.encoding={charset}", "appended: the source's JVM has this charset, the backend's default is UTF-8");
        }
        draft.Field("Charset", KeyOutcome.Kept, charset, charset, "given to the JVM");
    }

    private static string? Variable(Draft draft, string name) =>
        draft.Get("containerized.master.env." + name) ?? draft.Get("containerized.taskmanager.env." + name);

    /// <summary>
    /// A name that the C library and the JVM read alike. <c>GMT+08:00</c> is none: for the C library the sign runs the other way.
    /// </summary>
    private static string? Zone(string? zone)
    {
        if (zone is null || zone.Length == 0)
        {
            return null;
        }
        if (zone.Length >= 4 && (zone.StartsWith("GMT", StringComparison.Ordinal) || zone.StartsWith("UTC", StringComparison.Ordinal)) && zone[3] is '+' or '-')
        {
            var parts = zone[4..].Split(':');
            return int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours <= 14 && (parts.Length == 1 || parts is [_, "00"])
                ? hours == 0 ? "Etc/UTC" : string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(zone[3] == '+' ? '-' : '+')}{hours}")
                : null;
        }
        return zone.All(static c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '+' or '-') ? zone : null;
    }
}
