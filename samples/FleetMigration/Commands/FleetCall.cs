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
    public static async Task<int> RunAsync(string file, FleetOutput output, Func<FleetCall, Task<FleetResult>> work, CancellationToken cancellationToken)
    {
        try
        {
            var read = FleetDocumentReader.Read(await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false), file, Environment.GetEnvironmentVariable);
            if (read.Document is not { } document)
            {
                output.Show(read.Errors);
                return (int)FleetExit.BadDocument;
            }
            var services = new ServiceCollection();
            services.AddFleet(document).AddFleetOperations(document);
            var container = services.BuildServiceProvider();
            await using var _ = container.ConfigureAwait(false);
            var result = await work(new FleetCall(container.GetRequiredService<IFleet>(), output, cancellationToken)).ConfigureAwait(false);
            output.Show(result);
            return (int)result.Exit;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            FleetOutput.Say("Stopped between two steps. The same command goes on from there.");
            return (int)FleetExit.LeftAlone;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            FleetOutput.Say($"{file} can't be read: {exception.Message}");
            return (int)FleetExit.BadDocument;
        }
        catch (Exception exception) when (exception is JournalException or ResourceBackendException or KeyNotFoundException or ArgumentException or InvalidOperationException)
        {
            FleetOutput.Say(exception.Message);
            return (int)FleetExit.Failure;
        }
    }
}
