using Flink.Resources.Flink;

namespace Flink.Resources.Translation;

public sealed class FlinkListTextTests
{
    [Theory]
    [InlineData("[--rate, '2000', --verify, 'hdfs://ns1/out']", new[] { "--rate", "2000", "--verify", "hdfs://ns1/out" })]
    [InlineData("['a, b', 'it''s', '']", new[] { "a, b", "it's", "" })]
    [InlineData("--rate;100", new[] { "--rate", "100" })]
    [InlineData("[]", new string[0])]
    [InlineData("", new string[0])]
    public void Parse_AsFlinkShowsIt(string text, string[] items) => Assert.Equal(items, FlinkListText.Parse(text));
}
