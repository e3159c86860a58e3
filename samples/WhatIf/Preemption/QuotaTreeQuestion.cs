using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Flink.Resources.Preemption.QuotaTree;
using Spectre.Console;

namespace WhatIf.Preemption;

/// <summary>Trees of quotas, decided as Kueue does, with and without fair sharing.</summary>
internal sealed class QuotaTreeQuestion : IPreemptionQuestion
{
    public bool Handles(string kind, string? family) =>
        kind is "candidateOrder" or "share" || (kind == "preempt" && family is "flat" or "hierarchical" or "fair");

    public JsonObject Answer(string kind, ScenarioValue scenario) => kind switch
    {
        "candidateOrder" => new()
        {
            ["order"] = new JsonArray([.. Order(scenario).Select(static c => (JsonNode)JsonValue.Create(c.Name))]),
        },
        "share" => new() { ["shares"] = new JsonArray([.. Shares(scenario).Select(Json)]) },
        _ => new() { ["victims"] = new JsonArray([.. Plan(scenario).Plan.Victims.Select(Json)]) },
    };

    public void Show(string kind, ScenarioValue scenario, JsonObject answer, IAnsiConsole console)
    {
        switch (kind)
        {
            case "candidateOrder":
                console.Write(OrderTable(Order(scenario)));
                break;
            case "share":
                console.Write(ShareTable(Shares(scenario)));
                break;
            default:
                var (context, plan) = Plan(scenario);
                ShowPlan(context, plan, console);
                break;
        }
    }

    private static (QuotaTreeContext Context, QuotaPreemptionPlan Plan) Plan(ScenarioValue scenario)
    {
        var context = QuotaTreeScenario.Read(scenario);
        return (context, scenario["family"].String() == "fair"
            ? FairSharing.Plan(context, QuotaTreeScenario.Strategies(scenario["strategies"]))
            : ClassicalPreemption.Plan(context));
    }

    private static ImmutableArray<QuotaCandidate> Order(ScenarioValue scenario) => CandidateOrder.Sort(
        scenario["preemptorQueue"].String(), [.. scenario["candidates"].List().Select(QuotaTreeScenario.Candidate)]);

    private static ImmutableArray<QuotaNodeShare> Shares(ScenarioValue scenario)
    {
        var cohorts = QuotaTreeScenario.Cohorts(scenario["cohorts"]);
        var queues = QuotaTreeScenario.Queues(scenario["queues"], withPreemption: false);
        return FairSharing.Shares(
            [.. cohorts.Values],
            [.. queues.Values],
            [.. scenario["usage"].List().Select(u => QuotaTreeScenario.Usage(u, queues))],
            [.. scenario["addedToEvaluatedNode"].List().Select(QuotaTreeScenario.Amount)]);
    }

    private static JsonObject Json(QuotaVictim victim) => new()
    {
        ["name"] = victim.Workload.Name,
        ["reason"] = victim.Reason.ToString(),
    };

    private static JsonObject Json(QuotaNodeShare share) => new()
    {
        ["name"] = share.Name,
        ["type"] = share.IsQueue ? "queue" : "cohort",
        ["weightedShare"] = share.WeightedShare is { } number ? Number(number) : "infinity",
        ["dominantResource"] = share.DominantResource,
        ["borrowing"] = share.Borrowing,
    };

    /// <summary>All digits, also beyond 64 bits.</summary>
    private static JsonNode Number(BigInteger number) => JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture))!;

    private static void ShowPlan(QuotaTreeContext context, QuotaPreemptionPlan plan, IAnsiConsole console)
    {
        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, plan switch
        {
            { Fits: false } => $"Workload [bold]{context.Incoming.Name}[/] would not fit whoever may be taken: nobody goes.",
            { Victims.IsEmpty: true } => $"Workload [bold]{context.Incoming.Name}[/] fits: nobody goes.",
            _ => (FormattableString)$"Workload [bold]{context.Incoming.Name}[/] fits when {plan.Victims.Length} of {context.Running.Length} go.",
        });
        var table = new Table().AddColumns("Workload", "Queue", "Priority", "Decision", "Why");
        foreach (var victim in plan.Victims)
        {
            table.AddRow(Row(victim.Workload, "goes", Words(victim.Reason)));
        }
        foreach (var workload in context.Running.Except(plan.Victims.Select(static v => v.Workload)))
        {
            table.AddRow(Row(workload, "stays", WhySpared(plan, workload)));
        }
        console.Write(table);
    }

    private static string WhySpared(QuotaPreemptionPlan plan, AdmittedWorkload workload)
    {
        if (plan.Returned.Contains(workload))
        {
            return "taken at first, not needed in the end";
        }
        if (!plan.Candidates.Contains(workload))
        {
            return "no candidate: its queue is within its quota, or policy or priority protects it";
        }
        return !plan.Fits ? "a candidate, but taking it would not help"
            : plan.Victims.IsEmpty ? "a candidate, but nobody needs to go"
            : "a candidate, but others came first, or its queue was within its quota by then, or its share too small";
    }

    private static Text[] Row(AdmittedWorkload workload, string decision, string why) =>
        KubeQuestion.Cells(workload.Name, workload.Queue, workload.Priority, workload.Evicting ? decision + " (leaving already)" : decision, why);

    private static string Words(QuotaPreemptionReason reason) => reason switch
    {
        QuotaPreemptionReason.InClusterQueue => "less important, in the same queue",
        QuotaPreemptionReason.InCohortReclamation => "its queue borrowed what is taken back",
        QuotaPreemptionReason.InCohortReclaimWhileBorrowing => "its queue borrowed, and it is less important than a workload that borrows",
        QuotaPreemptionReason.InCohortFairSharing => "its side has the larger share",
        _ => "",
    };

    private static Table OrderTable(ImmutableArray<QuotaCandidate> order)
    {
        var table = new Table().AddColumns("First to go", "Queue", "Priority", "Boost", "Leaving already");
        foreach (var candidate in order)
        {
            table.AddRow(KubeQuestion.Cells(candidate.Name, candidate.Queue ?? "", candidate.Priority, candidate.PriorityBoost, candidate.Evicting ? "yes" : "no"));
        }
        return table;
    }

    private static Table ShareTable(ImmutableArray<QuotaNodeShare> shares)
    {
        var table = new Table().AddColumns("Node", "Type", "Share", "Resource", "Borrows");
        foreach (var share in shares)
        {
            table.AddRow(KubeQuestion.Cells(share.Name, share.IsQueue ? "queue" : "cohort",
                share.WeightedShare is { } number ? number : "infinite", share.DominantResource, share.Borrowing ? "yes" : "no"));
        }
        return table;
    }
}
