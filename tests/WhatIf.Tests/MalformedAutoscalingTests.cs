using System.Text.Json;
using System.Text.Json.Nodes;
using WhatIf.Autoscaling;

namespace WhatIf;

/// <summary>Whatever is wrong with an autoscaling scenario: a sentence, the place, exit code 2. Never a crash.</summary>
public sealed class MalformedAutoscalingTests
{
    private static readonly AutoscalingCapability Capability = new();

    private static readonly HashSet<string> Free = new(StringComparer.Ordinal) { "why", "id" };

    public static TheoryData<string> Complete { get; } =
    [
        """
        {"kind": "job-scale", "input": {"config": {"job.autoscaler.vertex.max-parallelism": 100, "job.autoscaler.utilization.target": 0.7,
             "flink-resources.autoscaler.bottleneck-propagation.enabled": true, "flink-resources.autoscaler.bottleneck-propagation.external-sinks": ["b=5"]},
           "restartTime": "PT5M", "topology": [{"id": "a", "inputs": {}}, {"id": "b", "inputs": {"a": "HASH"}}],
           "vertices": {"a": {"parallelism": 6, "maxParallelism": 96, "numSourcePartitions": 24, "targetDataRate": 9000, "catchUpDataRate": 400, "trueProcessingRate": 8000},
             "b": {"parallelism": 6, "maxParallelism": 96, "numSourcePartitions": 0, "targetDataRate": 9000, "catchUpDataRate": 400, "trueProcessingRate": 8000}}}}
        """,
        """
        {"kind": "evaluate", "input": {"config": {"job.autoscaler.excluded.periods": ["10:00:00-11:00:00"], "job.autoscaler.enabled": true}, "restartTime": "PT5M",
           "topology": [{"id": "a", "parallelism": 4, "maxParallelism": 64, "numSourcePartitions": 12, "inputs": {}},
             {"id": "b", "parallelism": 6, "maxParallelism": 96, "inputs": {"a": "HASH"}}],
           "history": [{"atMs": 10000, "metrics": {"a": {"LAG": 9000, "NUM_RECORDS_IN": 5000, "LOAD": 0.62}, "b": {"NUM_RECORDS_IN": 6000, "LOAD": 0.4}}},
             {"atMs": 40000, "metrics": {"a": {"LAG": 21000, "NUM_RECORDS_IN": 35000, "LOAD": 0.7}, "b": {"NUM_RECORDS_IN": 51000, "LOAD": 0.44}}}]}}
        """,
        """
        {"kind": "pipeline", "input": {"config": {"job.autoscaler.stabilization.interval": "PT0S", "flink-resources.autoscaler.way-back.enabled": true},
           "topology": [{"id": "a", "parallelism": 4, "maxParallelism": 64, "inputs": {}}],
           "steps": [{"atMs": 0, "jobRunningSinceMs": 0, "metricsWindow": "PT10S", "healthScore": 9, "disturbances": [{"atMs": 0, "kind": "failed-checkpoint"}],
             "metrics": {"a": {"numRecordsIn": 0, "maxBusyMsPerSec": 900, "pendingRecords": 5, "cpuThrottledShare": 0.5, "subtaskRecordsInPerSec": {"min": 1, "max": 2, "avg": 1}}}}]}}
        """,
    ];

    [Theory]
    [MemberData(nameof(Complete))]
    public void Answer_WrongType_IsAnErrorAtThatPlace(string scenario)
    {
        var complete = JsonNode.Parse(scenario)!;
        Assert.Equal(0, Scenarios.Answer(Capability, complete).ExitCode);
        foreach (var (path, value) in Places(complete))
        {
            JsonNode wrong = value.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "text" : true;

            var (exitCode, answer) = Scenarios.Answer(Capability, With(complete, path, wrong));

            Assert.True(exitCode == 2 && (string?)answer["path"] == path, $"{path}: {answer.ToJsonString()}");
        }
    }

    [Theory]
    [MemberData(nameof(Complete))]
    public void Answer_OddValueAnywhere_IsAnAnswerOrAnErrorWithAPlace(string scenario) => Odd(JsonNode.Parse(scenario)!);

    [Fact]
    public void Answer_OddValueInAWorkedScenario_IsAnAnswerOrAnErrorWithAPlace()
    {
        var text = File.ReadAllBytes(Path.Combine(Conformance.Directory(), "examples", "autoscaler.json"));
        foreach (var scenario in JsonNode.Parse(text)!["cases"]!.AsArray().DistinctBy(static c => (string)c!["kind"]!, StringComparer.Ordinal))
        {
            scenario!.AsObject().Remove("expected");
            Odd(scenario);
        }
    }

    [Theory]
    [InlineData("""{"kind": "gone", "input": {}}""", "$.kind")]
    [InlineData("""{"kind": "evaluate"}""", "$.input")]
    [InlineData("""{"input": {}}""", "$.kind")]
    [InlineData("[]", "$")]
    [InlineData("{", "$")]
    [InlineData("", "$")]
    [InlineData("{} {}", "$")]
    public void Answer_NotAScenario_IsAnErrorAtThatPlace(string text, string path)
    {
        var (exitCode, answer) = ScenarioCommand.Answer(Capability, System.Text.Encoding.UTF8.GetBytes(text), batch: false);

        Assert.Equal((2, path), (exitCode, (string?)answer["path"]));
    }

    [Fact]
    public void Read_FileThatIsNotThere_IsAnErrorNotACrash()
    {
        var gone = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        Assert.Contains(gone, (string?)ScenarioCommand.Read(gone, out _)!["error"], StringComparison.Ordinal);
        Assert.NotNull(ScenarioCommand.Read(Path.GetTempPath(), out _));
    }

    [Fact]
    public void Answer_ByteOrderMark_IsSkipped()
    {
        byte[] text = [0xEF, 0xBB, 0xBF, .. "{\"kind\": \"finished-vertex\", \"input\": {\"isSource\": true}}"u8];

        Assert.Equal(0, ScenarioCommand.Answer(Capability, text, batch: false).ExitCode);
    }

    private static void Odd(JsonNode complete)
    {
        foreach (var (path, _) in Places(complete))
        {
            foreach (var odd in (JsonNode?[])[null, -1, 0, 1.5, 1e308, 2147483647, -2147483648, long.MaxValue, "", "x", "NaN", "Infinity", "-Infinity", "PT", "PT-5M", new JsonArray(), new JsonObject(), false])
            {
                Check(With(complete, path, odd), $"{path} = {odd?.ToJsonString() ?? "null"}");
            }
            Check(With(complete, path, null, remove: true), $"{path} gone");
        }
    }

    private static void Check(JsonNode? scenario, string what)
    {
        var (exitCode, answer) = Scenarios.Answer(Capability, scenario);

        Assert.True(exitCode == 0 || (exitCode == 2 && ((string?)answer["path"])?.StartsWith('$') is true), $"{what}: {answer.ToJsonString()}");
        if (exitCode == 0)
        {
            // Nothing to show is nothing shown: a pipeline without steps.
            Assert.NotNull(Scenarios.Shown(Capability, scenario!, answer));
        }
    }

    private static IEnumerable<(string Path, JsonNode Value)> Places(JsonNode complete) =>
        from place in Scenarios.Places(complete)
        where place.Value is not null && place.Path != "$" && !Free.Contains(place.Path[(place.Path.LastIndexOf('.') + 1)..])
        select (place.Path, place.Value);

    // Configuration keys have dots of their own: a path cannot be taken apart.
    private static JsonNode With(JsonNode complete, string path, JsonNode? value, bool remove = false)
    {
        var copy = complete.DeepClone();
        var place = Scenarios.Places(copy).First(p => p.Path == path).Value!;
        if (!remove)
        {
            place.ReplaceWith(value?.DeepClone());
        }
        else if (place.Parent is JsonArray list)
        {
            list.Remove(place);
        }
        else
        {
            place.Parent!.AsObject().Remove(place.GetPropertyName());
        }
        return copy;
    }
}
