using System.Diagnostics;
using System.Globalization;

namespace Flink.Resources.Storage.Sqlite;

/// <summary>Another process on the same file.</summary>
internal sealed class WriterProcess : IDisposable
{
    private readonly Process _process;

    public WriterProcess(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "JournalWriter.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start)!;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public void Kill() => _process.Kill();

    /// <summary>What it said, to its end.</summary>
    public async Task<List<long>> ReadToEndAsync(CancellationToken cancellationToken)
    {
        var said = new List<long>();
        while (await ReadAsync(cancellationToken) is { } sequence)
        {
            said.Add(sequence);
        }
        await _process.WaitForExitAsync(cancellationToken);
        return said;
    }

    /// <summary>The next sequence it said, null at the end. A line that was cut off was not acknowledged to anybody.</summary>
    public async Task<long?> ReadAsync(CancellationToken cancellationToken) =>
        await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line ? long.Parse(line, CultureInfo.InvariantCulture) : null;

    public async Task<string> ErrorsAsync(CancellationToken cancellationToken) => await _process.StandardError.ReadToEndAsync(cancellationToken);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
