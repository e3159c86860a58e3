using System.Diagnostics;
using System.Text.Json.Nodes;
using Flink.Resources.Health;
using Spectre.Console;

namespace WhatIf.Health;

/// <summary>May the move be committed?</summary>
internal sealed class CommitQuestion : IHealthQuestion
{
    private static readonly HealthCommitPolicy Policy = new(HealthReader.Options);

    public JsonObject Answer(ScenarioValue scenario)
    {
        var decision = Decide(scenario);
        return new()
        {
            ["commit"] = decision.MayCommit,
            ["reasons"] = new JsonArray([.. decision.Unmet.Select(static u => (JsonNode)Word(u.Condition))]),
        };
    }

    public void Show(ScenarioValue scenario, IAnsiConsole console)
    {
        var decision = Decide(scenario);
        if (decision.MayCommit)
        {
            console.WriteLine("may be committed");
            return;
        }
        var table = new Table().Border(TableBorder.Minimal).AddColumn("against").AddColumn("why");
        foreach (var unmet in decision.Unmet)
        {
            table.AddRow(new Text(Word(unmet.Condition)), new Text(unmet.Explanation));
        }
        console.Write(table);
        console.WriteLine("may not be committed");
    }

    private static HealthCommitDecision Decide(ScenarioValue scenario)
    {
        var state = new HealthSoakState { Reference = scenario["reference"].DoubleOrNull() };
        foreach (var evaluation in scenario["evaluations"].Evaluations())
        {
            (state, _) = Policy.Step(state, evaluation);
        }
        return Policy.Decide(state, new()
        {
            Soak = ScenarioClock.Duration(scenario["soakSec"]),
            CompletedCheckpoints = scenario["completedCheckpoints"].Count(),
            LagWithinSlo = scenario["lagWithinSlo"].Boolean(),
            HasParityReport = scenario["parityReport"].Boolean(),
            IsHeld = scenario["hold"].Boolean(false),
        });
    }

    private static string Word(HealthCommitCondition condition) => condition switch
    {
        HealthCommitCondition.Soak => "soak",
        HealthCommitCondition.GoodShare => "goodShare",
        HealthCommitCondition.LastTen => "lastTen",
        HealthCommitCondition.Unhealthy => "unhealthy",
        HealthCommitCondition.Coverage => "coverage",
        HealthCommitCondition.Checkpoints => "checkpoints",
        HealthCommitCondition.Lag => "lag",
        HealthCommitCondition.Parity => "parity",
        HealthCommitCondition.Gate => "gate",
        HealthCommitCondition.Hold => "hold",
        _ => throw new UnreachableException(),
    };
}
