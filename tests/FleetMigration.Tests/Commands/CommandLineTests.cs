using System.Text.Json;

namespace FleetMigration.Commands;

/// <summary>What people and scripts get from the program when something is not as they thought.</summary>
public sealed class CommandLineTests
{
    private static readonly string[] AsJson = ["--output", "json"];

    public static TheoryData<string> UnknownNames =>
    [
        "plan --job ads/clik", "apply --job ads/clik", "start ads/clik", "stop ads/clik", "hold ads/clik", "release ads/clik", "retry ads/clik",
        "resolve ads/clik --live none", "explain ads/clik", "evidence ads/clik", "rollback ads/clik", "plan --queue root.adz", "apply --queue root.adz", "rollback --queue root.adz",
    ];

    /// <summary>A slip of the pen is not a fleet in which all is well.</summary>
    [Theory]
    [MemberData(nameof(UnknownNames))]
    public async Task UnknownName_IsAMistake_AndNothingIsTouched(string command)
    {
        using var program = new FleetProcess();
        var words = command.Split(' ');
        var (field, value, nearest) = command.Contains("--queue", StringComparison.Ordinal) ? ("--queue", "root.adz", "root.ads")
            : (command.Contains("--job", StringComparison.Ordinal) ? "--job" : "job", "ads/clik", "ads/clicks");

        var (exit, output, error) = await program.RunAsync(words);
        Assert.Equal((2, string.Empty), (exit, output));
        Assert.StartsWith($"{field} is '{value}': ", error, StringComparison.Ordinal);
        Assert.EndsWith($"Did you mean '{nearest}'?\n", error, StringComparison.Ordinal);

        var failure = await FailureAsync(program, 2, words);
        Assert.Equal((field, value), (failure.GetProperty("field").GetString(), failure.GetProperty("value").GetString()));
        Assert.Equal(error.TrimEnd(), failure.GetProperty("message").GetString());

        var explained = FleetProcess.Json((await program.RunAsync(["explain", "ads/clicks", .. AsJson])).Output);
        Assert.Equal((0, 0), (explained.GetProperty("runs").GetArrayLength(), explained.GetProperty("marks").GetArrayLength()));
    }

    [Fact]
    public async Task UnknownName_NearToNone_NamesThoseThatThereAre()
    {
        using var program = new FleetProcess();

        Assert.EndsWith(" There are: ads/clicks, ads/views.\n", (await program.RunAsync("plan", "--job", "sales/daily")).Error, StringComparison.Ordinal);
        Assert.EndsWith(" There are: root, root.ads.\n", (await program.RunAsync("plan", "--queue", "nightly")).Error, StringComparison.Ordinal);
        // What there is, and has no job, is no mistake; nor is a queue above.
        Assert.Equal(["ads/clicks", "ads/views"], Jobs(await program.RunAsync(["plan", "--queue", "root", .. AsJson])));
    }

    [Fact]
    public async Task BadFile_EachMistakeHasItsPlace()
    {
        using var program = new FleetProcess(FleetProcess.Fleet.Replace("parallelism: 2", "parallelism: two", StringComparison.Ordinal).Replace("cluster: yarn-east", "cluster: yarn-est", StringComparison.Ordinal));

        var (exit, output, error) = await program.RunAsync("plan");
        Assert.Equal((2, string.Empty), (exit, output));
        Assert.StartsWith("fleet.yaml(12,16): defaults.parallelism is 'two': ", error, StringComparison.Ordinal);
        Assert.Equal(2, error.TrimEnd().Split('\n').Length);

        var (code, json, none) = await program.RunAsync(["plan", .. AsJson]);
        var root = FleetProcess.Json(json);
        Assert.Equal((2, 2, "BadInput", string.Empty), (code, root.GetProperty("exitCode").GetInt32(), root.GetProperty("exit").GetString(), none));
        var second = root.GetProperty("errors")[1];
        Assert.Equal(("fleet.yaml", 14, 25), (second.GetProperty("file").GetString(), second.GetProperty("line").GetInt32(), second.GetProperty("column").GetInt32()));
        Assert.Equal(("jobs.ads/clicks.cluster", "yarn-est"), (second.GetProperty("field").GetString(), second.GetProperty("value").GetString()));
        Assert.Contains("Did you mean 'yarn-east'?", second.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plan --file nowhere.yaml", 2, "nowhere.yaml can't be read: ")]
    [InlineData("plan --job clicks", 2, "--job is 'clicks': write team/name.")]
    [InlineData("hold clicks", 2, "job is 'clicks': write team/name.")]
    [InlineData("rollback", 2, "Name one of them: a job, --queue or --unhealthy.")]
    [InlineData("rollback ads/clicks --unhealthy", 2, "Name one of them: a job, --queue or --unhealthy.")]
    [InlineData("demo --report /nowhere/report.html", 2, "The report can't be written: ")]
    [InlineData("plan --limits=3", 2, "Unrecognized command or argument '--limits=3'.")]
    public async Task Failure_IsOneDocumentWithTheSameExitCode(string command, int exit, string words)
    {
        using var program = new FleetProcess();

        await FailsAsync(program, exit, words, command.Split(' '));
    }

    [Theory]
    [InlineData("journal: postgres:Host=127.0.0.1;Port=1;Username=fleet;Password=hunter2;Database=fleet", "The journal in PostgreSQL (127.0.0.1:1, ")]
    [InlineData("journal: sqlite:/nowhere/fleet.db", "The journal /nowhere/fleet.db can't be used: ")]
    public async Task JournalOutOfReach_IsOneDocumentWithTheSameExitCode(string journal, string words)
    {
        using var program = new FleetProcess(FleetProcess.Fleet.Replace("journal: sqlite:fleet.db", journal, StringComparison.Ordinal));

        await FailsAsync(program, 1, words, "status");
    }

    [Fact]
    public async Task ClusterThatCantBeReached_IsOneDocumentWithTheSameExitCode()
    {
        using var program = new FleetProcess(FleetProcess.Fleet
            .Replace("k8s-east: {kind: simulated}", "k8s-east: {kind: kubernetes, kubeconfig: /nowhere/config, fileSystem: \"hdfs://sim\"}", StringComparison.Ordinal)
            .Replace("libs: /flink/1.20", "image: flink:1.20, allowTags: true, libs: /flink/1.20", StringComparison.Ordinal));

        await FailsAsync(program, 1, "KubeConfigException: kubeconfig file not found at /nowhere/config", "plan");
    }

    [Theory]
    [InlineData("fa_IR")]
    [InlineData("de_DE")]
    public async Task Words_AreTheSameInEveryLanguage(string language)
    {
        using var here = new FleetProcess();
        using var there = new FleetProcess { Language = language };
        foreach (var command in new[] { "doctor", "plan", "plan --job ads/clik", "hold ads/clicks --reason night", "status", "status --output json" })
        {
            var (expected, actual) = (await here.RunAsync(command.Split(' ')), await there.RunAsync(command.Split(' ')));
            Assert.Equal(WithoutTime(expected.Output), WithoutTime(actual.Output));
            Assert.Equal((expected.Exit, expected.Error), (actual.Exit, actual.Error));
        }
        Assert.Matches(@"\n20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ \S+: Hold, night\n", (await there.RunAsync("explain", "ads/clicks")).Output);
    }

    private static async Task FailsAsync(FleetProcess program, int exit, string words, params string[] command)
    {
        var (code, _, error) = await program.RunAsync(command);
        Assert.Equal(exit, code);
        Assert.StartsWith(words, error, StringComparison.Ordinal);

        Assert.StartsWith(words, (await FailureAsync(program, exit, command)).GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    /// <summary>The only mistake, of the only document on the output.</summary>
    private static async Task<JsonElement> FailureAsync(FleetProcess program, int exit, string[] command)
    {
        var (code, output, error) = await program.RunAsync([.. command, .. AsJson]);
        var root = FleetProcess.Json(output);
        Assert.Equal((exit, exit, string.Empty), (code, root.GetProperty("exitCode").GetInt32(), error));
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
        return Assert.Single(root.GetProperty("errors").EnumerateArray());
    }

    private static string[] Jobs((int Exit, string Output, string Error) result) =>
        [.. FleetProcess.Json(result.Output).GetProperty("jobs").EnumerateArray().Select(static j => j.GetProperty("job").GetString()!)];

    private static string WithoutTime(string output) => string.Join('\n', output.Split('\n').Where(static l => !l.Contains("\"at\":", StringComparison.Ordinal)));
}
