using System.Diagnostics;

namespace Flink.Resources.Integration;

/// <summary>Tests that break the clusters run alone, after all others.</summary>
[CollectionDefinition(nameof(ClusterFailures), DisableParallelization = true)]
public sealed class ClusterFailures
{
    /// <summary>Kills a daemon with SIGKILL, does something while it is dead, and starts it again with its data, whatever happened.</summary>
    internal static async Task<T> WithoutAsync<T>(string daemon, Func<Task<T>> during)
    {
        await RunAsync("kill", daemon);
        try
        {
            return await during();
        }
        finally
        {
            await RunAsync("start", daemon);
        }
    }

    /// <summary>Begins something, kills a daemon at once, waits for the answer, and starts the daemon again.</summary>
    internal static async Task<T> KillDuringAsync<T>(string daemon, Func<Task<T>> begin)
    {
        var begun = begin();
        return await WithoutAsync(daemon, () => begun);
    }

    private static async Task RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Clusters.Require("TESTBED_COMMAND"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {await output}{await error}");
    }
}
