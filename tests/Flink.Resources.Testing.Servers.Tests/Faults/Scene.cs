namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>A server of its own, a real backend over it, and one job.</summary>
internal abstract class Scene(FakeServer server) : IAsyncDisposable
{
    public FakeServer Server => server;

    public Fence Fence { get; } = new(JobKey.Parse("faults/job"), 1);

    public abstract IResourceBackend Backend { get; }

    public abstract ApplicationSpec Spec { get; }

    /// <summary>How many applications the server was made to start, ever.</summary>
    public abstract int Started { get; }

    /// <summary>Whether something of the application can still run.</summary>
    public abstract bool IsLive { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The backend as after a restart of its process: nothing in memory, the same holder of fences, time enough.</summary>
    public abstract IResourceBackend Restarted();

    /// <summary>Fails unless what was prepared is what a prepare without faults makes.</summary>
    public virtual void CheckPrepared(PreparedApplication prepared)
    {
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    /// <summary>On a busy machine a call without a fault may be late too: the same call again finds out.</summary>
    public async Task<PreparedApplication> PrepareAsync()
    {
        PreparedApplication? prepared = null;
        await UntilAsync(async () => (prepared = (await Backend.PrepareAsync(Fence, Spec, Cancellation) as PrepareOutcome.Prepared)?.Application) is not null);
        return prepared!;
    }

    public Task UntilStartedAsync(PreparedApplication prepared) => UntilAsync(async () =>
        await Backend.StartAsync(prepared, RestorePoint.None, Cancellation) is StartOutcome.Accepted or StartOutcome.AlreadyStarted);

    public async Task<PreparedApplication> RunAsync()
    {
        var prepared = await PrepareAsync();
        await UntilStartedAsync(prepared);
        await UntilRunningAsync();
        return prepared;
    }

    public Task UntilRunningAsync() => UntilAsync(async () => (await Backend.FindAsync(Fence, Cancellation))
        .Match(static r => r.State == ApplicationState.Running, static _ => false, static _ => false));

    public static async Task UntilAsync(Func<Task<bool>> done)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await done())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromMinutes(3), "Nothing came of it within 3 minutes.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Cancellation);
        }
    }
}
