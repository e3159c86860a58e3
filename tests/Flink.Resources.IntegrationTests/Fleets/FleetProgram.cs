using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Flink.Resources.Integration;

/// <summary>The sample's program over one fleet file, in processes of its own.</summary>
internal sealed class FleetProgram(string file)
{
    private static readonly string Program = Path.Combine(Repository.Root, "artifacts", "bin", "FleetMigration", "release", "FleetMigration.dll");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs a command to its end.</summary>
    public async Task<(int Exit, string Output)> RunAsync(params string[] command)
    {
        var (exit, output, error) = await RunAsync(static (_, _) => false, command);
        Say(string.Create(CultureInfo.InvariantCulture, $"$ {string.Join(' ', command)}\n{output}{error}exit {exit}"));
        return (exit, output);
    }

    /// <summary>Runs a command and kills it with SIGKILL at a line of its progress; fails when that line never came.</summary>
    /// <param name="isMoment">Whether a line, after those before it, is the moment.</param>
    /// <param name="command">The command.</param>
    public async Task KillAsync(Func<string, IReadOnlyList<string>, bool> isMoment, params string[] command)
    {
        var (exit, output, error) = await RunAsync(isMoment, command);
        Say($"$ {string.Join(' ', command)}\n{output}{error}killed");
        Assert.True(exit == 137, string.Create(CultureInfo.InvariantCulture, $"It ended by itself: {exit}.\n{output}{error}"));
    }

    /// <summary>Where each job lives and in which state it is, as <c>status</c> says.</summary>
    public async Task<Dictionary<string, (string? Cluster, string State, string? Application)>> StatusAsync()
    {
        var (_, output) = await RunAsync("status", "--output", "json");
        using var json = JsonDocument.Parse(output);
        return json.RootElement.GetProperty("jobs").EnumerateArray().ToDictionary(
            static j => j.GetProperty("job").GetString()!,
            static j => (
                j.TryGetProperty("place", out var place) && place.ValueKind == JsonValueKind.Object ? place.GetProperty("backend").GetString() : null,
                j.GetProperty("state").GetString()!,
                j.TryGetProperty("application", out var application) ? application.GetString() : null),
            StringComparer.Ordinal);
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(Func<string, IReadOnlyList<string>, bool> isMoment, string[] command)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Program, .. command, "--file", file]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        var (output, lines) = (new StringBuilder(), new List<string>());
        process.OutputDataReceived += (_, e) => Keep(output, e.Data);
        process.ErrorDataReceived += (_, e) =>
        {
            lock (lines)
            {
                if (e.Data is { } line)
                {
                    if (isMoment(line, lines))
                    {
                        process.Kill();
                    }
                    lines.Add(line);
                }
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await process.WaitForExitAsync(Cancellation);
        lock (lines)
        {
            return (process.ExitCode, output.ToString(), string.Concat(lines.Select(static l => l + "\n")));
        }
    }

    private static void Keep(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static void Say(string text) => TestContext.Current.TestOutputHelper?.WriteLine(text);
}
