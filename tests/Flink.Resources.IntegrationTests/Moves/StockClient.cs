using System.Diagnostics;
using System.Globalization;

namespace Flink.Resources.Integration;

/// <summary>Flink's own client on this machine: starts jobs as they were started before this library was there.</summary>
internal static class StockClient
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private const int Attempts = 3;

    /// <summary>
    /// Starts a job on YARN from a jar that only this client has; once it is accepted the jar is deleted. The client gives up when the
    /// JobManager of a busy machine is late for its ResourceManager; then it is asked again.
    /// </summary>
    public static async Task<ApplicationHandle> StartAsync(IResourceBackend yarn, string name, ApplicationSpec spec, params string[] more)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (code, words) = await RunAsync(name, spec, more);
            if (code == 0)
            {
                break;
            }
            Assert.True(attempt < Attempts && words.Contains("timed out", StringComparison.Ordinal), words);
        }
        var snapshot = await yarn.GetSnapshotAsync(TimeSpan.Zero, Cancellation);
        return Assert.Single(snapshot.Applications.Items, a => a.Name == name && a.State != ApplicationState.Finished).Application;
    }

    private static async Task<(int Code, string Words)> RunAsync(string name, ApplicationSpec spec, string[] more)
    {
        var folder = Directory.CreateTempSubdirectory("stock-client-");
        var jar = Path.Combine(folder.FullName, "only-here.jar");
        File.Copy(Clusters.Require("TESTBED_JOBS_JAR"), jar);
        var info = new ProcessStartInfo(Path.Combine(Clusters.Require("TESTBED_FLINK_HOME"), "bin", "flink"),
        [
            "run-application", "-t", "yarn-application", $"-Dyarn.application.name={name}", $"-Dyarn.application.queue={spec.Queue}",
            $"-Dyarn.provided.lib.dirs={Clusters.Require("TESTBED_FLINK_HDFS_LIB")};{Clusters.Require("TESTBED_FLINK_HDFS_PLUGINS")}",
            $"-Djobmanager.memory.process.size={spec.JobManager.Memory.Mebibytes}m", $"-Dtaskmanager.memory.process.size={spec.TaskManager.Memory.Mebibytes}m",
            string.Create(CultureInfo.InvariantCulture, $"-Dparallelism.default={spec.Parallelism}"),
            string.Create(CultureInfo.InvariantCulture, $"-Dtaskmanager.numberOfTaskSlots={spec.TaskManager.Slots}"),
            .. spec.Configuration.Select(static p => $"-D{p.Key}={p.Value}"), .. more, "-c", spec.EntryClass!, jar, .. spec.Arguments,
        ])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.FullName,
        };
        info.Environment["HADOOP_CLASSPATH"] = Clusters.Require("TESTBED_HADOOP_CLASSPATH");
        using var process = Process.Start(info)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
        await process.WaitForExitAsync(Cancellation);
        folder.Delete(recursive: true);
        return (process.ExitCode, $"{await output}{await error}");
    }

    /// <summary>Waits until all tasks run.</summary>
    public static async Task<IFlinkCluster> RunningAsync(IResourceBackend backend, ApplicationHandle application)
    {
        IFlinkCluster? up = null;
        await Flow.PollAsync(async () =>
        {
            up = (await backend.ConnectAsync(application, Cancellation)).Match<IFlinkCluster?>(static c => c, static _ => null, static _ => null);
            return up is not null && await up.GetJobsAsync(Cancellation) is [{ AllTasksRun: true }];
        });
        return up!;
    }
}
