using System.Text.Json;

namespace Flink.Resources.Yarn;

/// <summary>YARN's words for an application in ours.</summary>
public sealed class ReportMappingTests
{
    private static readonly ApplicationHandle Handle = new() { Backend = "yarn-east", Identity = new BackendIdentity("yarn:x"), Id = "application_1_0001" };

    [Theory]
    [InlineData("NEW", "UNDEFINED", ApplicationState.Starting, ApplicationResult.Unknown)]
    [InlineData("ACCEPTED", "UNDEFINED", ApplicationState.Starting, ApplicationResult.Unknown)]
    [InlineData("RUNNING", "UNDEFINED", ApplicationState.Running, ApplicationResult.Unknown)]
    [InlineData("KILLING", "UNDEFINED", ApplicationState.Running, ApplicationResult.Unknown)]
    [InlineData("FINISHED", "SUCCEEDED", ApplicationState.Finished, ApplicationResult.Succeeded)]
    [InlineData("FINISHED", "FAILED", ApplicationState.Finished, ApplicationResult.Failed)]
    [InlineData("FINISHED", "KILLED", ApplicationState.Finished, ApplicationResult.Canceled)]
    [InlineData("FAILED", "FAILED", ApplicationState.Finished, ApplicationResult.Failed)]
    [InlineData("KILLED", "KILLED", ApplicationState.Finished, ApplicationResult.Killed)]
    [InlineData("SOMETHING_NEW", "UNDEFINED", ApplicationState.Unknown, ApplicationResult.Unknown)]
    public void Report_EachState_IsItsOwn(string state, string final, ApplicationState mapped, ApplicationResult result)
    {
        var report = Report($$"""{"state":"{{state}}","finalStatus":"{{final}}"}""");

        Assert.Equal((mapped, result), (report.State, report.Result));
    }

    [Fact]
    public void Report_TagsAndName_AreTheFence()
    {
        var report = Report("""{"state":"RUNNING","name":"ads/clicks","applicationTags":"flink-resources,flink-resources-epoch-7"}""");

        Assert.Equal(new Fence(JobKey.Parse("ads/clicks"), 7), report.Fence);
    }

    [Theory]
    [InlineData("""{"state":"RUNNING","name":"ads/clicks"}""")]
    [InlineData("""{"state":"RUNNING","name":"Flink session","applicationTags":"flink-resources-epoch-7"}""")]
    [InlineData("""{"state":"RUNNING","name":"ads/clicks","applicationTags":"flink-resources-epoch-x"}""")]
    public void Report_AnApplicationOfOthers_HasNoFence(string json) => Assert.Null(Report(json).Fence);

    [Theory]
    [InlineData("RUNNING", "node:1234", "http://node:1234/")]
    [InlineData("RUNNING", "node:-1", null)]
    [InlineData("RUNNING", "N/A", null)]
    [InlineData("ACCEPTED", "node:1234", null)]
    public void Report_Address_OnlyOfAnApplicationMasterThatIsUp(string state, string address, string? expected) => Assert.Equal(
        expected, Report($$"""{"state":"{{state}}","amRPCAddress":"{{address}}"}""").RestAddress?.AbsoluteUri);

    [Fact]
    public void Report_AmountsThatYarnDoesNotKnow_AreNone()
    {
        var report = Report("""{"state":"ACCEPTED","allocatedMB":-1,"allocatedVCores":-1,"runningContainers":-1}""");

        Assert.Equal((0L, 0L, 0), (report.AllocatedMemory.Bytes, report.AllocatedCpuMillicores, report.Containers));
    }

    private static ApplicationReport Report(string json)
    {
        using var document = JsonDocument.Parse(json);
        return ReportMapping.Report(document.RootElement, Handle);
    }
}
