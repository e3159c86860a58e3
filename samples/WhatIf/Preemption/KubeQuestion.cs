using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Preemption.NodeLevel;
using Spectre.Console;

namespace WhatIf.Preemption;

/// <summary>Pods, nodes and groups, decided as kube-scheduler does.</summary>
internal sealed class KubeQuestion : IPreemptionQuestion
{
    public bool Handles(string kind, string? family) =>
        kind is "dryRun" or "selectNode" or "eligibility" or "gang" || (kind == "preempt" && family is null);

    public JsonObject Answer(string kind, ScenarioValue scenario) => kind switch
    {
        "dryRun" => DryRun(KubeScenario.Read(scenario)),
        "selectNode" => new() { ["selectedNode"] = NodePreemption.Choose(NodePreemption.FindCandidates(KubeScenario.Read(scenario)))?.Node },
        "eligibility" => new() { ["eligible"] = NodePreemption.IsEligible(KubeScenario.Read(scenario)) },
        "preempt" => Preempt(KubeScenario.Read(scenario)),
        _ => Gang(GangScenario.Read(scenario)),
    };

    public void Show(string kind, ScenarioValue scenario, JsonObject answer, IAnsiConsole console)
    {
        if (kind == "gang")
        {
            ShowGang(GangScenario.Read(scenario), console);
            return;
        }
        var context = KubeScenario.Read(scenario);
        if (kind == "eligibility")
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Pod [bold]{context.Incoming.Name}[/] {(NodePreemption.IsEligible(context) ? "may" : "may not")} preempt.");
            return;
        }
        if (kind == "preempt" && !NodePreemption.IsEligible(context))
        {
            console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"Pod [bold]{context.Incoming.Name}[/] may not preempt: nobody goes.");
            return;
        }
        // dryRun and selectNode do not ask whether the pod may preempt.
        ShowCandidates(context, kind == "preempt" ? NodePreemption.Plan(context).Candidates : NodePreemption.FindCandidates(context), console);
    }

    private static JsonObject DryRun(NodePreemptionContext context) => new()
    {
        ["candidates"] = new JsonArray([.. NodePreemption.FindCandidates(context).Select(c => new JsonObject
        {
            ["node"] = c.Node,
            ["victims"] = Names(c.Victims.Select(static v => v.Name)),
            ["budgetViolations"] = c.BudgetViolations,
        })]),
    };

    private static JsonObject Preempt(NodePreemptionContext context)
    {
        var chosen = NodePreemption.Plan(context).Chosen;
        return new JsonObject
        {
            ["nominatedNode"] = chosen?.Node,
            ["victims"] = Names(chosen is null ? [] : chosen.Victims.Select(static v => v.Name)),
        };
    }

    private static JsonObject Gang(GangPreemptionContext context)
    {
        var plan = GangPreemption.Plan(context);
        return new JsonObject
        {
            ["preempted"] = plan.Preempted,
            ["victims"] = Names(plan.Victims.SelectMany(static v => v.Pods).Select(static p => p.Name)),
            ["budgetViolations"] = plan.BudgetViolations,
            ["groupDisruptions"] = plan.GroupDisruptions,
        };
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(static n => (JsonNode)JsonValue.Create(n))]);

    private static void ShowCandidates(NodePreemptionContext context, ImmutableArray<NodeCandidate> candidates, IAnsiConsole console)
    {
        var chosen = NodePreemption.Choose(candidates);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, chosen is null
            ? (FormattableString)$"[bold]Nothing can be done[/] for pod {context.Incoming.Name}: nobody goes."
            : $"Pod {context.Incoming.Name} gets room on node [bold]{chosen.Node}[/], budget violations: {chosen.BudgetViolations}.");
        var table = new Table().AddColumns("Pod", "Node", "Priority", "Decision", "Why");
        foreach (var pod in context.Running.OrderBy(static p => p.Node, StringComparer.Ordinal).ThenBy(static p => p.Name, StringComparer.Ordinal))
        {
            var candidate = candidates.FirstOrDefault(c => string.Equals(c.Node, pod.Node, StringComparison.Ordinal));
            var (decision, why) = Explain(context, candidate, chosen, pod);
            table.AddRow(Cells(pod.Name, pod.Node, pod.Priority, decision, why));
        }
        console.Write(table);
    }

    private static (string Decision, string Why) Explain(
        NodePreemptionContext context, NodeCandidate? candidate, NodeCandidate? chosen, RunningPod pod)
    {
        if (candidate?.Victims.Contains(pod) == true)
        {
            return candidate == chosen
                ? ("goes", "of lower priority, and without it there is no room")
                : ("stays", $"would go, but node {chosen?.Node} hurts less");
        }
        if (candidate?.Reprieved.Contains(pod) == true)
        {
            return ("stays", "there is room beside it");
        }
        return ("stays", pod.Priority >= context.Incoming.Priority ? "not of lower priority"
            : NodePreemption.CanBeVictim(context, pod) ? "its node is no candidate" : "the victim filter spares it");
    }

    private static void ShowGang(GangPreemptionContext context, IAnsiConsole console)
    {
        var plan = GangPreemption.Plan(context);
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, plan.Preempted
            ? (FormattableString)$"Group [bold]{context.Incoming.Name}[/] gets room for {plan.Placed} of {context.Incoming.Members.Length} members."
            : $"Nobody goes for group [bold]{context.Incoming.Name}[/].");
        var table = new Table().AddColumns("Unit", "Pods", "Priority", "Decision", "Why");
        foreach (var unit in plan.Victims)
        {
            table.AddRow(Cells(unit.Name, unit.Pods.Length, unit.Priority, "goes",
                unit.ViolatesBudget ? "of lower priority and needed, against a budget" : "of lower priority and needed"));
        }
        foreach (var unit in plan.Reprieved)
        {
            table.AddRow(Cells(unit.Name, unit.Pods.Length, unit.Priority, "stays",
                plan.Preempted ? "as many members find room beside it" : "taking it would not help, or is not needed"));
        }
        console.Write(table);
    }

    internal static Text[] Cells(params ReadOnlySpan<object> cells)
    {
        var result = new Text[cells.Length];
        for (var i = 0; i < cells.Length; i++)
        {
            result[i] = new Text(string.Create(CultureInfo.InvariantCulture, $"{cells[i]}"));
        }
        return result;
    }
}
