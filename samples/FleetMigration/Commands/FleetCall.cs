using System.CommandLine;
using Flink.Resources;
using Flink.Resources.Fleet;
using Microsoft.Extensions.DependencyInjection;

namespace FleetMigration.Commands;

/// <summary>One command over one fleet file: read it, compose what it describes, do it, show what came of it.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="Output">Where results go.</param>
/// <param name="CancellationToken">Ctrl-C: ends between two effects.</param>
internal sealed record FleetCall(IFleet Fleet, FleetOutput Output, CancellationToken CancellationToken)
{
    /// <summary>Runs a command and answers with the exit code of the process.</summary>
    /// <param name="command">The command.</param>
    /// <param name="file">The fleet file.</param>
    /// <param name="output">Where results and failures go.</param>
    /// <param name="ended">What to say when Ctrl-C ends it.</param>
    /// <param name="work">What it does; null is nothing to show.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    public static async Task<int> RunAsync(
        Command command, string file, FleetOutput output, string ended, Func<FleetCall, Task<FleetResult?>> work, CancellationToken cancellationToken)
    {
        var result = await ResultAsync(command, file, output, ended, work, cancellationToken).ConfigureAwait(false);
        return result is null ? (int)FleetExit.Ok : output.End(result);
    }

    /// <summary>What goes on until Ctrl-C: to be ended is how it ends well.</summary>
    public async Task UntilEndedAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (CancellationToken.IsCancellationRequested)
        {
            // Asked for.
        }
    }

    private static async Task<FleetResult?> ResultAsync(
        Command command, string file, FleetOutput output, string ended, Func<FleetCall, Task<FleetResult?>> work, CancellationToken cancellationToken)
    {
        try
        {
            var (document, failure) = await ReadAsync(file, cancellationToken).ConfigureAwait(false);
            if (document is null)
            {
                return failure;
            }
            var services = new ServiceCollection();
            services.AddFleet(document).AddFleetOperations(document);
            var container = services.BuildServiceProvider();
            await using var _ = container.ConfigureAwait(false);
            return await work(new FleetCall(container.GetRequiredService<IFleet>(), output, cancellationToken)).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new FleetEnd { Exit = FleetExit.LeftAlone, Words = ended };
        }
        catch (UnknownNameException exception)
        {
            // As it was written: an option of that name where the command has one, else its argument.
            return FleetFailure.Of(exception, command.Options.Select(static o => o.Name).FirstOrDefault(n => n == $"--{exception.Kind}") ?? exception.Kind);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Whatever it fails with: people read one line, and programs JSON.
            return Failure(FleetExit.Failure, exception is JournalException or ResourceBackendException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private static async Task<(FleetDocument? Document, FleetFailure? Failure)> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var read = FleetDocumentReader.Read(await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false), file, Environment.GetEnvironmentVariable);
            return (read.Document, read.Document is null ? FleetFailure.Of(read.Errors) : null);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, Failure(FleetExit.BadInput, $"{file} can't be read: {exception.Message}", file));
        }
    }

    private static FleetFailure Failure(FleetExit exit, string message, string? file = null) => new() { Exit = exit, Errors = [new FleetError(message) { File = file }] };
}
