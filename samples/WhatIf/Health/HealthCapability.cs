using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace WhatIf.Health;

/// <summary>How healthy a job is, what is said of it, whether its move may be committed; told apart by the field <c>kind</c>.</summary>
internal sealed class HealthCapability : ICapability
{
    private static readonly FrozenDictionary<string, IHealthQuestion> Questions =
        new Dictionary<string, IHealthQuestion>(StringComparer.Ordinal)
        {
            ["score"] = new ScoreQuestion(),
            ["verdicts"] = new VerdictsQuestion(),
            ["commit"] = new CommitQuestion(),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    public string Name => "health";

    public string Description => "How healthy a job is, 0 to 10, what each part cost, and whether its move may be committed.";

    public JsonObject Answer(ScenarioValue scenario) => Find(scenario).Answer(scenario);

    public void Show(ScenarioValue scenario, JsonObject answer, IAnsiConsole console) => Find(scenario).Show(scenario, console);

    private static IHealthQuestion Find(ScenarioValue scenario)
    {
        var kind = scenario["kind"].String();
        return Questions.TryGetValue(kind, out var question)
            ? question
            : throw new ScenarioException($"there is no health scenario of kind '{kind}', known are score, verdicts, commit", "$.kind");
    }
}

/// <summary>One kind of question.</summary>
internal interface IHealthQuestion
{
    JsonObject Answer(ScenarioValue scenario);

    void Show(ScenarioValue scenario, IAnsiConsole console);
}
