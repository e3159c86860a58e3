using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Flink.Resources.Fleet;

namespace FleetMigration.Commands;

/// <summary>From the arguments of the process to its exit code.</summary>
internal static class CommandLine
{
    public const string Output = "--output";

    /// <summary>What is under way ends between two effects, and one effect may wait for a cluster; after that long the process ends all the same.</summary>
    private static readonly InvocationConfiguration _patient = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Action is not ParseErrorAction)
        {
            return await parsed.InvokeAsync(_patient).ConfigureAwait(false);
        }
        // The parser's own code is 1, which is that something failed; here nothing was done.
        if (parsed.GetResult(Output) is OptionResult { Tokens: [.., { Value: "json" }] })
        {
            return FleetOutput.To(json: true).End(new FleetFailure { Exit = FleetExit.BadInput, Errors = [.. parsed.Errors.Select(static e => new FleetError(e.Message))] });
        }
        await parsed.InvokeAsync(_patient).ConfigureAwait(false);
        return (int)FleetExit.BadInput;
    }
}
