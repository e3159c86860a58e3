using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Translation;

/// <summary>How two environments stand to each other in one thing.</summary>
public enum EnvironmentVerdict
{
    /// <summary>One side is not known: neither the same nor different.</summary>
    Unknown = 0,

    /// <summary>Two time zones that agree now and may not on another day.</summary>
    SameToday,

    /// <summary>They differ.</summary>
    Different,
}

/// <summary>One thing in which source and target are not known to be the same.</summary>
/// <param name="Field">Time zone, locale, charset, user or Java major version.</param>
/// <param name="Verdict">How they stand.</param>
/// <param name="Source">What the source has; null when not known.</param>
/// <param name="Target">What the target has; null when not known.</param>
public sealed record EnvironmentFinding(string Field, EnvironmentVerdict Verdict, string? Source, string? Target);

/// <summary>
/// Compares what a job's processes lived in with what they live in after the start. A difference holds the job back before its first commit: its windows of a day
/// or its texts would be others while everything looks healthy.
/// </summary>
public static class EnvironmentCheck
{
    /// <summary>Names of the time zone database that mean the same zone (its <c>backward</c> file).</summary>
    private static readonly FrozenDictionary<string, string> Links = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["UTC"] = "Etc/UTC", ["Etc/UCT"] = "Etc/UTC", ["UCT"] = "Etc/UTC", ["Zulu"] = "Etc/UTC", ["Etc/Zulu"] = "Etc/UTC", ["Universal"] = "Etc/UTC", ["Z"] = "Etc/UTC",
        ["Etc/Universal"] = "Etc/UTC", ["GMT"] = "Etc/UTC", ["Etc/GMT"] = "Etc/UTC", ["Etc/GMT0"] = "Etc/UTC", ["GMT0"] = "Etc/UTC", ["Etc/Greenwich"] = "Etc/UTC", ["Greenwich"] = "Etc/UTC",
        ["PRC"] = "Asia/Shanghai", ["Asia/Chongqing"] = "Asia/Shanghai", ["Asia/Harbin"] = "Asia/Shanghai", ["Hongkong"] = "Asia/Hong_Kong", ["ROC"] = "Asia/Taipei",
        ["Japan"] = "Asia/Tokyo", ["ROK"] = "Asia/Seoul", ["Singapore"] = "Asia/Singapore", ["Asia/Calcutta"] = "Asia/Kolkata", ["Asia/Saigon"] = "Asia/Ho_Chi_Minh",
        ["GB"] = "Europe/London", ["Eire"] = "Europe/Dublin", ["Turkey"] = "Europe/Istanbul", ["Asia/Istanbul"] = "Europe/Istanbul", ["W-SU"] = "Europe/Moscow",
        ["US/Eastern"] = "America/New_York", ["US/Central"] = "America/Chicago", ["US/Mountain"] = "America/Denver", ["US/Pacific"] = "America/Los_Angeles",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is not known to be the same, in a fixed order. Empty when all is.</summary>
    /// <param name="source">Read from the source before the move.</param>
    /// <param name="target">Read from the target after the start.</param>
    public static ImmutableArray<EnvironmentFinding> Compare(JobEnvironment source, JobEnvironment target)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        var findings = ImmutableArray.CreateBuilder<EnvironmentFinding>();
        void Add(string field, string? here, string? there, Func<string, string, EnvironmentVerdict?> compare)
        {
            if (here is null || there is null)
            {
                findings.Add(new EnvironmentFinding(field, EnvironmentVerdict.Unknown, here, there));
            }
            else if (compare(here, there) is { } verdict)
            {
                findings.Add(new EnvironmentFinding(field, verdict, here, there));
            }
        }

        Add("TimeZone", Zone(source), Zone(target), (_, _) => Zones(source, target));
        Add("Locale", source.Locale, target.Locale, static (h, t) => Same(Normal(h), Normal(t)));
        Add("Charset", source.Charset, target.Charset, static (h, t) => Same(Normal(h), Normal(t)));
        Add("User", source.User, target.User, static (h, t) => h == t ? null : EnvironmentVerdict.Different);
        Add("JavaMajor", Text(source.JavaMajor), Text(target.JavaMajor), static (h, t) => h == t ? null : EnvironmentVerdict.Different);
        return findings.ToImmutable();
    }

    private static EnvironmentVerdict? Zones(JobEnvironment source, JobEnvironment target)
    {
        if (source.TimeZone is { } here && target.TimeZone is { } there)
        {
            if (Canonical(here).Equals(Canonical(there), StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
            return source.TimeZoneOffset is { } before && before == target.TimeZoneOffset ? EnvironmentVerdict.SameToday : EnvironmentVerdict.Different;
        }
        return source.TimeZoneOffset is { } left && target.TimeZoneOffset is { } right
            ? left == right ? EnvironmentVerdict.SameToday : EnvironmentVerdict.Different
            : EnvironmentVerdict.Unknown;
    }

    /// <summary>One spelling for fixed offsets too: Java's <c>GMT+08:00</c> is the database's <c>Etc/GMT-8</c>.</summary>
    private static string Canonical(string zone)
    {
        if (Links.TryGetValue(zone, out var link))
        {
            return link;
        }
        return zone is ['G', 'M', 'T', '+' or '-', ..] && zone[4..].Split(':') is [var hours, "00"] && int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{(zone[3] == '+' ? '-' : '+')}{number}")
            : zone;
    }

    private static string? Zone(JobEnvironment environment) =>
        environment.TimeZone ?? (environment.TimeZoneOffset is { } offset
            ? string.Create(CultureInfo.InvariantCulture, $"UTC{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm}")
            : null);

    private static EnvironmentVerdict? Same(string left, string right) => left == right ? null : EnvironmentVerdict.Different;

    /// <summary><c>utf8</c>, <c>UTF-8</c>; <c>POSIX</c> and <c>C</c> are one locale.</summary>
    private static string Normal(string text)
    {
        var plain = text.Replace("-", string.Empty, StringComparison.Ordinal).Replace("_", string.Empty, StringComparison.Ordinal).ToUpperInvariant();
        return plain == "POSIX" ? "C" : plain;
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
