using System.Diagnostics;

namespace Flink.Resources.Integration;

/// <summary>Tests that break the clusters run alone, after all others.</summary>
[CollectionDefinition(nameof(ClusterFailures), DisableParallelization = true)]
public sealed class ClusterFailures
{
    /// <summary>Kills a daemon with SIGKILL.</summary>
    internal static Task KillAsync(string daemon) => RunAsync("kill", daemon);

    /// <summary>Starts a daemon again with its data, and waits until it answers.</summary>
    internal static Task StartAsync(string daemon) => RunAsync("start", daemon);

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
