using System.Text.Json;
using System.Text.Json.Nodes;
using WhatIf.Preemption;

namespace WhatIf;

/// <summary>Whatever is wrong with a scenario of the capacity monitor: a sentence, the place, exit code 2. Never a crash.</summary>
public sealed class MalformedCapacitySchedulerTests
{
    private static readonly PreemptionCapability Capability = new();

    private static readonly HashSet<string> Optional = new(StringComparer.Ordinal) { "parent", "intraQueue", "roundingTolerance", "observeAtMs" };

    private static readonly HashSet<string> NeverNegative = new(StringComparer.Ordinal)
    {
        "clusterResource[0]", "guaranteed[0]", "max[0]", "used[0]", "pending[0]", "reserved[0]", "containers", "containerSize[0]", "reservedContainers",
        "q[0]", "roundingTolerance",
    };

    private static JsonNode Complete => JsonNode.Parse("""
        {"kind": "timeline", "resourceNames": ["memory"], "clusterResource": [10],
         "settings": {"resourceCalculator": "memory", "totalPreemptionPerRound": 1.0, "naturalTerminationFactor": 1.0, "maxIgnoredOverCapacity": 0.1,
           "waitBeforeKillMs": 15000, "monitoringIntervalMs": 3000, "observeOnly": false, "balanceBeyondGuaranteed": true, "maxMasterShare": 0.5,
           "crossQueueConservative": false, "intraQueue": {"order": "userLimitFirst", "maxAllowableLimit": 0.5, "minimumThreshold": 0.5}},
         "queues": [{"name": "root", "parent": null, "guaranteed": [10], "max": [10], "used": [8], "pending": [1], "reserved": [0], "priority": 0,
             "preemptionDisabled": false},
           {"name": "q", "parent": "root", "guaranteed": [5], "max": [10], "used": [8], "pending": [1], "reserved": [0], "priority": 1,
             "preemptionDisabled": false}],
         "apps": [{"name": "a", "queue": "q", "priority": 1, "user": "ann", "containers": 8, "containerSize": [1], "reservedContainers": 1,
             "firstContainerIsMaster": true, "pending": [1]}],
         "userLimits": {"q": [4]}, "roundingTolerance": 1, "observeAtMs": [0, 20000]}
        """)!;

    [Fact]
    public void Answer_FieldMissingOrNull_IsAnErrorAtThatPlaceUnlessOptional()
    {
        foreach (var (path, _) in Scenarios.Places(Complete).Where(static p => p.Path != "$" && !p.Path.EndsWith(']')))
        {
            foreach (var remove in new[] { true, false })
            {
                var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(Complete, path, null, remove));

                Assert.True(Optional.Contains(Last(path)) ? exitCode == 0 : exitCode == 2 && (string?)answer["path"] == path, $"{path}: {answer.ToJsonString()}");
            }
        }
    }

    [Fact]
    public void Answer_WrongType_IsAnErrorAtThatPlace()
    {
        foreach (var (path, value) in Scenarios.Places(Complete).Where(static p => p.Value is not null))
        {
            JsonNode wrong = value!.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "text" : true;

            var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(Complete, path, wrong));

            Assert.True(exitCode == 2 && (string?)answer["path"] == path, $"{path}: {answer.ToJsonString()}");
        }
    }

    [Fact]
    public void Answer_NegativeCountOrCapacity_IsAnErrorOtherNegativeNumbersAreNot()
    {
        foreach (var (path, _) in Scenarios.Places(Complete).Where(static p => p.Value?.GetValueKind() == JsonValueKind.Number))
        {
            var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(Complete, path, -1));

            Assert.True(NeverNegative.Contains(Last(path)) ? exitCode == 2 && (string?)answer["path"] == path : exitCode == 0, $"{path}: {answer.ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("$.settings.resourceCalculator")]
    [InlineData("$.settings.intraQueue.order")]
    [InlineData("$.queues[1].parent")]
    [InlineData("$.apps[0].queue")]
    public void Answer_WordOrQueueThatIsNotThere_IsAnErrorAtThatPlace(string path)
    {
        var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(Complete, path, "gone"));

        Assert.Equal((2, path), (exitCode, (string?)answer["path"]));
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];
}
