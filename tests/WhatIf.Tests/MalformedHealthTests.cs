using System.Text.Json;
using System.Text.Json.Nodes;
using WhatIf.Health;

namespace WhatIf;

/// <summary>Whatever is wrong with a health scenario: a sentence, the place, exit code 2. Never a crash.</summary>
public sealed class MalformedHealthTests
{
    private static readonly HealthCapability Capability = new();

    private const string Evaluations = """[{"atSec": 0, "score": 9, "coverage": 1, "gates": ["G3"]}, {"atSec": 30, "score": null, "coverage": 0.5}]""";

    private static readonly HashSet<string> Optional = new(StringComparer.Ordinal)
    {
        "lag", "gc", "phase", "gates", "score", "hold", "reference",
    };

    public static TheoryData<string> Complete =>
    [
        """{"kind": "score", "readings": {"lag": 1.5, "gc": 0.1}, "phase": "catchUp", "gates": ["G1", "G10"]}""",
        $$"""{"kind": "verdicts", "evaluations": {{Evaluations}}}""",
        $$"""{"kind": "commit", "evaluations": {{Evaluations}}, "soakSec": 600, "completedCheckpoints": 3, "lagWithinSlo": true, "parityReport": true, "hold": false, "reference": 7.4}""",
    ];

    [Theory]
    [MemberData(nameof(Complete))]
    public void Answer_CompleteScenario_IsADecisionThatCanBeShown(string scenario)
    {
        var (exitCode, answer) = Scenarios.Answer(Capability, JsonNode.Parse(scenario));

        Assert.Equal(0, exitCode);
        Assert.NotEmpty(Scenarios.Shown(Capability, JsonNode.Parse(scenario)!, answer));
    }

    [Theory]
    [MemberData(nameof(Complete))]
    public void Answer_FieldMissingOrNull_IsAnErrorAtThatPlaceUnlessOptional(string scenario)
    {
        foreach (var (path, _) in Scenarios.Places(JsonNode.Parse(scenario)).Where(static p => p.Path != "$" && !p.Path.EndsWith(']')))
        {
            foreach (var remove in new[] { true, false })
            {
                var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(JsonNode.Parse(scenario)!, path, null, remove));

                Assert.True(Optional.Contains(Last(path)) ? exitCode == 0 : exitCode == 2 && (string?)answer["path"] == path, $"{path}: {answer.ToJsonString()}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Complete))]
    public void Answer_WrongType_IsAnErrorAtThatPlace(string scenario)
    {
        foreach (var (path, value) in Scenarios.Places(JsonNode.Parse(scenario)).Where(static p => p.Value is not null))
        {
            JsonNode wrong = value!.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? "text" : true;

            var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(JsonNode.Parse(scenario)!, path, wrong));

            Assert.True(exitCode == 2 && (string?)answer["path"] == path, $"{path}: {answer.ToJsonString()}");
        }
    }

    [Theory]
    [MemberData(nameof(Complete))]
    public void Answer_WordThatIsNotThere_IsAnErrorAtThatPlace(string scenario)
    {
        foreach (var (path, value) in Scenarios.Places(JsonNode.Parse(scenario)).Where(static p => p.Value?.GetValueKind() == JsonValueKind.String))
        {
            var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(JsonNode.Parse(scenario)!, path, "G11"));

            Assert.True(exitCode == 2 && (string?)answer["path"] == path, $"{path}: {value} {answer.ToJsonString()}");
        }
    }

    [Fact]
    public void Answer_NegativeNumbers_OnlyCountsAreErrors()
    {
        foreach (var scenario in Complete.Select(static c => c.Data))
        {
            foreach (var (path, _) in Scenarios.Places(JsonNode.Parse(scenario)).Where(static p => p.Value?.GetValueKind() == JsonValueKind.Number))
            {
                var (exitCode, answer) = Scenarios.Answer(Capability, Scenarios.With(JsonNode.Parse(scenario)!, path, -1));

                Assert.True(Last(path) == "completedCheckpoints" ? exitCode == 2 && (string?)answer["path"] == path : exitCode == 0, $"{path}: {answer.ToJsonString()}");
            }
        }
    }

    [Theory]
    [InlineData("\"NaN\"", 0.0)]
    [InlineData("\"Infinity\"", 0.15)]
    [InlineData("1e308", 0.15)]
    [InlineData("null", 0.0)]
    public void Answer_NotFiniteReading_IsAsBadAsCanBeOrMissing(string value, double coverage)
    {
        var (exitCode, answer) = Scenarios.Answer(Capability, JsonNode.Parse($$$"""{"kind": "score", "readings": {"lag": {{{value}}}, "mine": "text"}}"""));

        Assert.Equal((0, coverage), (exitCode, (double)answer["coverage"]!));
    }

    [Fact]
    public void Answer_TimesOfAnySize_AreCompared()
    {
        var (exitCode, answer) = Scenarios.Answer(Capability, JsonNode.Parse("""
            {"kind": "verdicts", "evaluations": [{"atSec": 9223372036854773000, "coverage": 0}, {"atSec": 9223372036854773600.5, "coverage": 0},
              {"atSec": 9223372036854775807, "coverage": 0}, {"atSec": "Infinity", "coverage": 0}]}
            """));

        Assert.Equal(0, exitCode);
        Assert.Equal("- alarm ask ask", string.Join(' ', answer["verdicts"]!.AsArray().Select(static v => (string?)v!["alarm"] ?? "-")));
    }

    private static string Last(string path) => path[(path.LastIndexOf('.') + 1)..];
}
