namespace Flink.Resources.Eligibility;

/// <summary>What can't be started from a jar, an entry class and arguments can't be started elsewhere.</summary>
internal sealed class SupportedProgram() : EligibilityRule(
    "E34", EligibilitySeverity.Block, "A Python job, a session of the SQL gateway, a per-job program that nobody declared, or a SQL runner without its `table.*` keys",
    "entry class, `python.*`, `execution.target`, `table.*` of both sides")
{
    private static readonly string[] SqlServers = ["org.apache.flink.table.gateway.", "org.apache.flink.table.client."];

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => WithConfiguration(facts, settings =>
    {
        var entry = settings["$internal.application.main"] ?? facts.SourceSpec.EntryClass ?? string.Empty;
        var findings = new List<EligibilityFinding>();
        if (entry.StartsWith("org.apache.flink.client.python.", StringComparison.Ordinal) || settings.Starting("python.").Any())
        {
            findings.Add(Finding($"It is a Python job ({(entry.Length > 0 ? entry : settings.Starting("python.").First())})", "Python jobs are not supported yet"));
        }
        if (SqlServers.Any(s => entry.StartsWith(s, StringComparison.Ordinal)) || settings.Starting("sql-gateway.").Any())
        {
            findings.Add(Finding("It runs in a session of the SQL gateway or the SQL client", "run the statements by a jar with an entry class of its own"));
        }
        if (MainInCluster.IsPerJob(settings) && !facts.Declared.IsProgramDeclared)
        {
            findings.Add(Finding("It runs in per-job mode, whose cluster does not know its program", "declare jar, entry class and arguments"));
        }
        if (IsSqlRunner(entry))
        {
            var lost = settings.Starting("table.").Where(k => facts.TargetSpec.Configuration.GetValueOrDefault(k) != settings.Original[k]).ToList();
            if (lost.Count > 0)
            {
                findings.Add(Finding($"It runs SQL, whose plan depends on keys that the target has not, or has otherwise: {string.Join(", ", lost)}", "take all table.* keys over verbatim"));
            }
        }
        return findings;
    });

    private static bool IsSqlRunner(string entry) => entry[(entry.LastIndexOf('.') + 1)..] is var name
        && name.Contains("sql", StringComparison.OrdinalIgnoreCase) && !SqlServers.Any(s => entry.StartsWith(s, StringComparison.Ordinal));
}
