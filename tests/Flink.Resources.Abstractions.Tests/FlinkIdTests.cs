namespace Flink.Resources;

public sealed class FlinkIdTests
{
    [Fact]
    public void FlinkJobId_UpperCase_IsNormalised() =>
        Assert.Equal(new FlinkJobId(new string('a', 32)), new FlinkJobId(new string('A', 32)));

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/../x")]
    public void Ids_NotHexadecimal_AreRefused(string text)
    {
        Assert.Throws<FormatException>(() => new FlinkJobId(text));
        Assert.Throws<FormatException>(() => new TriggerId(text));
    }

    [Fact]
    public void AllTasksRun_JobRunningButATaskDeploying_IsFalse()
    {
        var job = new FlinkJobSummary { Id = default, Name = "x", State = FlinkJobState.Running, TasksTotal = 4, TasksRunning = 3 };

        Assert.False(job.AllTasksRun);
        Assert.True((job with { TasksFinished = 1 }).AllTasksRun);
    }
}
