using Flink.Resources.Testing.Servers.Yarn;

namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>The real backend over a fake cluster.</summary>
internal sealed class YarnScene(FakeYarn yarn, Patience patience = Patience.Long) : Scene(yarn)
{
    public override IResourceBackend Backend { get; } = New(yarn, patience);

    public override ApplicationSpec Spec => YarnPlace.Spec(yarn, Fence.Job, TestJobs.Streaming);

    public override int Started => yarn.Applications.Length;

    public override bool IsLive => yarn.Applications.Any(static a => a.State is not ("FINISHED" or "FAILED" or "KILLED"));

    public override IResourceBackend Restarted() => New(yarn, Patience.Long);

    public override void CheckPrepared(PreparedApplication prepared)
    {
        var submission = yarn.Hdfs.Read($"{prepared.Payload}/submission.json");
        Assert.Contains("/opt/hadoop/lib/*", submission, StringComparison.Ordinal);
        Assert.DoesNotContain(yarn.Hdfs.Files, static f => f.StartsWith("/flink-resources/fences/", StringComparison.Ordinal) && f.EndsWith(".result", StringComparison.Ordinal));
    }

    private static IResourceBackend New(FakeYarn yarn, Patience patience) => YarnPlace.Backend(yarn, "one", options =>
    {
        options.Profiles["1.20"].LibraryDirectories.Remove("/flink/plugins");
        options.AttemptTimeout = patience.Attempt();
        options.CallTimeout = patience.Call();
    });
}
