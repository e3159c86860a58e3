using System.Text.Json.Nodes;
using Spectre.Console;

namespace WhatIf.Preemption;

/// <summary>Who would have to go: asks the algorithm that the scenario's kind names.</summary>
internal sealed class PreemptionCapability : ICapability
{
    private static readonly IPreemptionQuestion[] Questions =
    [
        new KubeQuestion(),
        new QuotaTreeQuestion(),
        new CapacitySchedulerQuestion(),
    ];

    public string Name => "preemption";

    public string Description => "Who would have to go, and why.";

    public JsonObject Answer(ScenarioValue scenario)
    {
        var (kind, question) = Find(scenario);
        return question.Answer(kind, scenario);
    }

    public void Show(ScenarioValue scenario, JsonObject answer, IAnsiConsole console)
    {
        var (kind, question) = Find(scenario);
        question.Show(kind, scenario, answer, console);
    }

    private static (string Kind, IPreemptionQuestion Question) Find(ScenarioValue scenario)
    {
        var kind = scenario["kind"].String();
        var family = kind == "preempt" ? scenario["family"].StringOrNull() : null;
        var question = Array.Find(Questions, q => q.Handles(kind, family));
        return question is not null
            ? (kind, question)
            : throw new ScenarioException($"there is no preemption scenario of kind '{kind}'" + (family is null ? "" : $" and family '{family}'"),
                family is null ? "$.kind" : "$.family");
    }
}
