using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flink.Resources.Eligibility;

namespace Flink.Resources.Fleet;

/// <summary>The kinds of words and numbers that a document knows.</summary>
internal static partial class Scalars
{
    public static ScalarType Text { get; } = new("text", "a text", static t => t.Length > 0 ? t : null, static () => new() { ["type"] = ScalarTypes() });

    /// <summary>A text that may be empty: arguments, values of Flink keys and of variables.</summary>
    public static ScalarType Raw { get; } = new("text", "a text; '' for an empty one", static t => t, static () => new() { ["type"] = ScalarTypes() });

    public static ScalarType Boolean { get; } = new("true or false", "true or false", static t => t switch { "true" => true, "false" => false, _ => null }, static () => new() { ["type"] = "boolean" });

    public static ScalarType Size { get; } = new(
        "size", "a size above 0, such as 2g or 512m", static t => TrySize(t, out var size) && size.Bytes > 0 ? size : null);

    /// <summary>Cores, kept in thousandths.</summary>
    public static ScalarType Cpu { get; } = new(
        "cores", "cores of 0.001 to 1024, such as 1, 0.5 or 500m", static t => Cores(t), static () => new() { ["type"] = new JsonArray("number", "string") });

    public static ScalarType Version { get; } = new(
        "version", "a Flink version such as 1.20 or 1.20.5", static t => Matches(VersionPattern(), t) ? t : null, static () => new() { ["type"] = ScalarTypes() });

    public static ScalarType Queue { get; } = new(
        "queue", "a dotted path such as root.realtime.ads", static t => IsQueue(t) ? t : null);

    public static ScalarType Label { get; } = new(
        "name", "a lower-case DNS label of at most 63 characters, such as k8s-east", static t => IsLabel(t) ? t : null);

    public static ScalarType Subdomain { get; } = new(
        "name", "a lower-case DNS name, such as ads-kafka", static t => IsSubdomain(t) ? t : null);

    public static ScalarType Address { get; } = new(
        "address", "host:port, or an http or https address, such as rm1:8088", static t => ParseAddress(t));

    public static ScalarType FileSystem { get; } = new(
        "URI", "hdfs://ns1 or hdfs://nn1:8020",
        static t => Uri.TryCreate(t, UriKind.Absolute, out var uri) && uri.Scheme is "hdfs" or "viewfs" && uri.AbsolutePath is "/" && uri.Authority.Length > 0 ? t.TrimEnd('/') : null);

    public static ScalarType HdfsPath { get; } = new(
        "path", "an absolute HDFS path other than /, without '..', such as /flink-resources",
        static t => t.StartsWith('/') && t.Length > 1 && !t.Split('/').Contains("..", StringComparer.Ordinal) ? t : null);

    public static ScalarType Library { get; } = new(
        "HDFS directory", "hdfs://…/flink/1.20 or an absolute HDFS path",
        static t => t.StartsWith('/') || (t.StartsWith("hdfs://", StringComparison.Ordinal) && Uri.TryCreate(t, UriKind.Absolute, out _)) ? t : null);

    public static ScalarType Directory { get; } = new(
        "URI", "the URI of storage that every cluster reaches, such as hdfs://ns1/flink/{job}",
        static t => Uri.TryCreate(t.Replace("{job}", "team/name", StringComparison.Ordinal), UriKind.Absolute, out var uri) && uri.Scheme is not ("file" or "local") && IsPlainUri(t)
            ? t.TrimEnd('/') : null);

    public static ScalarType Artifact { get; } = new(
        "URI", "hdfs://…, s3://…, https://…, local:///… (in the image) or an absolute path, without ';'",
        static t => (t.StartsWith('/') || Uri.TryCreate(t, UriKind.Absolute, out _)) && IsPlainUri(t) ? t : null);

    public static ScalarType Jar { get; } = new(
        "URI", "the URI of a .jar: hdfs://…, s3://…, https://…, local:///… (in the image) or an absolute path; Python and SQL are not supported",
        static t => (t.StartsWith('/') || Uri.TryCreate(t, UriKind.Absolute, out _)) && IsPlainUri(t) && t.EndsWith(".jar", StringComparison.OrdinalIgnoreCase) ? t : null);

    public static ScalarType Digest { get; } = new(
        "SHA-256", "64 lower-case hexadecimal digits", static t => Matches(DigestPattern(), t) ? t : null);

    public static ScalarType Image { get; } = new(
        "image", "an image such as registry/flink@sha256:… with 64 digits", static t => Matches(ImagePattern(), t) ? t : null);

    public static ScalarType Class { get; } = new(
        "class", "a fully qualified Java class name, such as com.ads.Clicks; Python and the SQL gateway are not supported",
        static t => Matches(ClassPattern(), t) && !t.StartsWith("org.apache.flink.client.python.", StringComparison.Ordinal)
            && !t.StartsWith("org.apache.flink.table.gateway.", StringComparison.Ordinal) ? t : null);

    public static ScalarType Job { get; } = new(
        "job", "team/name, each part 1-100 of A-Z a-z 0-9 . _ - and not starting with a dot", static t => JobKey.TryParse(t, out var key) ? key : null);

    public static ScalarType Priority { get; } = new(
        "priority", "P0 (most important) to P9, or a whole number where larger is more important",
        static t => t is ['P', >= '0' and <= '9'] ? new Tier(t[1] - '0').ToPriority()
            : int.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? new JobPriority(number) : null,
        static () => new() { ["type"] = new JsonArray("string", "integer") });

    /// <summary>A tier, or <c>none</c> as a tier that nothing reaches.</summary>
    public static ScalarType Approval { get; } = new(
        "tier", "P0 to P9, or none",
        static t => t is "none" ? Nobody : t is ['P', >= '0' and <= '9'] ? new Tier(t[1] - '0') : null);

    public static object Nobody { get; } = new();

    public static ScalarType Start { get; } = new(
        "`fresh` or URI", "fresh, or the URI of a savepoint or a retained checkpoint, such as hdfs://ns1/flink/savepoint-1",
        static t => t is "fresh" ? RestorePoint.None
            : t.Contains("://", StringComparison.Ordinal) && Uri.TryCreate(t, UriKind.Absolute, out _) && IsPlainUri(t) ? new RestorePoint.Snapshot(t) : null);

    public static ScalarType Application { get; } = new(
        "application", "a YARN application id such as application_1700000000000_0421, or a Kubernetes cluster-id",
        static t => IsYarnApplication(t) || t.Split('/') is { Length: 1 or 2 } parts && parts.All(IsLabel) ? t : null);

    /// <summary>E and digits is this library's; how rules of one's own are called the document does not know.</summary>
    public static ScalarType Finding { get; } = new(
        "finding", $"the id of a rule: {string.Join(", ", EligibilityRules.All.Select(static r => r.Id))}, or of a rule of your own, whose id is not E and digits",
        static t => Matches(FindingPattern(), t) && (!OwnPattern().IsMatch(t) || EligibilityRules.All.Any(r => r.Id == t)) ? t : null);

    public static ScalarType Toleration { get; } = new(
        "toleration", "key=value:Effect or key:Effect, Effect being NoSchedule, PreferNoSchedule or NoExecute",
        static t => t.Split(':') is [{ Length: > 0 }, "NoSchedule" or "PreferNoSchedule" or "NoExecute"] ? t : null);

    public static ScalarType Cron { get; } = new(
        "cron", "five fields of cron (minute hour day month weekday), such as '0 22 * * 1-5'",
        static t => Cronos.CronExpression.TryParse(t, out _) ? t : null);

    public static ScalarType TimeZone { get; } = new(
        "time zone", "a time zone such as UTC or Asia/Shanghai", static t => TimeZoneInfo.TryFindSystemTimeZoneById(t, out _) ? t : null);

    public static ScalarType Instant { get; } = new(
        "time", "a time with its offset, such as 2026-11-11T00:00+08:00",
        static t => Matches(OffsetPattern(), t) && DateTimeOffset.TryParse(t, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null);

    public static ScalarType Variable { get; } = new(
        "variable", "letters, digits and _, not starting with a digit", static t => IsVariable(t) ? t : null);

    public static ScalarType Journal { get; } = new(
        "journal", "sqlite:FILE, postgres:CONNECTION (as Npgsql writes it: Host=db;Database=fleet;Username=…) or memory", ParseJournal);

    public static ScalarType Whole(int least, int most) => new(
        "number", string.Create(CultureInfo.InvariantCulture, $"a whole number of {least} to {most}"),
        t => int.TryParse(t, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null,
        () => new() { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most });

    public static ScalarType Number(double least, double most) => new(
        "number", string.Create(CultureInfo.InvariantCulture, $"a number of {least} to {most}"),
        t => double.TryParse(t, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most ? n : null,
        () => new() { ["type"] = "number", ["minimum"] = least, ["maximum"] = most });

    public static ScalarType Duration(TimeSpan least, TimeSpan most) => new(
        "duration", $"a duration of {Durations.Text(least)} to {Durations.Text(most)}, such as 30m, 2h, 500ms, 1h30m or PT30M",
        t => Durations.TryParse(t, out var duration) && duration >= least && duration <= most ? duration : null);

    public static bool IsQueue(string text) =>
        text.Length is > 0 and <= 500 && text.Split('.').All(static p => p.Length > 0 && p.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'));

    public static bool IsLabel(string text) =>
        text.Length is > 0 and <= 63 && text[0] != '-' && text[^1] != '-' && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    public static bool IsSubdomain(string text) => text.Length is > 0 and <= 253 && text.Split('.').All(IsLabel);

    public static bool IsVariable(string text) =>
        text.Length is > 0 and <= 200 && !char.IsAsciiDigit(text[0]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');

    public static bool IsFlinkKey(string text) => text.Length is > 0 and <= 500 && !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c is ':' or '#');

    public static bool IsYarnApplication(string text) => Matches(ApplicationPattern(), text);

    private static bool IsPlainUri(string text) => !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || c == ';');

    private static bool TrySize(string text, out MemorySize size) => MemorySize.TryParse(text.Length > 100 ? null : BinaryUnit().Replace(text, "${unit}"), out size);

    private static int? Cores(string text)
    {
        var isMilli = text.EndsWith('m');
        if (!decimal.TryParse(isMilli ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1_024_000)
        {
            return null;
        }
        var milli = isMilli ? number : number * 1000;
        return milli is >= 1 and <= 1_024_000 && milli == decimal.Truncate(milli) ? (int)milli : null;
    }

    private static Uri? ParseAddress(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var given) && given.Scheme is "http" or "https" && given.UserInfo.Length == 0 ? given : null;
        }
        return Matches(AddressPattern(), text) && Uri.TryCreate($"http://{text}", UriKind.Absolute, out var uri) ? uri : null;
    }

    private static FleetJournal? ParseJournal(string text)
    {
        if (text is "memory")
        {
            return new FleetJournal.Memory();
        }
        if (text.StartsWith("sqlite:", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(text[7..]))
        {
            return new FleetJournal.Sqlite(text[7..].Trim());
        }
        if (!text.StartsWith("postgres:", StringComparison.Ordinal))
        {
            return null;
        }
        try
        {
            var connection = new Npgsql.NpgsqlConnectionStringBuilder(text[9..].Trim());
            return string.IsNullOrWhiteSpace(connection.Host) ? null : new FleetJournal.Postgres(text[9..].Trim());
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException or OverflowException)
        {
            return null;
        }
    }

    private static bool Matches(Regex pattern, string text) => text.Length <= 1_000 && pattern.IsMatch(text);

    private static JsonArray ScalarTypes() => new("string", "number", "boolean");

    [GeneratedRegex(@"^[0-9]{1,3}\.[0-9]{1,3}(\.[0-9]{1,3})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex VersionPattern();

    [GeneratedRegex(@"^[0-9a-f]{64}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex DigestPattern();

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._:/-]{0,254}(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ImagePattern();

    [GeneratedRegex(@"^[\p{L}_$][\p{L}\p{N}_$]*(\.[\p{L}_$][\p{L}\p{N}_$]*)*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ClassPattern();

    [GeneratedRegex(@"^application_[0-9]{1,19}_[0-9]{4,10}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ApplicationPattern();

    [GeneratedRegex(@"^[A-Z][A-Za-z0-9-]{0,30}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FindingPattern();

    [GeneratedRegex(@"^E[0-9]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex OwnPattern();

    [GeneratedRegex(@"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?(Z|[+-][0-9]{2}:[0-9]{2})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex OffsetPattern();

    [GeneratedRegex(@"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?):[0-9]{1,5}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex AddressPattern();

    [GeneratedRegex(@"(?<unit>[KMGTkmgt])iB\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex BinaryUnit();
}
