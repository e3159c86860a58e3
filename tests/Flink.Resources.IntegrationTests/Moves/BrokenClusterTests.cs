namespace Flink.Resources.Integration;

/// <summary>A daemon of one of the clusters is killed while a move is under way, and comes back: the move is late, exact, and never twice.</summary>
[Collection(nameof(ClusterFailures))]
public sealed class BrokenClusterTests
{
    /// <summary>How long it stays dead: long enough that the move meets it, short enough for what else the machine does.</summary>
    private static readonly TimeSpan _death = TimeSpan.FromSeconds(5);

    /// <summary>Two deaths in one move, of daemons that it needs in different states: four moves would only take longer.</summary>
    [Theory]
    [InlineData("resourcemanager", MigrationState.Stopping, "apiserver", MigrationState.Submitting)]
    [InlineData("namenode", MigrationState.SourceFenced, "kubelet", MigrationState.Restoring)]
    public async Task Move_DaemonsAreKilledInTheMiddle_IsCommittedExactWithOneCopy(string first, MigrationState firstWhen, string second, MigrationState secondWhen)
    {
        await using var flow = new MoveFlow($"without-{first}");
        var source = await MoveFlow.StartAsync(flow.Yarn, flow.OnYarn);
        await using var sampler = new CopySampler(flow.Catalog, flow.Job);
        var broken = new Dictionary<MigrationState, Task>();

        var run = await flow.MoveAsync(flow.Request(source, toKubernetes: true), r =>
        {
            var daemon = r.State == firstWhen ? first : r.State == secondWhen ? second : null;
            if (daemon is not null && !broken.ContainsKey(r.State))
            {
                broken[r.State] = WithoutAsync(daemon);
            }
        });
        await Task.WhenAll(broken.Values);

        Assert.Equal([firstWhen, secondWhen], broken.Keys.Order());
        Assert.True(run.State == MigrationState.Committed, $"{run.State}, {run.Live}: {run.Reason} {run.Rollback}");
        Assert.Equal(LiveCopy.Target, run.Live);
        await flow.VerifyAsync();
    }

    private static Task<bool> WithoutAsync(string daemon) => Task.Run(() => ClusterFailures.WithoutAsync(daemon, static async () =>
    {
        await Task.Delay(_death, TimeProvider.System, MoveFlow.Cancellation);
        return true;
    }));
}
