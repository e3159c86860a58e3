using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Flink.Resources.Fleet;

/// <summary>Tells one desired state of a job from another.</summary>
internal static class JobSpecs
{
    /// <summary>Changes when what is started changes, or where.</summary>
    public static string RevisionOf(string backend, ApplicationSpec spec)
    {
        var text = new StringBuilder();
        Add(text, backend, spec.Queue, spec.Kind, spec.Priority?.Value, spec.Zone, spec.FlinkVersion, spec.Jar.Uri, spec.Jar.Sha256, spec.EntryClass, spec.Parallelism);
        Add(text, spec.JobManager.CpuMillicores, spec.JobManager.Memory, spec.TaskManager.CpuMillicores, spec.TaskManager.Memory, spec.TaskManager.Slots);
        foreach (var file in spec.Files)
        {
            Add(text, file.Uri, file.Sha256);
        }
        Add(text, [.. spec.Arguments]);
        foreach (var (key, value) in spec.Configuration.Concat(spec.Environment))
        {
            Add(text, key, value);
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 8));
    }

    /// <summary>Each part with its length, so that no two lists of parts read the same.</summary>
    private static void Add(StringBuilder text, params object?[] parts)
    {
        text.Append(CultureInfo.InvariantCulture, $"{parts.Length}[");
        foreach (var part in parts)
        {
            var word = part is null ? "-" : $"+{string.Create(CultureInfo.InvariantCulture, $"{part}")}";
            text.Append(CultureInfo.InvariantCulture, $"{word.Length}:{word}");
        }
        text.Append(']');
    }
}
