using System.Globalization;
using System.Text.RegularExpressions;
using Flink.Resources.Simulation;

namespace Flink.Resources.Fleet;

/// <summary>What is told of a fleet is the same on every machine, whatever its language, calendar and marks of time and number.</summary>
public sealed partial class CultureTests
{
    private static readonly string OnYarn = FleetBench.Text(static _ => "yarn-east", static _ => "    start: fresh\n", [0]);
    private static readonly string OnKubernetes = FleetBench.Text(static _ => "k8s-east", static _ => "    start: fresh\n", [0]);

    [Theory]
    [InlineData("fa-IR")]
    [InlineData("de-DE")]
    [InlineData("fi-FI")]
    [InlineData("th-TH")]
    public async Task Words_AreTheSameInEveryCulture(string culture)
    {
        var (here, invariant) = (await ToldAsync(culture), await ToldAsync(string.Empty));

        Assert.Equal(invariant.Evidence, here.Evidence);
        Assert.Equal(invariant.All, here.All);
        Assert.Matches(Instant(), here.Evidence);
    }

    private static async Task<(string Evidence, string All)> ToldAsync(string culture)
    {
        (string, string) told = default;
        await new FleetBench().RunAsync(async (bench, ct) =>
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            var job = FleetBench.Jobs[0];
            await bench.Open(OnYarn).ApplyAsync(null, null, ct);
            await bench.Fleet.RunAsync(TimeSpan.FromMinutes(2), ct);
            bench.Fleet.Describe(job, "k8s-east", new SimulatedJob { FailsAfter = TimeSpan.FromSeconds(3) });
            var fleet = bench.Open(OnKubernetes);
            FleetResult[] results =
            [
                await fleet.PlanAsync(null, ct), await fleet.ApplyAsync(null, null, ct), await fleet.DoctorAsync(ct), await fleet.StatusAsync(ct),
                await fleet.ExplainAsync(job, ct), await fleet.DiscoverAsync(ct), await fleet.RollBackAsync(new RollbackJobs(job), "ann", null, preview: true, ct),
            ];
            told = ((await fleet.EvidenceAsync(job, ct)).Text!, string.Join('\n', results.Select(FleetJson.Write)));
        });
        return told;
    }

    /// <summary>ISO 8601, in UTC and saying so, before what happened then.</summary>
    [GeneratedRegex(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z .*: ", RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Instant();
}
