using System.Text.Json.Nodes;
using Spectre.Console;

namespace WhatIf.Preemption;

/// <summary>One family of preemption scenarios, told apart by the field <c>kind</c> (and <c>family</c>).</summary>
internal interface IPreemptionQuestion
{
    /// <summary>The kinds that this family answers; for <c>preempt</c> the field <c>family</c> decides as well.</summary>
    bool Handles(string kind, string? family);

    JsonObject Answer(string kind, ScenarioValue scenario);

    void Show(string kind, ScenarioValue scenario, JsonObject answer, IAnsiConsole console);
}
