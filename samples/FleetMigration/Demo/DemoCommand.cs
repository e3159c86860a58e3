using System.CommandLine;
using System.Diagnostics;
using System.Text;
using Flink.Resources.Fleet;
using FleetMigration.Commands;
using Spectre.Console;

namespace FleetMigration.Demo;

/// <summary>The command line of the demo.</summary>
internal static class DemoCommand
{
    public const string DefaultReport = "fleet-report.html";

    /// <summary>Adds <c>demo</c>, which is also what happens without a command.</summary>
    public static void AddTo(RootCommand root)
    {
        var command = new Command("demo", "Two simulated clusters, 200 jobs in 6 queues, four accidents: plans, moves, scores, rolls back, reports.");
        Define(command);
        Define(root);
        root.Subcommands.Add(command);
    }

    private static void Define(Command command)
    {
        var seed = new Option<long>("--seed") { Description = "Decides every random choice: the same seed gives the same report, byte for byte.", DefaultValueFactory = static _ => 1 };
        var report = new Option<string>("--report") { Description = "Where the HTML report goes.", DefaultValueFactory = static _ => DefaultReport };
        var output = new Option<string>("--output") { Description = "text, or json: the report as JSON and nothing else.", DefaultValueFactory = static _ => "text" };
        output.AcceptOnlyFromAmong("text", "json");
        command.Options.Add(seed);
        command.Options.Add(report);
        command.Options.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (json, file) = (parsed.GetValue(output) == "json", parsed.GetRequiredValue(report));
            try
            {
                return await RunAsync(parsed.GetValue(seed), file, json, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return FleetOutput.To(json).End(new FleetEnd { Exit = FleetExit.LeftAlone, Words = "It was ended before its end. There is no report." });
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return FleetOutput.To(json).End(new FleetFailure { Exit = FleetExit.BadInput, Errors = [new FleetError($"The report can't be written: {exception.Message}") { File = file }] });
            }
        });
    }

    private static async Task<int> RunAsync(long seed, string file, bool json, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
        {
            // Before the work, not after it.
            throw new DirectoryNotFoundException($"there is no directory {Path.GetDirectoryName(Path.GetFullPath(file))}.");
        }
        var started = Stopwatch.GetTimestamp();
        var fleet = new DemoFleet(seed);
        var view = json ? null : CampaignView.For(AnsiConsole.Console);
        var report = view is null
            ? await DemoRun.RunAsync(fleet, null, cancellationToken).ConfigureAwait(false)
            : await view.ShowAsync(progress => DemoRun.RunAsync(fleet, progress, cancellationToken)).ConfigureAwait(false);
        var writer = new StreamWriter(file, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        await using (writer.ConfigureAwait(false))
        {
            FleetReportHtml.Write(report, writer);
        }
        if (json)
        {
            FleetReportJson.Write(report, Console.Out);
            return 0;
        }
        SummaryTable.Write(AnsiConsole.Console, report);
        AnsiConsole.Console.MarkupLineInterpolated(System.Globalization.CultureInfo.InvariantCulture, $"Report: [bold]{Path.GetFullPath(file)}[/]   ({report.Summary.Duration?.TotalHours:0.0} h of virtual time in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s)");
        return 0;
    }
}
