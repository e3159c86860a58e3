using System.Collections.Concurrent;

namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>
/// Each fault at each request of each operation, one at a time: whatever goes wrong, the backend never says more than it knows, and
/// the same call again finds out.
/// </summary>
public abstract class BackendFaults
{
    /// <summary>All but a server that says of a thing that is there that it is not: that one cannot be seen through.</summary>
    private static readonly ServerFault[] Faults = [.. Enum.GetValues<ServerFault>().Except([ServerFault.None, ServerFault.NotFound])];

    /// <summary>Preparing and removing send many requests that are alike: one fault of each kind is enough.</summary>
    private static readonly ServerFault[] FaultsOfEachKind =
    [
        ServerFault.TimeoutAfterEffect, ServerFault.Forbidden, ServerFault.LyingNotFound, ServerFault.ServiceUnavailable,
        ServerFault.TruncatedBody, ServerFault.HtmlPage,
    ];

    private static readonly SemaphoreSlim Places = new(16);

    private readonly ConcurrentQueue<string> _failures = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public Task Find_WithAFault_IsNeverAbsentAndNeverWrong() => SweepReadsAsync(static async (scene, _) =>
    {
        var found = await scene.Backend.FindAsync(scene.Fence, Cancellation);

        Assert.True(found.Status is LookupStatus.Found or LookupStatus.Unknown, found.ToString());
        Assert.True(found.Match(static r => r.State is ApplicationState.Running or ApplicationState.Starting, static _ => false, static _ => true), found.ToString());
    });

    [Fact]
    public Task FindByHandle_WithAFault_IsNeverAbsentAndNeverWrong() => SweepReadsAsync(static async (scene, prepared) =>
    {
        var found = await scene.Backend.FindAsync(prepared.Application, Cancellation);

        Assert.True(found.Status is LookupStatus.Found or LookupStatus.Unknown, found.ToString());
        Assert.True(found.Match(static r => r.State is ApplicationState.Running or ApplicationState.Starting, static _ => false, static _ => true), found.ToString());
    });

    [Fact]
    public Task ProbeDeath_OfTheLivingWithAFault_IsNeverDead() => SweepReadsAsync(static async (scene, prepared) =>
    {
        var probe = await scene.Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation);

        Assert.True(probe.Verdict is DeathVerdict.Alive or DeathVerdict.Unknown, probe.ToString());
    });

    [Fact]
    public Task Connect_WithAFault_IsNeverAbsent() => SweepReadsAsync(static async (scene, prepared) =>
    {
        var found = await scene.Backend.ConnectAsync(prepared.Application, Cancellation);

        Assert.True(found.Status is LookupStatus.Found or LookupStatus.Unknown, found.ToString());
    });

    [Fact]
    public Task Start_OfTheLivingWithAFault_IsNeverRefused() => SweepReadsAsync(static async (scene, prepared) =>
    {
        var again = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Assert.True(again is StartOutcome.AlreadyStarted or StartOutcome.Indeterminate, again.ToString());
        Assert.Equal(1, scene.Started);
    });

    [Fact]
    public Task Prepare_WithAFault_IsPreparedByTheSameCallAgain() => SweepWritesAsync(
        FaultsOfEachKind,
        static _ => Task.FromResult<PreparedApplication>(null!),
        static async (scene, _) =>
        {
            var first = await scene.Backend.PrepareAsync(scene.Fence, scene.Spec, Cancellation);
            scene.Server.Heal();
            // A process that knows nothing of the fault.
            var again = await scene.Restarted().PrepareAsync(scene.Fence, scene.Spec, Cancellation);

            Assert.True(first is PrepareOutcome.Prepared or PrepareOutcome.Indeterminate, first.ToString());
            var prepared = Assert.IsType<PrepareOutcome.Prepared>(again).Application;
            Assert.True(first is not PrepareOutcome.Prepared { Application: var early } || early.Application == prepared.Application, $"{first}, then {again}");
            var found = await scene.Backend.FindAsync(scene.Fence, Cancellation);
            Assert.True(found.Match(r => r.State == ApplicationState.Prepared && r.Application == prepared.Application, static _ => false, static _ => false), found.ToString());
            Assert.Equal(0, scene.Started);
            scene.CheckPrepared(prepared);
        });

    [Fact]
    public Task Start_WithAFault_IsOneApplicationByTheSameCallAgain() => SweepWritesAsync(
        Faults,
        static scene => scene.PrepareAsync(),
        static async (scene, prepared) =>
        {
            var first = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
            Assert.True(first is not StartOutcome.Refused || scene.Started == 0, $"It runs, and is said to be refused: {first}");
            scene.Server.Heal();
            await Scene.UntilAsync(async () => await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation)
                is StartOutcome.Accepted or StartOutcome.AlreadyStarted);
            await scene.UntilRunningAsync();

            Assert.True(scene.Started == 1, $"{scene.Started} applications after {first}.");
        });

    [Fact]
    public Task Remove_WithAFault_SaysGoneOnlyOfTheGone() => SweepWritesAsync(
        FaultsOfEachKind,
        static scene => scene.RunAsync(),
        static async (scene, prepared) =>
        {
            var first = await scene.Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation);
            Assert.True(first is not (RemoveOutcome.Removed or RemoveOutcome.AlreadyGone) || !scene.IsLive, $"It lives, and is said to be gone: {first}");
            scene.Server.Heal();
            await Scene.UntilAsync(async () => await scene.Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation)
                is RemoveOutcome.Removed or RemoveOutcome.AlreadyGone);

            Assert.False(scene.IsLive);
            await Scene.UntilAsync(async () =>
                (await scene.Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation)).Verdict == DeathVerdict.Dead);
        });

    private protected abstract Task<Scene> StageAsync();

    /// <summary>What changes nothing can be asked again and again of the same place.</summary>
    private async Task SweepReadsAsync(Func<Scene, PreparedApplication, Task> act)
    {
        await Task.WhenAll(Faults.Select(fault => InPlaceAsync(async scene =>
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

    private async Task SweepWritesAsync(
        ServerFault[] faults, Func<Scene, Task<PreparedApplication>> arrange, Func<Scene, PreparedApplication, Task> act)
    {
        var requests = 0;
        await InPlaceAsync(async scene => requests = await HitAsync(scene, await arrange(scene), ServerFault.None, 0, act));
        Assert.True(requests > 0, "The operation asks nothing.");
        await Task.WhenAll(faults.SelectMany(fault => Enumerable.Range(1, requests).Select(number => InPlaceAsync(
            async scene => await HitAsync(scene, await arrange(scene), fault, number, act)))));
        Assert.True(_failures.IsEmpty, string.Join('\n', _failures));
    }

    private async Task InPlaceAsync(Func<Scene, Task> use)
    {
        await Places.WaitAsync(Cancellation);
        try
        {
            await using var scene = await StageAsync();
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
