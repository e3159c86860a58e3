using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using WhatIf.Preemption;

namespace WhatIf;

/// <summary>Whatever is wrong with a scenario: a sentence, the place, exit code 2. Never a crash.</summary>
public sealed class MalformedPreemptionTests
{
    private static readonly PreemptionCapability Capability = new();

    private const string Kube = """
        "nodes": [{"name": "n", "capacity": {"cpuMilli": 4, "memoryBytes": 4, "pods": 4}, "labels": {"zone": "a"}}],
        "running": [{"name": "p", "node": "n", "priority": 1, "requests": {"cpuMilli": 4, "memoryBytes": 1}, "startTimeNs": 5, "labels": {"app": "x"},
          "group": "g", "terminating": true, "terminatingByPreemption": false, "antiAffinity": {"labelExists": "app", "topologyKey": "zone"}}],
        "disruptionBudgets": [{"name": "b", "selector": {"app": "x"}, "disruptionsAllowed": 0, "alreadyDisrupted": ["gone"]}],
        "incoming": {"name": "i", "priority": 2, "requests": {"cpuMilli": 1, "memoryBytes": 0}, "preemptionPolicy": "LowerPriority", "labels": {"app": "x"},
          "nominatedNode": "gone", "topologySpread": [{"maxSkew": 1, "topologyKey": "zone", "labelExists": "app"}]},
        "settings": {"minCandidateNodesPercentage": 10, "minCandidateNodesAbsolute": 100, "searchOffset": 7, "allowedNodes": ["n"], "unresolvableNodes": ["x"],
          "erroringNodes": ["y"], "rejectAllAfterRemoval": false, "importance": "oldestStart",
          "victimFilter": {"label": {"app": "x"}, "node": "n", "minPreemptorPriority": 1, "maxVictimPriority": 5}}
        """;

    private const string Gang = """
        {"kind": "gang", "nodes": [{"name": "n", "capacity": {"slots": 2}}],
         "running": [{"name": "p", "node": "n", "priority": 1, "requests": {"slots": 1}, "startTimeNs": 5, "labels": {"app": "x"}, "group": "g",
           "terminating": false, "terminatingByPreemption": false}],
         "disruptionBudgets": [{"name": "b", "selector": {"app": "x"}, "disruptionsAllowed": 0, "alreadyDisrupted": ["gone"]}],
         "groups": [{"name": "g", "priority": 1, "disruption": "all"}],
         "incoming": {"name": "i", "priority": 3, "preemptionPolicy": "LowerPriority", "minCount": 2,
           "members": [{"name": "m0", "requests": {"slots": 1}}, {"name": "m1", "requests": {"slots": 1}}]},
         "settings": {"searchOffset": 1}}
        """;

    private const string Cohorts = """
        "cohorts": [{"name": "c", "parent": "root", "fairWeight": "0.5",
          "quotas": [{"flavor": "f", "resource": "cpu", "nominal": 2, "borrowingLimit": 9, "lendingLimit": 9}]}]
        """;

    private const string Queue = """
        "name": "q", "cohort": "c", "fairWeight": "2", "quotas": [{"flavor": "f", "resource": "cpu", "nominal": 4, "borrowingLimit": 9, "lendingLimit": 1}]
        """;

    private const string Quota = $$$$"""
        {{{{Cohorts}}}},
        "queues": [{{{{{Queue}}}}, "preemption": {"withinQueue": "LowerPriority", "reclaimWithinCohort": "Any",
          "borrowWithinCohort": {"policy": "LowerPriority", "maxPriorityThreshold": 5}}}],
        "running": [{"name": "w", "queue": "q", "priority": 1, "createdAtSec": -5, "quotaReservedAtSec": -4, "evicting": false, "tieBreak": "t",
          "usage": [{"flavor": "f", "resource": "cpu", "amount": 6}]}],
        "incoming": {"name": "i", "queue": "q", "priority": 2, "createdAtSec": -1, "requests": [{"flavor": "f", "resource": "cpu", "amount": 5}],
          "needsPreemption": [{"flavor": "f", "resource": "cpu"}]}
        """;

    private const string Share = $$$$"""
        {"kind": "share", {{{{Cohorts}}}}, "queues": [{{{{{Queue}}}}}],
         "usage": [{"queue": "q", "flavor": "f", "resource": "cpu", "amount": 6}], "addedToEvaluatedNode": [{"flavor": "f", "resource": "cpu", "amount": 1}]}
        """;

    private const string Order = """
        {"kind": "candidateOrder", "preemptorQueue": "q", "candidates": [{"name": "w", "queue": "q", "priority": 1, "priorityBoost": -1,
          "quotaReservedAtSec": -4, "evicting": false, "localQueue": "l", "localQueueUsage": 2.5}]}
        """;

    /// <summary>One complete scenario of each kind, every field set.</summary>
    private static readonly (string Name, JsonNode Scenario)[] Complete =
    [
        .. new[] { "dryRun", "selectNode", "eligibility", "preempt" }.Select(k => (k, Parse($$"""{"kind": "{{k}}", {{Kube}}}"""))),
        ("gang", Parse(Gang)),
        ("flat", Parse($$"""{"kind": "preempt", "family": "flat", {{Quota}}}""")),
        ("hierarchical", Parse($$"""{"kind": "preempt", "family": "hierarchical", {{Quota}}}""")),
        ("fair", Parse($$"""{"kind": "preempt", "family": "fair", {{Quota}}, "strategies": ["LessThanInitialShare"]}""")),
        ("share", Parse(Share)),
        ("candidateOrder", Parse(Order)),
    ];

    private static readonly string[] ExampleFiles = ["preemption-kube.json", "preemption-kueue.json", "preemption-kueue-fair.json"];

    private static readonly HashSet<string> Optional = new(StringComparer.Ordinal)
    {
        "labels", "startTimeNs", "group", "terminating", "terminatingByPreemption", "antiAffinity", "preemptionPolicy", "nominatedNode", "topologySpread",
        "victimFilter", "minCount", "parent", "cohort", "fairWeight", "borrowingLimit", "lendingLimit", "maxPriorityThreshold", "createdAtSec",
        "quotaReservedAtSec", "tieBreak", "strategies", "priorityBoost", "localQueue", "localQueueUsage",
    };

    private static readonly HashSet<string> NeverNegative = new(StringComparer.Ordinal)
    {
        "cpuMilli", "memoryBytes", "pods", "slots", "disruptionsAllowed", "maxSkew", "minCount", "minCandidateNodesAbsolute",
        "nominal", "borrowingLimit", "lendingLimit", "amount",
    };

    public static TheoryData<string> Kinds => [.. Complete.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Answer_CompleteScenario_IsADecisionThatCanBeShown(string name)
    {
        var (exitCode, answer) = Scenarios.Answer(Capability, Of(name));

        Assert.Equal(0, exitCode);
        Assert.NotEmpty(Scenarios.Shown(Capability, Of(name), answer));
    }

    [Theory]
    [InlineData("preempt")]
    [InlineData("flat")]
    [InlineData("fair")]
    public void Show_Plan_SaysOfEveryRunningOneOnceWhetherItGoesOrStays(string name)
    {
        var (_, answer) = Scenarios.Answer(Capability, Of(name));
        var lines = Scenarios.Shown(Capability, Of(name), answer).Split('\n');

        Assert.Equal(answer["victims"]!.AsArray().Count, lines.Count(static l => l.Contains(" goes  ", StringComparison.Ordinal) || l.Contains(" goes \u2502", StringComparison.Ordinal)));
        Assert.Equal(Of(name)["running"]!.AsArray().Count, lines.Count(static l => l.Contains('\u2502') && !l.Contains("Decision", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Answer_FieldMissingOrNull_IsAnErrorAtThatPlaceUnlessOptional(string name)
    {
        foreach (var (path, _) in Scenarios.Places(Of(name)).Where(p => p.Path != "$" && !p.Path.EndsWith(']') && p.Path != "$.family"))
        {
            foreach (var remove in new[] { true, false })
            {
                var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(Of(name), path, null, remove));

                Assert.True(IsOptional(name, path) ? exitCode == 0 : exitCode == 2 && Path(answer) == path, $"{path}: {answer.ToJsonString()}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Answer_WrongType_IsAnErrorAtThatPlace(string name)
    {
        foreach (var (path, value) in Scenarios.Places(Of(name)))
        {
            JsonNode wrong = value!.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "text" : true;

            var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(Of(name), path, wrong));

            Assert.True(exitCode == 2 && Path(answer) == path, $"{path}: {answer.ToJsonString()}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Answer_NegativeCountOrCapacity_IsAnErrorOtherNegativeNumbersAreNot(string name)
    {
        foreach (var (path, value) in Scenarios.Places(Of(name)).Where(p => p.Value!.GetValueKind() == JsonValueKind.Number))
        {
            var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(Of(name), path, -1));

            Assert.True(NeverNegative.Contains(Last(path)) ? exitCode == 2 && Path(answer) == path : exitCode == 0, $"{path} of {value}: {answer.ToJsonString()}");
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Answer_WordOutsideItsList_IsAnErrorAtThatPlace(string name)
    {
        string[] words = ["kind", "family", "preemptionPolicy", "importance", "disruption", "withinQueue", "reclaimWithinCohort", "policy", "strategies[0]"];
        foreach (var (path, _) in Scenarios.Places(Of(name)).Where(p => words.Contains(Last(p.Path), StringComparer.Ordinal)))
        {
            var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(Of(name), path, "lowerpriority"));

            Assert.True(exitCode == 2 && Path(answer) == path, $"{path}: {answer.ToJsonString()}");
        }
    }

    [Theory]
    [InlineData("dryRun", "$.running[0].node")]
    [InlineData("gang", "$.running[0].node")]
    [InlineData("flat", "$.running[0].queue")]
    [InlineData("fair", "$.incoming.queue")]
    [InlineData("share", "$.usage[0].queue")]
    public void Answer_PlaceThatIsNotThere_IsAnErrorAtThatPlace(string name, string path)
    {
        var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(Of(name), path, "gone"));

        Assert.Equal((2, path), (exitCode, Path(answer)));
    }

    [Theory]
    [InlineData("""{"kind":"eligibility","nodes":[],"running":[],"disruptionBudgets":[]}""", "incoming is required", "$.incoming")]
    [InlineData("""{"kind":"unheard"}""", "there is no preemption scenario of kind 'unheard'", "$.kind")]
    [InlineData("""{"nodes":[]}""", "kind is required", "$.kind")]
    [InlineData("""[1]""", "the scenario must be an object", "$")]
    public void Answer_Invalid_SaysWhatAndWhere(string scenario, string error, string path)
    {
        var (exitCode, answer) = ScenarioCommand.Answer(Capability, Encoding.UTF8.GetBytes(scenario), batch: false);

        Assert.Equal(2, exitCode);
        Assert.Equal((error, path), ((string?)answer["error"], Path(answer)));
    }

    [Fact]
    public void Answer_CohortAmongItsOwnAncestors_IsAnError()
    {
        var circle = Scenarios.With(Of("fair"), "$.cohorts[0].parent", "c");

        Assert.Equal("$.cohorts[0].parent", Path(Scenarios.Answer(Capability, circle).Answer));
    }

    [Theory]
    [InlineData("-0.5")]
    [InlineData("")]
    [InlineData("a lot")]
    [InlineData("1,5")]
    [InlineData("NaN")]
    public void Answer_WeightThatIsNoDecimalNumber_IsAnError(string weight)
    {
        var scenario = Scenarios.With(Of("share"), "$.queues[0].fairWeight", weight);

        Assert.Equal("$.queues[0].fairWeight", Path(Scenarios.Answer(Capability, scenario).Answer));
    }

    [Theory]
    [InlineData("""{"kind":"\ud800"}""")]
    [InlineData("""{"id":"\ud800","kind":"share"}""")]
    [InlineData("""{"\ud800":1,"kind":"share"}""")]
    [InlineData("""{"kind":"eligibility","nodes":[{"name":"n","capacity":{"cpuMilli":1,"memoryBytes":1,"pods":1},"labels":{"\ud800":"x"}}]}""")]
    [InlineData("""{"kind":"eligibility","nodes":[{"name":"n","capacity":{"cpuMilli":1e400,"memoryBytes":1,"pods":1}}]}""")]
    public void Answer_HalfACharacterOrANumberBeyondAllBounds_IsAnError(string scenario)
    {
        var (exitCode, answer) = ScenarioCommand.Answer(Capability, Encoding.UTF8.GetBytes(scenario), batch: false);

        Assert.Equal(2, exitCode);
        Assert.StartsWith("$", Path(answer), StringComparison.Ordinal);
        var batch = Encoding.UTF8.GetBytes($$"""{"cases":[{{scenario}}]}""");
        Assert.Equal(2, ScenarioCommand.Answer(Capability, batch, batch: true).ExitCode);
        Assert.NotEmpty(ScenarioCommand.Answer(Capability, batch, batch: true).Answer.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Answer_TextThatEndsTooEarly_IsNoJson(string name)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(Of(name));
        for (var length = 0; length < text.Length; length++)
        {
            var (exitCode, answer) = ScenarioCommand.Answer(Capability, text.AsSpan(0, length), batch: false);

            Assert.Equal((2, "$"), (exitCode, Path(answer)));
        }
    }

    [Fact]
    public void Answer_AnyValueAnywhere_IsADecisionOrAnErrorWithItsPlace()
    {
        string[] values =
        [
            "null", "true", "0", "-1", "1.5", "3.0", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "1e30", "2147483647",
            "\"\"", "\"x\"", "\"NaN\"", "\"Never\"", "[]", "[null]", "[1]", "[\"x\"]", "[[]]", "{}", "{\"x\":null}", "{\"x\":1}", "[{}]",
        ];
        var scenarios = Complete.Select(c => c.Scenario).Concat(Examples()).ToArray();
        var change =
            from scenario in Gen.Int[0, scenarios.Length - 1]
            from places in Gen.Int.Array[1, 3]
            from value in Gen.OneOf(values)
            select (scenario, places, value);

        change.Sample(drawn =>
        {
            var scenario = scenarios[drawn.scenario];
            foreach (var place in drawn.places)
            {
                var all = Scenarios.Places(scenario).Where(p => p.Path != "$").ToList();
                scenario = all.Count == 0 ? scenario : Scenarios.With(scenario, all[(int)((uint)place % (uint)all.Count)].Path, JsonNode.Parse(drawn.value))!;
            }
            var (exitCode, answer) = Scenarios.Answer(Capability, scenario);
            Assert.True(exitCode == 0 || (exitCode == 2 && Path(answer)!.StartsWith('$') && ((string)answer["error"]!).Length > 0));
            if (exitCode == 0)
            {
                Scenarios.Shown(Capability, scenario, answer);
            }
        }, iter: 3_000);
    }

    private static IEnumerable<JsonNode> Examples() => Conformance.DirectoryOrNull is not { } directory ? [] :
        ExampleFiles
            .SelectMany(f => JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(directory, "examples", f)))!["cases"]!.AsArray()).Select(c => Plain(c!));

    /// <summary>Without what a case says about itself.</summary>
    private static JsonObject Plain(JsonNode example)
    {
        var copy = example.DeepClone().AsObject();
        copy.Remove("expected");
        return copy;
    }

    private static bool IsOptional(string name, string path)
    {
        var field = Last(path);
        return Optional.Contains(field)
            || path.StartsWith("$.settings.", StringComparison.Ordinal)
            || path.Contains(".labels.", StringComparison.Ordinal)
            || path.Contains(".selector.", StringComparison.Ordinal)
            || (field == "settings" && name == "gang")
            || (field == "queue" && name == "candidateOrder")
            || (field == "evicting" && name != "candidateOrder");
    }

    private static JsonNode Of(string name) => Complete.Single(c => c.Name == name).Scenario.DeepClone();

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];

    private static string? Path(JsonObject answer) => (string?)answer["path"];

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;
}
