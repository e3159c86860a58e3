using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Flink.Resources.Yarn.Submission;

/// <summary>What runs the job in a cluster that is up before it; staged beside the submission.</summary>
/// <param name="Jar">The key of the jar among the local resources.</param>
/// <param name="EntryClass">The entry class; null for the jar's own.</param>
/// <param name="Arguments">The program's arguments.</param>
/// <param name="Parallelism">The job's parallelism.</param>
/// <param name="Slots">Slots of a TaskManager.</param>
internal sealed record SessionRun(string Jar, string? EntryClass, string[] Arguments, int Parallelism, int Slots)
{
    public const string File = "run.json";

    /// <summary>Whole TaskManagers of slots.</summary>
    [JsonIgnore]
    public int NeededSlots => (Parallelism + Slots - 1) / Slots * Slots;

    /// <summary>Flink's id of the job of a fence.</summary>
    public static FlinkJobId JobOf(Fence fence) => new(Convert.ToHexStringLower(Hash(fence)));

    /// <summary>What Flink calls the jar.</summary>
    public static string JarId(Fence fence) => $"{new Guid(Hash(fence)):D}_job.jar";

    /// <summary>The body of the request that runs the job.</summary>
    public JsonObject Request(Fence fence, RestorePoint restore)
    {
        var request = new JsonObject { ["jobId"] = JobOf(fence).Value, ["parallelism"] = Parallelism };
        if (EntryClass is not null)
        {
            request["entryClass"] = EntryClass;
        }
        if (Arguments.Length > 0)
        {
            request["programArgsList"] = new JsonArray([.. Arguments.Select(static a => (JsonNode?)a)]);
        }
        if (restore is RestorePoint.Snapshot snapshot)
        {
            request["savepointPath"] = snapshot.Uri;
            request["allowNonRestoredState"] = snapshot.AllowNonRestoredState;
            if (snapshot.Claim == ClaimMode.Claim)
            {
                request["claimMode"] = "CLAIM";
            }
        }
        return request;
    }

    private static byte[] Hash(Fence fence) => SHA256.HashData(Encoding.UTF8.GetBytes($"{fence}"))[..16];
}

[JsonSerializable(typeof(SessionRun))]
internal sealed partial class SessionJson : JsonSerializerContext;
