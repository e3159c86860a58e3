using System.Collections.Concurrent;

namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>
/// Each fault at each request of each operation, one at a time: whatever goes wrong, the backend never says more than it knows, and
/// the same call again finds out.
/// </summary>
public abstract class BackendFaults
{
    /// <summary>All but a server that says of a thing that is there that it is not: that one cannot be seen through.</summary>
    private protected static readonly ServerFault[] Faults = [.. Enum.GetValues<ServerFault>().Except([ServerFault.None, ServerFault.NotFound])];

    /// <summary>Preparing and removing send many requests that are alike: one fault of each kind is enough.</summary>
    private protected static readonly ServerFault[] FaultsOfEachKind =
    [
        ServerFault.TimeoutAfterEffect, ServerFault.Forbidden, ServerFault.LyingNotFound, ServerFault.ServiceUnavailable,
        ServerFault.TruncatedBody, ServerFault.HtmlPage,
    ];

    private static readonly SemaphoreSlim Places = new(16);

    private readonly ConcurrentQueue<string> _failures = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract Task<Scene> StageAsync(Patience patience);

    private static Patience PatienceWith(ServerFault fault) =>
        fault is ServerFault.TimeoutBeforeEffect or ServerFault.TimeoutAfterEffect ? Patience.Short : Patience.Long;

    /// <summary>What changes nothing can be asked again and again of the same place.</summary>
    private protected async Task SweepReadsAsync(Func<Scene, PreparedApplication, Task> act)
    {
        await Task.WhenAll(Faults.Select(fault => InPlaceAsync(PatienceWith(fault), async scene =>
        {
            var prepared = await scene.RunAsync();
            var requests = await HitAsync(scene, prepared, ServerFault.None, 0, act);
            Assert.True(requests > 0, "The operation asks nothing.");
            for (var number = 1; number <= requests; number++)
            {
                await HitAsync(scene, prepared, fault, number, act);
            }
        })));
        Assert.True(_failures.IsEmpty, string.Join('\n', _failures));
    }

    private protected async Task SweepWritesAsync(
        ServerFault[] faults, Func<Scene, Task<PreparedApplication>> arrange, Func<Scene, PreparedApplication, Task> act)
    {
        var requests = 0;
        await InPlaceAsync(Patience.Long, async scene => requests = await HitAsync(scene, await arrange(scene), ServerFault.None, 0, act));
        Assert.True(requests > 0, "The operation asks nothing.");
        await Task.WhenAll(faults.SelectMany(fault => Enumerable.Range(1, requests).Select(number => InPlaceAsync(
            PatienceWith(fault), async scene => await HitAsync(scene, await arrange(scene), fault, number, act)))));
        Assert.True(_failures.IsEmpty, string.Join('\n', _failures));
    }

    private async Task InPlaceAsync(Patience patience, Func<Scene, Task> use)
    {
        await Places.WaitAsync(Cancellation);
        try
        {
            await using var scene = await StageAsync(patience);
            await use(scene);
        }
        finally
        {
            Places.Release();
        }
    }

    /// <summary>Makes the request of a number fail, of those that follow until the place is healed; says how many there were.</summary>
    private async Task<int> HitAsync(
        Scene scene, PreparedApplication prepared, ServerFault fault, int number, Func<Scene, PreparedApplication, Task> act)
    {
        var (count, hit) = (0, "no request");
        scene.Server.Next(fault, request =>
        {
            if (++count != number)
            {
                return false;
            }
            hit = $"request {number}, {request.Method} {request.Path}{request.Query}";
            return true;
        });
        try
        {
            await act(scene, prepared);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _failures.Enqueue($"{fault} at {hit}: {exception.GetType().Name} {exception.Message}");
        }
        scene.Server.Heal();
        return count;
    }
}
