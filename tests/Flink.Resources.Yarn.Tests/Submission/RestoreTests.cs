using System.Text.Json.Nodes;
using Flink.Resources.Yarn.Submission;

namespace Flink.Resources.Yarn;

/// <summary>The restore point travels in the AM's command.</summary>
public sealed class RestoreTests
{
    [Fact]
    public void SetRestore_ASnapshot_StandsBeforeTheRedirection()
    {
        var submission = Submission();

        ApplicationSubmission.SetRestore(submission, new RestorePoint.Snapshot("hdfs://nn:8020/sp/1"));

        var command = (string)submission["am-container-spec"]!["commands"]!["command"]!;
        Assert.StartsWith("java Main -D execution.state-recovery.path=hdfs://nn:8020/sp/1 ", command, StringComparison.Ordinal);
        Assert.EndsWith(" 1> out 2> err", command, StringComparison.Ordinal);
    }

    [Fact]
    public void SetRestore_None_ChangesNothing()
    {
        var submission = Submission();

        ApplicationSubmission.SetRestore(submission, RestorePoint.None);

        Assert.Equal(Submission().ToJsonString(), submission.ToJsonString());
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1000, 1)]
    [InlineData(1001, 2)]
    [InlineData(2500, 3)]
    public void Cores_AreWholeAndRoundedUp(int millicores, int cores) => Assert.Equal(cores, ApplicationSubmission.Cores(millicores));

    private static JsonObject Submission() =>
        new() { ["am-container-spec"] = new JsonObject { ["commands"] = new JsonObject { ["command"] = "java Main 1> out 2> err" } } };
}
