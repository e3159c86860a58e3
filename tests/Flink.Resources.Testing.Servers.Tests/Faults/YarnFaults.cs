using Flink.Resources.Testing.Servers.Yarn;

namespace Flink.Resources.Testing.Servers.Faults;

public sealed class YarnFaults : BackendFaults
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_RefusedWhileAnEarlierOneMayArrive_IsIndeterminate()
    {
        await using var scene = new YarnScene(await YarnPlace.StartAsync());
        var prepared = await scene.PrepareAsync();
        scene.Server.Next(ServerFault.TimeoutBeforeEffect, IsSubmission);
        scene.Server.Next(ServerFault.Forbidden, IsSubmission);

        var first = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        var second = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);
        var third = await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation);

        Assert.IsType<StartOutcome.Indeterminate>(first);
        Assert.IsType<StartOutcome.Indeterminate>(second);
        Assert.IsType<StartOutcome.Accepted>(third);
    }

    [Fact]
    public async Task Start_RefusedAtOnce_IsRefusedAndCanBeRepeated()
    {
        await using var scene = new YarnScene(await YarnPlace.StartAsync());
        var prepared = await scene.PrepareAsync();
        scene.Server.Next(ServerFault.Forbidden, IsSubmission, times: 2);

        Assert.IsType<StartOutcome.Refused>(await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        Assert.IsType<StartOutcome.Refused>(await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
        Assert.Equal(0, scene.Started);
        Assert.IsType<StartOutcome.Accepted>(await scene.Backend.StartAsync(prepared, RestorePoint.None, Cancellation));
    }

    [Fact]
    public async Task Find_WhileTheJobManagerIsInTrouble_KeepsTheResourceManagersWord()
    {
        await using var yarn = await YarnPlace.StartAsync();
        var scene = new YarnScene(yarn);
        await scene.RunAsync();
        var flink = Assert.Single(yarn.Applications).Flink!;
        foreach (var fault in Enum.GetValues<ServerFault>())
        {
            flink.Next(fault, times: int.MaxValue);

            var found = await scene.Backend.FindAsync(scene.Fence, Cancellation);

            Assert.True(found.Match(static r => r.State == ApplicationState.Running, static _ => false, static _ => false), $"{fault}: {found}");
            flink.Heal();
        }
    }

    private protected override async Task<Scene> StageAsync() => new YarnScene(await YarnPlace.StartAsync());

    private static bool IsSubmission(ServerRequest request) => request is { Method: "POST", Path: "/ws/v1/cluster/apps" };

    private sealed class YarnScene(FakeYarn yarn) : Scene(yarn)
    {
        public override IResourceBackend Backend { get; } = New(yarn);

        public override ApplicationSpec Spec => YarnPlace.Spec(yarn, Fence.Job, TestJobs.Streaming);

        public override int Started => yarn.Applications.Length;

        public override bool IsLive => yarn.Applications.Any(static a => a.State is not ("FINISHED" or "FAILED" or "KILLED"));

        public override IResourceBackend Restarted() => New(yarn);

        public override void CheckPrepared(PreparedApplication prepared)
        {
            var submission = yarn.Hdfs.Read($"{prepared.Payload}/submission.json");
            Assert.Contains("/opt/hadoop/lib/*", submission, StringComparison.Ordinal);
            Assert.DoesNotContain(yarn.Hdfs.Files, static f => f.StartsWith("/flink-resources/fences/", StringComparison.Ordinal) && f.EndsWith(".result", StringComparison.Ordinal));
        }

        private static IResourceBackend New(FakeYarn yarn) => YarnPlace.Backend(yarn, "one", static options =>
        {
            options.Profiles["1.20"].LibraryDirectories.Remove("/flink/plugins");
            options.AttemptTimeout = TimeSpan.FromSeconds(1);
            options.CallTimeout = TimeSpan.FromSeconds(3);
        });
    }
}
