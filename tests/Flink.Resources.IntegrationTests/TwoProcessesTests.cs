using System.Diagnostics;

namespace Flink.Resources.Integration;

/// <summary>Two processes with nothing in common but the clusters: this program, run twice more, each as a controller of its own.</summary>
public sealed class TwoProcessesTests
{
    private const string Variable = "FLINK_RESOURCES_TESTS_RIVAL";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("yarn")]
    [InlineData("k8s")]
    public async Task Prepare_TheSameJobInTwoProcessesAtOnce_OneWinsAndTheOtherIsToldWho(string place)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } order)
        {
            if (order.Split('|') is [var mine, var directory, var name] && mine == place)
            {
                await BeARivalAsync(place, directory, JobKey.Parse(name));
            }
            return;
        }
        var job = JobKey.Parse($"contract/two-{place}-{Clusters.Run}");
        var backend = Backend(place, "parent");
        var meeting = Directory.CreateTempSubdirectory("two-processes-");
        using var one = Rival(place, meeting.FullName, job);
        using var other = Rival(place, meeting.FullName, job);
        await Flow.PollAsync(() => Task.FromResult(meeting.GetFiles("*.ready").Length == 2 || one.HasExited || other.HasExited));
        await File.WriteAllTextAsync(Path.Combine(meeting.FullName, "go"), string.Empty, Cancellation);
        await Task.WhenAll(one.WaitForExitAsync(Cancellation), other.WaitForExitAsync(Cancellation));
        var outcomes = meeting.GetFiles("*.outcome").Select(static f => File.ReadAllText(f.FullName).Split('\n')).ToList();
        var found = await backend.FindAsync(new Fence(job, 1), Cancellation);
        await backend.ForgetAsync(new Fence(job, 1), Cancellation);
        meeting.Delete(recursive: true);

        Assert.Equal(2, outcomes.Count);
        var winner = Assert.Single(outcomes, static o => o[1] == "prepared");
        var loser = Assert.Single(outcomes, static o => o[1] == "taken");
        Assert.False(string.Equals(winner[0], loser[0], StringComparison.Ordinal), winner[0]);
        Assert.Equal(winner[0], loser[2]);
        Assert.Equal(ApplicationState.Prepared, found.Match(static r => r.State, static _ => default, static _ => default));
    }

    private static async Task BeARivalAsync(string place, string directory, JobKey job)
    {
        var me = $"rival-{Clusters.Run}";
        var backend = Backend(place, "rival");
        var spec = TestJobs.KeyedCounter(place == "yarn" ? TestJobs.OnYarn(job) : TestJobs.OnKubernetes(job));
        // Connections are open before the race.
        await backend.FindAsync(new Fence(job, 1), Cancellation);
        await File.WriteAllTextAsync(Path.Combine(directory, $"{me}.ready"), string.Empty, Cancellation);
        while (!File.Exists(Path.Combine(directory, "go")))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, Cancellation);
        }
        var outcome = await backend.PrepareAsync(new Fence(job, 1), spec, Cancellation);
        var said = outcome switch
        {
            PrepareOutcome.Prepared => "prepared",
            PrepareOutcome.FenceTaken taken => $"taken\n{taken.Holder}",
            _ => outcome.ToString()!,
        };
        await File.WriteAllTextAsync(Path.Combine(directory, $"{me}.outcome"), $"{me}\n{said}", Cancellation);
    }

    private static Process Rival(string place, string directory, JobKey job)
    {
        var info = new ProcessStartInfo(
            "dotnet", [typeof(TwoProcessesTests).Assembly.Location, "-class", typeof(TwoProcessesTests).FullName!])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        info.Environment[Variable] = $"{place}|{directory}|{job.Value}";
        var process = Process.Start(info)!;
        // What it prints belongs to no report; its outcome is in a file.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static IResourceBackend Backend(string place, string controller) =>
        place == "yarn" ? Backends.Yarn(controller) : Backends.Kubernetes(controller);
}
