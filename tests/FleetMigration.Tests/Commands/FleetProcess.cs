using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FleetMigration.Commands;

/// <summary>The real command line: the program in a process of its own, in a folder of its own that has a fleet file.</summary>
internal sealed class FleetProcess : IDisposable
{
    /// <summary>Two simulated clusters; one job may be started, of the other nobody said what from.</summary>
    public const string Fleet = """
        journal: sqlite:fleet.db
        clusters:
          yarn-east: {kind: simulated}
          k8s-east: {kind: simulated}
        runtimes:
          f120: {version: 1.20.5, libs: /flink/1.20}
        queues:
          root.ads: {}
        defaults:
          runtime: f120
          snapshots: hdfs://sim/flink/{job}
          parallelism: 2
        jobs:
          ads/clicks: {cluster: yarn-east, queue: root.ads, jar: hdfs:///jobs/clicks.jar, start: fresh}
          ads/views: {cluster: k8s-east, queue: root.ads, jar: hdfs:///jobs/views.jar}

        """;

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "FleetMigration.dll");
    private static readonly Lazy<Task<bool>> _resetsSignals = new(CanResetSignalsAsync);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-");

    public FleetProcess(string fleet = Fleet) => Write("fleet.yaml", fleet);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The language of the machine, such as <c>fa_IR</c>.</summary>
    public string? Language { get; init; }

    /// <summary>Whether the journal's file is there: a command that reads it is under way then.</summary>
    private bool HasJournal => File.Exists(Path.Combine(_folder.FullName, "fleet.db"));

    /// <summary>Writes a file into the folder.</summary>
    public void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder.FullName, file), text);

    /// <summary>Runs a command to its end.</summary>
    public async Task<(int Exit, string Output, string Error)> RunAsync(params string[] command)
    {
        using var process = await StartAsync(command, static _ => { });
        return await process.EndAsync();
    }

    /// <summary>Runs a command, and ends it with a signal once it is under way.</summary>
    /// <param name="signal">Such as <c>INT</c>, which is Ctrl-C.</param>
    /// <param name="line">A part of a line that says that it is under way; null: when the journal is open.</param>
    /// <param name="command">The command.</param>
    public async Task<(int Exit, string Output, string Error)> EndAsync(string signal, string? line, params string[] command)
    {
        var seen = new TaskCompletionSource();
        using var process = await StartAsync(command, text =>
        {
            if (line is not null && text.Contains(line, StringComparison.Ordinal))
            {
                seen.TrySetResult();
            }
        });
        while (line is null && !HasJournal)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
        await (line is null ? Task.CompletedTask : seen.Task).WaitAsync(TimeSpan.FromMinutes(5), TimeProvider.System, Cancellation);
        using var kill = Process.Start("kill", ["-s", signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        return await process.EndAsync();
    }

    /// <summary>The only document that an output is.</summary>
    public static JsonElement Json(string output)
    {
        using var document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A shell makes its background jobs ignore Ctrl-C, and so would all that a test starts in one: GNU's env undoes that.</summary>
    private static async Task<bool> CanResetSignalsAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }
        using var process = Process.Start(new ProcessStartInfo("env", ["--default-signal=INT", "true"]) { UseShellExecute = false, RedirectStandardError = true })!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    private async Task<Running> StartAsync(string[] command, Action<string> onLine)
    {
        string[] words = [.. await _resetsSignals.Value ? ["env", "--default-signal=INT"] : Array.Empty<string>(), "dotnet", Program, .. command];
        var start = new ProcessStartInfo(words[0], words[1..]) { UseShellExecute = false, WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Language is { } language)
        {
            start.Environment["LC_ALL"] = $"{language}.UTF-8";
        }
        return new Running(start, onLine);
    }

    private sealed class Running : IDisposable
    {
        private readonly Process _process;
        private readonly StringBuilder _output = new();
        private readonly StringBuilder _error = new();

        public Running(ProcessStartInfo start, Action<string> onLine)
        {
            _process = new Process { StartInfo = start };
            _process.OutputDataReceived += (_, e) => Keep(_output, e.Data, onLine);
            _process.ErrorDataReceived += (_, e) => Keep(_error, e.Data, onLine);
            _process.Start();
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        public int Id => _process.Id;

        public async Task<(int Exit, string Output, string Error)> EndAsync()
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            patience.CancelAfter(TimeSpan.FromMinutes(5));
            await _process.WaitForExitAsync(patience.Token);
            return (_process.ExitCode, _output.ToString(), _error.ToString());
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }
            _process.Dispose();
        }

        private static void Keep(StringBuilder text, string? line, Action<string> onLine)
        {
            if (line is not null)
            {
                text.Append(line).Append('\n');
                onLine(line);
            }
        }
    }
}
