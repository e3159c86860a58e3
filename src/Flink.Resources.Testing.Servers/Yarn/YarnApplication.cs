using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Flink;

namespace Flink.Resources.Testing.Servers.Yarn;

/// <summary>One application. Its state follows from what was asked and the time.</summary>
internal sealed class YarnApplication(string id, JsonObject submission, DateTimeOffset submittedAt)
{
    private static readonly TimeSpan _savingTakes = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan _killTakes = TimeSpan.FromMilliseconds(50);

    private DateTimeOffset? _killedAt;

    public string Id => id;

    public DateTimeOffset SubmittedAt => submittedAt;

    public int Submissions { get; set; } = 1;

    public string Name => Text("application-name") ?? "N/A";

    public string Queue { get; set; } = (string?)submission["queue"] ?? "default";

    public int Priority { get; set; } = (int?)submission["priority"] ?? 0;

    public string State { get; private set; } = "NEW_SAVING";

    public string FinalStatus { get; private set; } = "UNDEFINED";

    public string Diagnostics { get; private set; } = string.Empty;

    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>Why it fails, and when, whatever its script says.</summary>
    public (string Diagnostics, DateTimeOffset At)? Doom { get; set; }

    public FlinkCluster? Cluster { get; set; }

    public FakeFlink? Flink { get; set; }

    public bool IsFinal => FinishedAt is not null;

    public bool IsRunning => State == "RUNNING";

    public int Containers => IsFinal ? -1 : IsRunning ? 2 : State == "ACCEPTED" ? 1 : 0;

    public long MemoryMebibytes => Containers < 0 ? -1 : Containers * ((long?)submission["resource"]?["memory"] ?? 1024);

    public long Cores => Containers < 0 ? -1 : Containers * ((long?)submission["resource"]?["vCores"] ?? 1);

    public string Tags => submission["application-tags"]?["tag"] switch
    {
        // The RM lowers tags, and a list of one may be its element.
        JsonArray tags => string.Join(',', tags.Select(static t => ((string?)t)?.ToLowerInvariant())),
        JsonValue tag => ((string?)tag)?.ToLowerInvariant() ?? string.Empty,
        _ => string.Empty,
    };

    /// <summary>Whether its JobManager comes up without a job.</summary>
    public bool IsSession => Command.Contains("YarnSessionClusterEntrypoint", StringComparison.Ordinal);

    private string Command => (string?)submission["am-container-spec"]?["commands"]?["command"] ?? string.Empty;

    public void Advance(DateTimeOffset now)
    {
        if (IsFinal)
        {
            return;
        }
        if (_killedAt is { } killed && killed + _killTakes <= now)
        {
            Finish("KILLED", "KILLED", killed + _killTakes, $"Application {id} was killed by user flink");
        }
        else if (Doom is { } doom && doom.At <= now)
        {
            Finish("FAILED", "FAILED", doom.At, doom.Diagnostics);
        }
        else if (Cluster?.LeftAt() is { } left)
        {
            Finish("FINISHED", Cluster.FinalStatus(), left, string.Empty);
        }
        else if (Flink is not null && Cluster!.UpAt <= now)
        {
            (State, Diagnostics) = ("RUNNING", string.Empty);
        }
        else if (submittedAt + _savingTakes <= now)
        {
            (State, Diagnostics) = ("ACCEPTED", "AM container is launched, waiting for AM container to Register with RM");
        }
    }

    public void Kill(DateTimeOffset now)
    {
        if (!IsFinal)
        {
            _killedAt ??= now;
        }
    }

    public string? Text(string name) => (string?)submission[name];

    /// <summary>The paths and time stamps that the NodeManager fetches.</summary>
    public IEnumerable<(string Key, string Uri, long Timestamp)> Resources() =>
        Entries(submission["am-container-spec"]?["local-resources"]?["entry"]).Select(static e => (
            (string?)e["key"] ?? string.Empty, (string?)e["value"]?["resource"] ?? string.Empty, (long?)e["value"]?["timestamp"] ?? 0));

    /// <summary>What <c>-D</c> on the command line adds to the configuration.</summary>
    public IEnumerable<KeyValuePair<string, string>> DynamicProperties()
    {
        var words = Command.Split(' ');
        return words.Zip(words.Skip(1)).Where(static p => p.First == "-D" && p.Second.Contains('=', StringComparison.Ordinal))
            .Select(static p => KeyValuePair.Create(p.Second.Split('=', 2)[0], p.Second.Split('=', 2)[1]));
    }

    public string AttemptFailed(string cause) => string.Create(
        CultureInfo.InvariantCulture,
        $"Application {id} failed 1 times (global limit =10; local limit is =1) due to AM Container for appattempt_{id[12..]}_000001 exited with  {cause}\nFor more detailed output, check the application tracking page: http://localhost:8088/cluster/app/{id} Then click on links to logs of each attempt.\n. Failing the application.");

    private static IEnumerable<JsonObject> Entries(JsonNode? node) => node switch
    {
        JsonArray array => array.OfType<JsonObject>(),
        JsonObject single => [single],
        _ => [],
    };

    private void Finish(string state, string final, DateTimeOffset at, string diagnostics)
    {
        (State, FinalStatus, FinishedAt, Diagnostics) = (state, final, at, diagnostics);
        Cluster?.Kill();
    }
}
