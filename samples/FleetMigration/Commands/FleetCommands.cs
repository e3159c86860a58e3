using System.CommandLine;
using System.CommandLine.Parsing;
using Flink.Resources;
using Flink.Resources.Fleet;

namespace FleetMigration.Commands;

/// <summary>The commands over a fleet file. Each is one call of <see cref="IFleet"/>.</summary>
internal static class FleetCommands
{
    private const string Looked = "It was ended before all was seen. Nothing was touched.";
    private const string GoesOn = "It was ended between two steps. The same command goes on from there.";

    /// <summary>Adds all of them.</summary>
    public static void AddTo(RootCommand root)
    {
        AddLooks(root);
        AddChanges(root);
        AddJobs(root);
    }

    private static void AddLooks(RootCommand root)
    {
        Add(root, "discover", "What runs on the clusters and belongs to no job yet, as ready jobs: entries.", Looked, static (_, call) => Result(call.Fleet.DiscoverAsync(call.CancellationToken)));
        Add(root, "doctor", "Whether journal, clusters, queues and storage are in reach and have room.", Looked, static (_, call) => Result(call.Fleet.DoctorAsync(call.CancellationToken)));
        var watch = new Option<bool>("--watch") { Description = "Again every five seconds, until Ctrl-C." };
        Add(
            root, "status", "Each job at a glance.", Looked,
            async (parsed, call) =>
            {
                if (!parsed.GetValue(watch))
                {
                    return await call.Fleet.StatusAsync(call.CancellationToken).ConfigureAwait(false);
                }
                await call.UntilEndedAsync(async () =>
                {
                    while (true)
                    {
                        call.Output.Show(await call.Fleet.StatusAsync(call.CancellationToken).ConfigureAwait(false));
                        await Task.Delay(TimeSpan.FromSeconds(5), TimeProvider.System, call.CancellationToken).ConfigureAwait(false);
                    }
                }).ConfigureAwait(false);
                return null;
            },
            watch);
    }

    private static void AddChanges(RootCommand root)
    {
        var job = new Option<JobKey?>("--job") { Description = "Only this job.", CustomParser = Key };
        var queue = new Option<string?>("--queue") { Description = "Only the jobs of this queue, and of those below it." };
        var limit = new Option<int?>("--limit") { Description = "At most so many jobs are started, moved or stopped." };
        var prune = new Option<bool>("--prune") { Description = "Stop jobs, with a savepoint, that the file does not name any more." };
        ApplyOptions Options(ParseResult parsed) => new() { Job = parsed.GetValue(job), Queue = parsed.GetValue(queue), Limit = parsed.GetValue(limit), Prune = parsed.GetValue(prune) };
        Add(root, "plan", "What apply would do, per job and why. Touches nothing.", Looked, (parsed, call) => Result(call.Fleet.PlanAsync(Options(parsed), call.CancellationToken)), job, queue, limit, prune);
        Add(root, "apply", "Makes the fleet what the file says.", "It was ended between two steps. What is under way goes on with the same apply, or with run.", (parsed, call) => Result(call.Fleet.ApplyAsync(Options(parsed), call.Output, call.CancellationToken)), job, queue, limit, prune);
        Add(
            root, "run", "Carries on what is not over and watches for second copies, until Ctrl-C.", GoesOn,
            static async (_, call) =>
            {
                await call.UntilEndedAsync(() => call.Fleet.RunAsync(call.Output, call.CancellationToken)).ConfigureAwait(false);
                return new FleetEnd { Exit = FleetExit.Ok, Words = "It was ended. What is under way goes on with the next run or apply." };
            });
        var one = new Argument<JobKey?>("job") { Arity = ArgumentArity.ZeroOrOne, Description = "The job (team/name).", CustomParser = Key };
        var unhealthy = new Option<bool>("--unhealthy") { Description = "All jobs that are unhealthy where they were moved to, or parked." };
        var preview = new Option<bool>("--preview") { Description = "Only say what would be done." };
        var reason = Reason();
        var rollback = Add(
            root, "rollback", "Brings a job, a queue or all unhealthy jobs back to where they were.", GoesOn,
            (parsed, call) => Result(call.Fleet.RollBackAsync(
                new RollbackJobs(parsed.GetValue(one), parsed.GetValue(queue), parsed.GetValue(unhealthy)), User, parsed.GetValue(reason), parsed.GetValue(preview), call.CancellationToken)),
            one, queue, unhealthy, preview, reason);
        rollback.Validators.Add(r =>
        {
            if (new SymbolResult?[] { r.GetResult(one), r.GetResult(queue), r.GetResult(unhealthy) }.Count(static x => x is { Tokens.Count: > 0 } or OptionResult { Implicit: false }) != 1)
            {
                r.AddError("Name one of them: a job, --queue or --unhealthy.");
            }
        });
    }

    private static void AddJobs(RootCommand root)
    {
        AddJob(root, "explain", "All that is known of one job.", Looked, static (job, _, call) => Result(call.Fleet.ExplainAsync(job, call.CancellationToken)));
        AddJob(root, "evidence", "What explained its newest failure.", Looked, static (job, _, call) => Result(call.Fleet.EvidenceAsync(job, call.CancellationToken)));
        AddJob(root, "hold", "Nothing moves, starts or stops it by itself.", GoesOn, static (job, reason, call) => Result(call.Fleet.HoldAsync(job, User, reason, call.CancellationToken)));
        AddJob(root, "release", "Takes a hold back.", GoesOn, static (job, reason, call) => Result(call.Fleet.ReleaseAsync(job, User, reason, call.CancellationToken)));
        AddJob(root, "stop", "Stops it with a savepoint, until start.", GoesOn, static (job, reason, call) => Result(call.Fleet.StopAsync(job, User, reason, call.Output, call.CancellationToken)));
        AddJob(root, "start", "Takes a stop back.", GoesOn, static (job, reason, call) => Result(call.Fleet.StartAsync(job, User, reason, call.Output, call.CancellationToken)));
        AddJob(root, "retry", "Lets be tried again what came back, failed or finished; the next apply does it.", GoesOn, static (job, reason, call) => Result(call.Fleet.RetryAsync(job, User, reason, call.CancellationToken)));
        var live = new Option<string>("--live") { Description = "Which copy you saw live: source, target or none.", Required = true };
        live.AcceptOnlyFromAmong("source", "target", "none");
        var job = JobArgument();
        var reason = Reason();
        Add(
            root, "resolve", "Answers what a parked job asks: which copy lives.", GoesOn,
            (parsed, call) => Result(call.Fleet.ResolveAsync(
                parsed.GetRequiredValue(job), Enum.Parse<SeenCopy>(parsed.GetRequiredValue(live), ignoreCase: true), User, parsed.GetValue(reason), call.CancellationToken)),
            job, live, reason);
    }

    private static void AddJob(RootCommand root, string name, string description, string ended, Func<JobKey, string?, FleetCall, Task<FleetResult?>> work)
    {
        var job = JobArgument();
        var reason = Reason();
        Add(root, name, description, ended, (parsed, call) => work(parsed.GetRequiredValue(job), parsed.GetValue(reason), call), job, reason);
    }

    private static Command Add(RootCommand root, string name, string description, string ended, Func<ParseResult, FleetCall, Task<FleetResult?>> work, params Symbol[] symbols)
    {
        var file = new Option<string>("--file") { Description = "The fleet file.", DefaultValueFactory = static _ => "fleet.yaml" };
        var output = new Option<string>(CommandLine.Output) { Description = "text, or json: one document and nothing else.", DefaultValueFactory = static _ => "text" };
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
            command, parsed.GetRequiredValue(file), FleetOutput.To(parsed.GetValue(output) == "json"), ended, call => work(parsed, call), cancellationToken));
        root.Subcommands.Add(command);
        return command;
    }

    private static string User => Environment.UserName;

    private static Option<string?> Reason() => new("--reason") { Description = "Why; kept in the journal." };

    private static Argument<JobKey> JobArgument() => new("job") { Description = "The job (team/name).", CustomParser = static r => Key(r) ?? default };

    private static JobKey? Key(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (JobKey.TryParse(text, out var key))
        {
            return key;
        }
        result.AddError($"{(result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name)} is '{text}': write team/name.");
        return null;
    }

    private static async Task<FleetResult?> Result<T>(Task<T> task)
        where T : FleetResult => await task.ConfigureAwait(false);
}
