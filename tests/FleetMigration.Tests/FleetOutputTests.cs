using System.Collections.Immutable;
using Flink.Resources;
using Flink.Resources.Eligibility;
using Flink.Resources.Fleet;

namespace FleetMigration.Commands;

/// <summary>What people see of a plan.</summary>
public sealed class FleetOutputTests
{
    [Fact]
    public void Plan_EachJobThatShallMove_ShowsWhetherItMay()
    {
        var (yes, known, warned, blocked, still) = (JobKey.Parse("a/yes"), JobKey.Parse("a/known"), JobKey.Parse("a/warned"), JobKey.Parse("a/blocked"), JobKey.Parse("a/still"));
        var warning = new EligibilityFinding("E07", EligibilitySeverity.Warn, "Flink 1.20 on the source, 2.0 on the target", "acknowledge it");
        var info = new EligibilityFinding("E20", EligibilitySeverity.Info, "not declared", "declare it");
        var plan = new FleetPlan
        {
            Exit = FleetExit.LeftAlone,
            At = DateTimeOffset.UnixEpoch,
            Jobs = [.. new[] { yes, known, warned, blocked, still }.Select(static j => new JobDecision { Job = j, Action = ApplyAction.Leave, Reason = "why" })],
            Eligibility =
            [
                new EligibilityReport(yes, [info]),
                new EligibilityReport(known, [info]) { Settled = [new SettledFinding(warning, new EligibilityNote("E07", known, "a", "known"))] },
                new EligibilityReport(warned, [warning, info]),
                new EligibilityReport(blocked, [new EligibilityFinding("E03", EligibilitySeverity.Block, "x", "y"), new EligibilityFinding("E03", EligibilitySeverity.Block, "z", "y"), warning]),
            ],
        };

        var (heads, rows, _) = FleetOutput.Cells(plan);

        var column = Array.IndexOf(heads, "ELIGIBLE");
        Assert.Equal(["Yes", "Yes (known: E07)", "Warn (E07)", "Block (E03, E07)", null], rows.Select(r => r[column]));
    }

    [Fact]
    public void Cells_EveryRowHasACellForEachHead()
    {
        var (heads, rows, _) = FleetOutput.Cells(new FleetPlan
        {
            Exit = FleetExit.Ok, At = DateTimeOffset.UnixEpoch, Jobs = [new JobDecision { Job = JobKey.Parse("a/b"), Action = ApplyAction.None, Reason = "It runs where it shall." }],
        });

        Assert.All(rows, r => Assert.Equal(heads.Length, r.Length));
    }
}
