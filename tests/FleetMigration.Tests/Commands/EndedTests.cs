namespace FleetMigration.Commands;

/// <summary>Ctrl-C, and SIGTERM of a service manager: what ends, and what is said of it.</summary>
public sealed class EndedTests
{
    /// <summary>Whoever ends a look has seen enough: nothing is wrong.</summary>
    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task StatusWatch_EndsWell(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var program = new FleetProcess();

        var (exit, output, error) = await program.EndAsync(signal, "ads/views", "status", "--watch");

        Assert.Equal((0, string.Empty), (exit, error));
        Assert.StartsWith("JOB\tSTATE", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StatusWatch_AsJson_EndsWell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var program = new FleetProcess();

        var (exit, output, error) = await program.EndAsync("INT", "\"exitCode\"", "status", "--watch", "--output", "json");

        Assert.Equal((0, string.Empty), (exit, error));
        Assert.Equal(2, FleetProcess.Json(output).GetProperty("jobs").GetArrayLength());
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Run_SaysThatItEndedAndWhatGoesOn(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var program = new FleetProcess();

        var (exit, output, error) = await program.EndAsync(signal, null, "run");

        Assert.Equal((0, string.Empty, "It was ended. What is under way goes on with the next run or apply.\n"), (exit, output, error));
    }

    [Fact]
    public async Task Run_AsJson_SaysItInOneDocument()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var program = new FleetProcess();

        var (exit, output, error) = await program.EndAsync("INT", null, "run", "--output", "json");

        var root = FleetProcess.Json(output);
        Assert.Equal((0, 0, "Ok", string.Empty), (exit, root.GetProperty("exitCode").GetInt32(), root.GetProperty("exit").GetString(), error));
        Assert.Contains("the next run or apply", root.GetProperty("words").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Apply_SaysThatTheSameApplyGoesOn(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var program = new FleetProcess();

        var (exit, output, error) = await program.EndAsync(signal, "ads/clicks Verifying", "apply");

        Assert.Equal((3, string.Empty), (exit, output));
        Assert.EndsWith("\nIt was ended between two steps. What is under way goes on with the same apply, or with run.\n", error, StringComparison.Ordinal);
        // And so it is: the run is not over, and the journal keeps it.
        var explained = FleetProcess.Json((await program.RunAsync("explain", "ads/clicks", "--output", "json")).Output);
        Assert.Equal("Verifying", Assert.Single(explained.GetProperty("runs").EnumerateArray()).GetProperty("state").GetString());
        Assert.Equal("Continue", explained.GetProperty("job").GetProperty("next").GetString());
    }

    [Fact]
    public async Task Apply_AsJson_SaysItInOneDocument()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var program = new FleetProcess();

        var (exit, output, error) = await program.EndAsync("INT", null, "apply", "--output", "json");

        var root = FleetProcess.Json(output);
        Assert.Equal((3, 3, "LeftAlone", string.Empty), (exit, root.GetProperty("exitCode").GetInt32(), root.GetProperty("exit").GetString(), error));
        Assert.Contains("the same apply", root.GetProperty("words").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_SaysThatThereIsNoReport()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var program = new FleetProcess();

        var (exit, _, error) = await program.EndAsync("INT", "wave", "demo");

        Assert.Equal((3, "It was ended before its end. There is no report.\n"), (exit, error));
    }
}
