using System.Globalization;
using Flink.Resources;
using Flink.Resources.Eligibility;
using Flink.Resources.Fleet;
using Spectre.Console;

namespace FleetMigration.Commands;

/// <summary>Shows results: tables at a terminal, plain lines elsewhere, or JSON.</summary>
internal abstract class FleetOutput : IProgress<FleetProgress>
{
    /// <summary>The output that fits where this process writes to.</summary>
    public static FleetOutput To(bool json) => json ? new Json()
        : Console.IsOutputRedirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } ? new Plain() : new Tables();

    public abstract void Show(FleetResult result);

    /// <summary>Shows what a command came to, and answers with the exit code of the process.</summary>
    public int End(FleetResult result)
    {
        Show(result);
        return result.ExitCode;
    }

    public virtual void Report(FleetProgress value) => Console.Error.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{value.At:HH:mm:ss} {value.Job} {value.State}{(value.Words is null ? string.Empty : $": {value.Words}")}"));

    /// <summary>Rows of cells, the heads first.</summary>
    internal static (string[] Heads, IEnumerable<string?[]> Rows, string? After) Cells(FleetResult result) => result switch
    {
        FleetPlan plan => (["JOB", "ACTION", "FROM", "TO", "ELIGIBLE", "WHY"], plan.Jobs.Select(j => new[]
        {
            j.Job.Value, j.Action.ToString(), Place(j.From), Place(j.To), Verdict(plan.Eligibility.FirstOrDefault(r => r.Job == j.Job)), Why(j.Reason, j.AdoptLine),
        }), null),
        FleetChange change => (["JOB", "ACTION", "RESULT", "RUN", "WHY"], change.Jobs.Select(static j => new[] { j.Job.Value, j.Action.ToString(), j.End.ToString(), j.Run, Why(j.Reason, j.AdoptLine) }), null),
        FleetStatus status => (["JOB", "STATE", "WHERE", "WANTED", "SCORE", "NEXT", "WHY"], status.Jobs.Select(Line), null),
        JobExplanation job => (["RUN", "WHAT", "STATE", "FROM", "TO", "BEGAN", "DOWN", "WHY"], job.Runs.Select(static r => new[]
        {
            r.Run, r.Kind, r.State, r.From, r.To, r.BeganAt.ToString("u", CultureInfo.InvariantCulture), r.Downtime?.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture), r.Reason,
        }), $"{job.Job.Job}: {job.Job.State}. {job.Job.Reason}{string.Concat(job.Marks.Select(static m => string.Create(CultureInfo.InvariantCulture, $"\n{m.At:u} {m.By}: {m.Kind}{(m.Reason is null ? string.Empty : $", {m.Reason}")}")))}"),
        JobEvidence evidence => ([], [], evidence.Run is null ? $"{evidence.Job}: nothing failed, or nothing was kept." : $"{evidence.Run}: {evidence.Reason}\n{evidence.Text}"),
        FleetDiagnosis diagnosis => (["WHERE", "CHECK", "FINDING", "SEEN"], diagnosis.Checks.Select(static c => new[] { c.Subject, c.Check, c.Finding.ToString(), c.Words }), null),
        FleetDiscovery discovery => ([], [], discovery.Yaml + string.Concat(discovery.Unknown.Select(static u => $"# {u.Cluster} could not be read: {u.Reason}\n"))),
        FleetRollback { Preview.IsEmpty: false } rollback => (["JOB", "HOW", "TO", "FROM STATE", "DATA", "ROOM", "WHY"], rollback.Preview.Select(static p => new[]
        {
            p.Job.Value, p.Way.ToString(), Place(p.To), p.Choice.ToString(), p.DataEffect, p.HasRoom?.ToString() ?? "?", p.Reason,
        }), null),
        FleetRollback rollback => (["JOB", "HOW", "RESULT", "RUN", "WHY"], rollback.Jobs.Select(static r => new[] { r.Job.Value, r.Way.ToString(), r.End.ToString(), r.Run, r.Reason }), null),
        _ => ([], [], result.ToString()),
    };

    private static string?[] Line(JobStatusLine line) =>
        [line.Job.Value, line.State, Place(line.Place), Place(line.Wanted), line.Score?.ToString("0.0", CultureInfo.InvariantCulture), line.Next.ToString(), line.Reason];

    /// <summary>In a word, with the rules behind it.</summary>
    private static string? Verdict(EligibilityReport? report) => report switch
    {
        null => null,
        { IsEligible: true, Settled.IsEmpty: true } => "Yes",
        { IsEligible: true } => $"Yes (known: {Rules(report.Settled.Select(static s => s.Finding))})",
        _ => $"{report.Verdict} ({Rules(report.Findings.Where(static f => f.Severity != EligibilitySeverity.Info))})",
    };

    private static string Rules(IEnumerable<EligibilityFinding> findings) => string.Join(", ", findings.Select(static f => f.Rule).Distinct(StringComparer.Ordinal));

    private static string? Place(Placement? place) => place is null ? null : $"{place.Backend}/{place.Queue}";

    private static string Why(string reason, string? line) => line is null ? reason : $"{reason} Add: {line}";

    private sealed class Json : FleetOutput
    {
        public override void Show(FleetResult result) => Console.Out.WriteLine(FleetJson.Write(result));

        public override void Report(FleetProgress value)
        {
            // One document and nothing else.
        }
    }

    /// <summary>What went wrong, and what was ended, is no result: it goes to the error output.</summary>
    private abstract class Text : FleetOutput
    {
        public sealed override void Show(FleetResult result)
        {
            string[] said = result switch
            {
                FleetFailure failure => [.. failure.Errors.Select(static e => e.ToString())],
                FleetEnd end => [end.Words],
                _ => [],
            };
            foreach (var line in said)
            {
                Console.Error.WriteLine(line);
            }
            if (said.Length == 0)
            {
                var (heads, rows, after) = Cells(result);
                Show(heads, rows, after);
            }
        }

        protected abstract void Show(string[] heads, IEnumerable<string?[]> rows, string? after);
    }

    /// <summary>One line per row, cells by tabs: for logs, grep and cut.</summary>
    private sealed class Plain : Text
    {
        protected override void Show(string[] heads, IEnumerable<string?[]> rows, string? after)
        {
            if (heads.Length > 0)
            {
                Console.Out.WriteLine(string.Join('\t', heads));
            }
            foreach (var row in rows)
            {
                Console.Out.WriteLine(string.Join('\t', row.Select(static c => c?.ReplaceLineEndings(" ") ?? "-")));
            }
            if (after is { Length: > 0 })
            {
                Console.Out.WriteLine(after);
            }
        }
    }

    private sealed class Tables : Text
    {
        protected override void Show(string[] heads, IEnumerable<string?[]> rows, string? after)
        {
            if (heads.Length > 0)
            {
                var table = new Table().RoundedBorder();
                table.AddColumns([.. heads.Select(static h => h.ToLowerInvariant())]);
                foreach (var row in rows)
                {
                    table.AddRow([.. row.Select(static c => Markup.Escape(c ?? string.Empty))]);
                }
                AnsiConsole.Write(table);
            }
            if (after is { Length: > 0 })
            {
                AnsiConsole.WriteLine(after);
            }
        }
    }
}
