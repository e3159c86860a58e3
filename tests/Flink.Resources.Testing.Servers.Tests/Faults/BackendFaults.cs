namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>
/// Each fault at each request of each operation, one at a time: whatever goes wrong, the backend never says more than it knows, and
/// the same call again finds out.
/// </summary>
public abstract class BackendFaults
{
    private static readonly SemaphoreSlim Places = new(12);

    /// <summary>All but a server that says of a thing that is there that it is not: that one cannot be seen through.</summary>
    public static TheoryData<ServerFault> Faults =>
        [.. Enum.GetValues<ServerFault>().Except([ServerFault.None, ServerFault.NotFound])];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Find_WithAFault_IsNeverAbsentAndNeverWrong(ServerFault fault) => SweepAsync(
        fault,
        static scene => scene.RunAsync(),
        static async (scene, _, at) =>
        {
            var found = await scene.Backend.FindAsync(scene.Fence, Cancellation);

            Assert.True(found.Status is LookupStatus.Found or LookupStatus.Unknown, $"{at}: {found}");
            Assert.True(
                found.Match(static r => r.State is ApplicationState.Running or ApplicationState.Starting, static _ => false, static _ => true),
                $"{at}: {found}");
        });

    [Theory]
    [MemberData(nameof(Faults))]
    public Task FindByHandle_WithAFault_IsNeverAbsent(ServerFault fault) => SweepAsync(
        fault,
        static scene => scene.RunAsync(),
        static async (scene, prepared, at) =>
        {
            var found = await scene.Backend.FindAsync(prepared.Application, Cancellation);

            Assert.True(found.Status is LookupStatus.Found or LookupStatus.Unknown, $"{at}: {found}");
        });

    [Theory]
    [MemberData(nameof(Faults))]
    public Task ProbeDeath_OfTheLivingWithAFault_IsNeverDead(ServerFault fault) => SweepAsync(
        fault,
        static scene => scene.RunAsync(),
        static async (scene, prepared, at) =>
        {
            var probe = await scene.Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation);

            Assert.True(probe.Verdict is DeathVerdict.Alive or DeathVerdict.Unknown, $"{at}: {probe}");
        });

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Prepare_WithAFault_IsPreparedByTheSameCallAgain(ServerFault fault) => SweepAsync(
        fault,
        static _ => Task.FromResult<PreparedApplication>(null!),
        static async (scene, _, at) =>
        {
            var first = await scene.Backend.PrepareAsync(scene.Fence, scene.Spec, Cancellation);
            scene.Server.Heal();
            var again = await scene.Backend.PrepareAsync(scene.Fence, scene.Spec, Cancellation);

            Assert.True(first is PrepareOutcome.Prepared or PrepareOutcome.Indeterminate, $"{at}: {first}");
            var prepared = Assert.IsType<PrepareOutcome.Prepared>(again).Application;
            Assert.True(first is not PrepareOutcome.Prepared { Application: var early } || early.Application == prepared.Application, at);
            Assert.Equal(ApplicationState.Prepared, (await scene.Backend.FindAsync(scene.Fence, Cancellation))
                .Match(static r => r.State, static _ => ApplicationState.Unknown, static _ => ApplicationState.Unknown));
            Assert.Equal(0, scene.Started);
        });

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Start_WithAFault_IsOneApplicationByTheSameCallAgain(ServerFault fault) => SweepAsync(
        fault,
        static scene => scene.PrepareAsync(),
        static async (scene, prepared, at) =>
        {
            var first = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
            Assert.True(first is not StartOutcome.Refused || scene.Started == 0, $"{at}: it runs, and is said to be refused: {first}");
            scene.Server.Heal();
            await Scene.UntilAsync(async () => await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation)
                is StartOutcome.Accepted or StartOutcome.AlreadyStarted);
            await Scene.UntilAsync(async () => (await scene.Backend.FindAsync(scene.Fence, Cancellation))
                .Match(static r => r.State == ApplicationState.Running, static _ => false, static _ => false));

            Assert.True(scene.Started == 1, $"{at}: {scene.Started} applications after {first}.");
        });

    [Theory]
    [MemberData(nameof(Faults))]
    public Task Remove_WithAFault_SaysGoneOnlyOfTheGone(ServerFault fault) => SweepAsync(
        fault,
        static scene => scene.RunAsync(),
        static async (scene, prepared, at) =>
        {
            var first = await scene.Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation);
            Assert.True(first is not (RemoveOutcome.Removed or RemoveOutcome.AlreadyGone) || !scene.IsLive, $"{at}: it lives, and is said to be gone: {first}");
            scene.Server.Heal();
            await Scene.UntilAsync(async () => await scene.Backend.RemoveAsync(prepared.Application, HaMetadata.Purge, Cancellation)
                is RemoveOutcome.Removed or RemoveOutcome.AlreadyGone);

            Assert.False(scene.IsLive, at);
            Assert.Equal(DeathVerdict.Dead, (await scene.Backend.ProbeDeathAsync(new CopyRef(prepared.Application), Cancellation)).Verdict);
        });

    private protected abstract Task<Scene> StageAsync();

    private async Task SweepAsync(
        ServerFault fault, Func<Scene, Task<PreparedApplication>> arrange, Func<Scene, PreparedApplication, string, Task> act)
    {
        var tries = 0;
        var requests = await TryAsync(0);
        Assert.True(requests > 0, "The operation asks nothing.");
        await Task.WhenAll(Enumerable.Range(1, requests).Select(TryAsync));
        Assert.True(tries > requests);

        // The fault hits the request of this number, which varies a little where requests are sent at once; without a number, none.
        async Task<int> TryAsync(int number)
        {
            await Places.WaitAsync(Cancellation);
            try
            {
                await using var scene = await StageAsync();
                var prepared = await arrange(scene);
                var (count, hit) = (0, "no fault");
                scene.Server.Next(number == 0 ? ServerFault.None : fault, request =>
                {
                    if (++count != number)
                    {
                        return false;
                    }
                    hit = $"{fault} at {number}: {request}";
                    return true;
                });
                await ActAsync(() => act(scene, prepared, hit), () => hit);
                Interlocked.Increment(ref tries);
                return count;
            }
            finally
            {
                Places.Release();
            }
        }
    }

    /// <summary>An exception says which request was hit.</summary>
    private static async Task ActAsync(Func<Task> act, Func<string> hit)
    {
        try
        {
            await act();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{hit()}: {exception.Message}", exception);
        }
    }
}
