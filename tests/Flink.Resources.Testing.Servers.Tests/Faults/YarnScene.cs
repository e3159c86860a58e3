using Flink.Resources.Testing.Servers.Yarn;

namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>The real backend over a fake cluster with short time-outs.</summary>
internal sealed class YarnScene(FakeYarn yarn) : Scene(yarn)
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
