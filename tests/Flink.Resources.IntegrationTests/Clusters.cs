using System.Diagnostics;
using System.Text.Json;

namespace Flink.Resources.Integration;

/// <summary>The real clusters, by documented variables (docs/testing.md).</summary>
internal static class Clusters
{
    private const string HowTo =
        "Real clusters are not configured: set TESTBED_YARN_RM, TESTBED_WEBHDFS, TESTBED_HDFS, TESTBED_FLINK_HDFS_LIB, "
        + "TESTBED_FLINK_HDFS_PLUGINS, TESTBED_FLINK_HDFS_JOBS_JAR, KUBECONFIG and TESTBED_FLINK_IMAGE (docs/testing.md), then run dotnet test again.";

    /// <summary>Given to a process that this one starts, it is the same run: the same names, the same controller.</summary>
    public const string RunVariable = "FLINK_RESOURCES_TESTS_RUN";

    /// <summary>A run's own names, so that runs do not meet.</summary>
    public static string Run { get; } = Environment.GetEnvironmentVariable(RunVariable) is { Length: > 0 } run
        ? run
        : FormattableString.Invariant($"r{TimeProvider.System.GetUtcNow():HHmmss}p{Environment.ProcessId}");

    public static string Hdfs => Require("TESTBED_HDFS");

    /// <summary>The job jar inside of the image.</summary>
    public static string JarInImage => Environment.GetEnvironmentVariable("TESTBED_FLINK_IMAGE_JOBS_JAR") is { Length: > 0 } jar
        ? jar
        : "local:///opt/flink/usrlib/testbed-jobs.jar";

    public static bool IsConfigured => Environment.GetEnvironmentVariable("TESTBED_YARN_RM") is { Length: > 0 };

    /// <summary>Whether Flink 2 is there too.</summary>
    public static bool HasNewerFlink => Environment.GetEnvironmentVariable("TESTBED_FLINK2_IMAGE") is { Length: > 0 };

    public static string Require(string variable)
    {
        var value = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrEmpty(value))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", HowTo);
            Assert.Fail($"{variable} is missing. {HowTo}");
        }
        return value!;
    }

    /// <summary>Every event was counted exactly once, said by the program that TESTBED_COMMAND names.</summary>
    public static async Task VerifyAsync(string output, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(Require("TESTBED_COMMAND"), ["verify", output])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        using var document = JsonDocument.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..]);
        var root = document.RootElement;
        Assert.True(root.GetProperty("events").GetInt64() > 0, text);
        foreach (var name in (string[])["lost", "duplicated", "wrongCounts"])
        {
            Assert.True(root.GetProperty(name).GetInt64() == 0, text);
        }
    }
}
