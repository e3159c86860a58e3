using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

internal static class RuntimeBinder
{
    public static ImmutableSortedDictionary<string, FleetRuntime> Bind(DocumentWalk walk, Fields written)
    {
        var runtimes = Maps.Empty<FleetRuntime>().ToBuilder();
        var byVersion = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in written.Readable.OrderBy(static p => ((Fields)p.Value).At))
        {
            var (fields, path) = ((Fields)value, DocumentWalk.Join("runtimes", name, isUsersName: true));
            CheckImage(walk, fields, path);
            if (!fields.Has("image") && !fields.Has("libs"))
            {
                walk.Errors.Add(fields.At, path, null, "it runs nowhere: give it an 'image' for Kubernetes, 'libs' for YARN, or both");
            }
            if (fields.Text("version") is not { } version)
            {
                continue;
            }
            if (!byVersion.TryAdd(version, name))
            {
                walk.Errors.Add(
                    walk.Positions[$"{path}.version"], $"{path}.version", walk.Shown($"{path}.version", version),
                    $"'{byVersion[version]}' has the same: a cluster knows a runtime by its version, so each has its own");
            }
            runtimes[name] = new FleetRuntime
            {
                Name = name,
                At = fields.At,
                Version = version,
                Image = fields.Text("image"),
                ImageFiles = fields.List<string>("imageFiles"),
                Libraries = fields.List<string>("libs"),
                Environment = fields.Map("env"),
                Configuration = fields.Map("flink"),
                DirectStart = fields.Value<bool>("directStart") ?? true,
            };
        }
        return runtimes.ToImmutable();
    }

    private static void CheckImage(DocumentWalk walk, Fields fields, string path)
    {
        if (fields.Text("image") is { } image && !image.Contains("@sha256:", StringComparison.Ordinal) && !fields.Flag("allowTags"))
        {
            walk.Errors.Add(
                walk.Positions[$"{path}.image"], $"{path}.image", null,
                "a tag can change under a job: write the digest, registry/flink@sha256:… (docker inspect shows it), or 'allowTags: true' for a trial");
        }
    }
}
