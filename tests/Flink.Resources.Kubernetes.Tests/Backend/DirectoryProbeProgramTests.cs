using System.Buffers.Binary;
using Flink.Resources.Flink;

namespace Flink.Resources.Kubernetes;

public sealed class DirectoryProbeProgramTests
{
    private static Evidence Seen(string words) => new("k8s-east", DateTimeOffset.UnixEpoch, words);

    private static DirectoryProbeOutcome Outcome(int exitCode) => DirectoryProbeProgram.Outcome(exitCode, "hdfs://ns1/s", "as ads: AccessControlException", Seen);

    [Theory]
    [InlineData(11, DirectoryProbeStep.Connect)]
    [InlineData(12, DirectoryProbeStep.List)]
    [InlineData(13, DirectoryProbeStep.Write)]
    [InlineData(14, DirectoryProbeStep.Read)]
    [InlineData(15, DirectoryProbeStep.Delete)]
    public void Outcome_OfTheProgramsOwnCodes_NamesTheStep(int exitCode, DirectoryProbeStep step)
    {
        var failed = Assert.IsType<DirectoryProbeOutcome.NotUsable>(Outcome(exitCode));

        Assert.Equal(step, failed.Failed);
        Assert.Equal("hdfs://ns1/s as ads: AccessControlException", failed.Evidence.Seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(16)]
    [InlineData(137)]
    [InlineData(-100)]
    public void Outcome_OfACodeThatIsNotItsOwn_SaysNothingAboutTheDirectory(int exitCode) =>
        Assert.IsType<DirectoryProbeOutcome.Indeterminate>(Outcome(exitCode));

    [Fact]
    public void Outcome_OfSuccess_IsUsable() => Assert.IsType<DirectoryProbeOutcome.Usable>(Outcome(0));

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("a b")]
    public void CheckName_OfNoName_Throws(string name) => Assert.Throws<ArgumentException>(() => DirectoryProbeProgram.CheckName(name));

    [Fact]
    public void Bytes_AreAClassThatJava8Runs()
    {
        var bytes = DirectoryProbeProgram.Bytes();

        Assert.Equal(0xCAFEBABE, BinaryPrimitives.ReadUInt32BigEndian(bytes));
        Assert.Equal(52, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(6)));
    }
}
