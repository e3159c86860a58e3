using CsCheck;

namespace Flink.Resources;

public sealed class MemorySizeTests
{
    [Theory]
    [InlineData("1728m", 1728L << 20)]
    [InlineData("1 GB", 1L << 30)]
    [InlineData("4096", 4096)]
    [InlineData("0b", 0)]
    [InlineData("3 tebibytes", 3L << 40)]
    public void Parse_FlinksNotation_CountsIn1024(string text, long bytes) => Assert.Equal(bytes, MemorySize.Parse(text).Bytes);

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1m")]
    [InlineData("1.5g")]
    [InlineData("1x")]
    [InlineData("9999999999999999999")]
    [InlineData("9999999999999t")]
    public void Parse_Other_SaysWhatIsRight(string text) => Assert.Throws<FormatException>(() => MemorySize.Parse(text));

    [Fact]
    public void ToString_AnySize_ReadsBackTheSame() =>
        Gen.Long[0, long.MaxValue].Sample(static bytes => MemorySize.Parse(new MemorySize(bytes).ToString()).Bytes == bytes);
}
