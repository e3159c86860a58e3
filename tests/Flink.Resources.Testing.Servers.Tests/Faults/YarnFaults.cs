using Flink.Resources.Testing.Servers.Yarn;

namespace Flink.Resources.Testing.Servers.Faults;

public sealed class YarnFaults : BackendFaults
{
    private protected override async Task<Scene> StageAsync() => new YarnScene(await YarnPlace.StartAsync());

    private sealed class YarnScene(FakeYarn yarn) : Scene(yarn)
    {
        public override IResourceBackend Backend { get; } = YarnPlace.Backend(yarn, "one", static options =>
        {
            options.AttemptTimeout = TimeSpan.FromSeconds(1);
            options.CallTimeout = TimeSpan.FromSeconds(3);
        });

        public override ApplicationSpec Spec => YarnPlace.Spec(yarn, Fence.Job, TestJobs.Streaming);

        public override int Started => yarn.Applications.Length;

        public override bool IsLive => yarn.Applications.Any(static a => a.State is not ("FINISHED" or "FAILED" or "KILLED"));
    }
}
