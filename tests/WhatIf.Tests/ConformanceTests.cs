using System.Diagnostics;

namespace WhatIf;

public sealed class ConformanceTests
{
    [Theory]
    [InlineData("preemption", "preemption-kube.json")]
    [InlineData("preemption", "preemption-kueue.json")]
    [InlineData("preemption", "preemption-kueue-fair.json")]
    [InlineData("preemption", "preemption-yarn.json")]
    [InlineData("autoscaling", "autoscaler.json")]
    [InlineData("health", "health.json")]
    public async Task Answer_WorkedScenarios_AreDecidedAsExpected(string capability, string file)
    {
        var examples = Path.Combine(Conformance.Directory(), "examples", file);
        var text = await File.ReadAllBytesAsync(examples, TestContext.Current.CancellationToken);

        var (exitCode, answer) = ScenarioCommand.Answer(Capability(capability), text, batch: true);

        Assert.Equal(0, exitCode);
        var (checkExitCode, report) = await CheckAsync(examples, answer.ToJsonString());
        Assert.True(checkExitCode == 0, report);
    }

    [Theory]
    [InlineData("preemption", "preemption-kube.json")]
    [InlineData("preemption", "preemption-kueue.json")]
    [InlineData("preemption", "preemption-kueue-fair.json")]
    [InlineData("preemption", "preemption-yarn.json")]
    [InlineData("autoscaling", "autoscaler.json")]
    [InlineData("health", "health.json")]
    public async Task Show_WorkedScenarios_CanBeRead(string capability, string file)
    {
        var text = await File.ReadAllBytesAsync(Path.Combine(Conformance.Directory(), "examples", file), TestContext.Current.CancellationToken);

        foreach (var (scenario, answer) in Scenarios.Answered(Capability(capability), text))
        {
            Assert.NotEmpty(Scenarios.Shown(Capability(capability), scenario, answer));
        }
    }

    private static ICapability Capability(string name) => Capabilities.All.Single(c => c.Name == name);

    private static async Task<(int ExitCode, string Report)> CheckAsync(string examples, string answer)
    {
        var output = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(output, answer, TestContext.Current.CancellationToken);
            var start = new ProcessStartInfo("python3", [Path.Combine(Conformance.Directory(), "check.py"), examples, output])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using var check = Process.Start(start)!;
            var report = await check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await check.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (check.ExitCode, report);
        }
        finally
        {
            File.Delete(output);
        }
    }
}
