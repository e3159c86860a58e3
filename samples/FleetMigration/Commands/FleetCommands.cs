using System.CommandLine;
using Flink.Resources;
using Flink.Resources.Fleet;

namespace FleetMigration.Commands;

/// <summary>The commands over a fleet file. Each is one call of <see cref="IFleet"/>.</summary>
internal static class FleetCommands
{
    /// <summary>Adds all of them.</summary>
    public static void AddTo(RootCommand root)
    {
        AddLooks(root);
        AddChanges(root);
        AddJobs(root);
    }

    private static void AddLooks(RootCommand root)
    {
        Add(root, "discover", "What runs on the clusters and belongs to no job yet, as ready jobs: entries.", static (_, call) => Result(call.Fleet.DiscoverAsync(call.CancellationToken)));
        Add(root, "doctor", "Whether journal, clusters, queues and storage are in reach and have room.", static (_, call) => Result(call.Fleet.DoctorAsync(call.CancellationToken)));
        var watch = new Option<bool>("--watch") { Description = "Again every five seconds, until Ctrl-C." };
        Add(
            root, "status", "Each job at a glance.",
            async (parsed, call) =>
            {
                while (parsed.GetValue(watch))
                {
                    call.Output.Show(await call.Fleet.StatusAsync(call.CancellationToken).ConfigureAwait(false));
                    await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, call.CancellationToken).ConfigureAwait(false);
                }
                return await call.Fleet.StatusAsync(call.CancellationToken).ConfigureAwait(false);
            },
            watch);
    }

    private static void AddChanges(RootCommand root)
    {
        var job = new Option<JobKey?>("--job") { Description = "Only this job.", CustomParser = static r => Key(r, r.Tokens.Single().Value) };
        var queue = new Option<string?>("--queue") { Description = "Only the jobs of this queue, and of those below it." };
        var limit = new Option<int?>("--limit") { Description = "At most so many jobs are started, moved or stopped." };
        var prune = new Option<bool>("--prune") { Description = "Stop jobs, with a savepoint, that the file does not name any more." };
        ApplyOptions Options(ParseResult parsed) => new() { Job = parsed.GetValue(job), Queue = parsed.GetValue(queue), Limit = parsed.GetValue(limit), Prune = parsed.GetValue(prune) };
        Add(root, "plan", "What apply would do, per job and why. Touches nothing.", (parsed, call) => Result(call.Fleet.PlanAsync(Options(parsed), call.CancellationToken)), job, queue, limit, prune);
        Add(root, "apply", "Makes the fleet what the file says.", (parsed, call) => Result(call.Fleet.ApplyAsync(Options(parsed), call.Output, call.CancellationToken)), job, queue, limit, prune);
        Add(
            root, "run", "Carries on what is not over and watches for second copies, until Ctrl-C.",
            static async (_, call) =>
            {
                await call.Fleet.RunAsync(call.Output, call.CancellationToken).ConfigureAwait(false);
                return await call.Fleet.StatusAsync(call.CancellationToken).ConfigureAwait(false);
            });
        var one = new Argument<JobKey?>("job") { Arity = ArgumentArity.ZeroOrOne, Description = "The job (team/name).", CustomParser = static r => Key(r, r.Tokens.Single().Value) };
        var unhealthy = new Option<bool>("--unhealthy") { Description = "All jobs that are unhealthy where they were moved to, or parked." };
        var preview = new Option<bool>("--preview") { Description = "Only say what would be done." };
        var reason = Reason();
        Add(
            root, "rollback", "Brings a job, a queue or all unhealthy jobs back to where they were.",
            (parsed, call) => Result(call.Fleet.RollBackAsync(
                new RollbackJobs(parsed.GetValue(one), parsed.GetValue(queue), parsed.GetValue(unhealthy)), User, parsed.GetValue(reason), parsed.GetValue(preview), call.CancellationToken)),
            one, queue, unhealthy, preview, reason);
    }

    private static void AddJobs(RootCommand root)
    {
        AddJob(root, "explain", "All that is known of one job.", static (job, _, call) => Result(call.Fleet.ExplainAsync(job, call.CancellationToken)));
        AddJob(root, "evidence", "What explained its newest failure.", static (job, _, call) => Result(call.Fleet.EvidenceAsync(job, call.CancellationToken)));
        AddJob(root, "hold", "Nothing moves, starts or stops it by itself.", static (job, reason, call) => Result(call.Fleet.HoldAsync(job, User, reason, call.CancellationToken)));
        AddJob(root, "release", "Takes a hold back.", static (job, reason, call) => Result(call.Fleet.ReleaseAsync(job, User, reason, call.CancellationToken)));
        AddJob(root, "stop", "Stops it with a savepoint, until start.", static (job, reason, call) => Result(call.Fleet.StopAsync(job, User, reason, call.Output, call.CancellationToken)));
        AddJob(root, "start", "Takes a stop back.", static (job, reason, call) => Result(call.Fleet.StartAsync(job, User, reason, call.Output, call.CancellationToken)));
        AddJob(root, "retry", "Lets be tried again what came back, failed or finished; the next apply does it.", static (job, reason, call) => Result(call.Fleet.RetryAsync(job, User, reason, call.CancellationToken)));
        var live = new Option<string>("--live") { Description = "Which copy you saw live: source, target or none.", Required = true };
        live.AcceptOnlyFromAmong("source", "target", "none");
        var job = JobArgument();
        var reason = Reason();
        Add(
            root, "resolve", "Answers what a parked job asks: which copy lives.",
            (parsed, call) => Result(call.Fleet.ResolveAsync(
                parsed.GetRequiredValue(job), Enum.Parse<SeenCopy>(parsed.GetRequiredValue(live), ignoreCase: true), User, parsed.GetValue(reason), call.CancellationToken)),
            job, live, reason);
    }

    private static void AddJob(RootCommand root, string name, string description, Func<JobKey, string?, FleetCall, Task<FleetResult>> work)
    {
        var job = JobArgument();
        var reason = Reason();
        Add(root, name, description, (parsed, call) => work(parsed.GetRequiredValue(job), parsed.GetValue(reason), call), job, reason);
    }

    private static void Add(RootCommand root, string name, string description, Func<ParseResult, FleetCall, Task<FleetResult>> work, params Symbol[] symbols)
    {
        var file = new Option<string>("--file") { Description = "The fleet file.", DefaultValueFactory = static _ => "fleet.yaml" };
        var output = new Option<string>("--output") { Description = "text, or json: one document and nothing else.", DefaultValueFactory = static _ => "text" };
        output.AcceptOnlyFromAmong("text", "json");
        var command = new Command(name, description);
        foreach (var symbol in symbols.Append(file).Append(output))
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }
        command.SetAction((parsed, cancellationToken) => FleetCall.RunAsync(
            parsed.GetRequiredValue(file), FleetOutput.To(parsed.GetValue(output) == "json"), call => work(parsed, call), cancellationToken));
        root.Subcommands.Add(command);
    }

    private static string User => Environment.UserName;

    private static Option<string?> Reason() => new("--reason") { Description = "Why; kept in the journal." };

    private static Argument<JobKey> JobArgument() => new("job") { Description = "The job (team/name).", CustomParser = static r => Key(r, r.Tokens.Single().Value) ?? default };

    private static JobKey? Key(System.CommandLine.Parsing.SymbolResult result, string text)
    {
        if (JobKey.TryParse(text, out var key))
        {
            return key;
        }
        result.AddError($"'{text}' is no job: write team/name.");
        return null;
    }

    private static async Task<FleetResult> Result<T>(Task<T> task)
        where T : FleetResult => await task.ConfigureAwait(false);
}
