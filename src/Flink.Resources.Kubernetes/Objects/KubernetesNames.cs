using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flink.Resources.Kubernetes;

/// <summary>Names of objects: the same for the same fence, never the same for two.</summary>
internal static class KubernetesNames
{
    /// <summary>The longest cluster-id that Flink takes.</summary>
    public const int MaximumClusterId = 45;

    // 48 bits: of 20,000 jobs whose names begin alike, the odds that any two meet are below one in a million.
    private const int HashDigits = 12;

    /// <summary>The cluster-id of a fence. Lower-case and cut names carry a hash, so that <c>A/b</c> and <c>a/b</c> differ.</summary>
    public static string ClusterId(Fence fence)
    {
        var suffix = string.Create(CultureInfo.InvariantCulture, $"-e{fence.Epoch}");
        var plain = fence.Job.Value.Replace('/', '-');
        var clean = string.Concat(plain.Select(static c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-')).Trim('-');
        // The slash becomes a dash, so a dash in either part makes the name ambiguous: a-b/c and a/b-c.
        var changed = !string.Equals(clean, plain, StringComparison.Ordinal)
            || fence.Job.Value.Contains('-', StringComparison.Ordinal)
            || !char.IsAsciiLetterLower(clean[0])
            || IsHash(fence.Job.Name)
            || clean.Length + suffix.Length > MaximumClusterId;
        if (!changed)
        {
            return clean + suffix;
        }
        var hash = "-" + JobHash(fence.Job)[..HashDigits];
        var room = MaximumClusterId - suffix.Length - hash.Length;
        var start = clean.Length > 0 && char.IsAsciiLetterLower(clean[0]) ? clean : "f" + clean;
        return (start.Length > room ? start[..room] : start).TrimEnd('-') + hash + suffix;
    }

    /// <summary>A name that looks like the hash of another job would make the two the same.</summary>
    private static bool IsHash(string name) => name.Length == HashDigits && name.All(char.IsAsciiHexDigitLower);

    /// <summary>32 hexadecimal digits that stand for a job in labels.</summary>
    public static string JobHash(JobKey job) => Digest(job.Value)[..32];

    public static string Fence(string clusterId) => $"flink-fence-{clusterId}";

    public static string Rest(string clusterId) => $"{clusterId}-rest";

    public static string Config(string clusterId) => $"flink-config-{clusterId}";

    public static string PodTemplate(string clusterId) => $"pod-template-{clusterId}";

    public static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static bool IsLabel(string? name) =>
        name is { Length: > 0 and <= 63 } && name[0] != '-' && name[^1] != '-'
        && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    public static bool IsSubdomain(string? name) =>
        name is { Length: > 0 and <= 253 } && name.Split('.').All(static part => IsLabel(part));
}
