using System.Globalization;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("100m", "0.1")]
    [InlineData("1.5", "1.5")]
    [InlineData("0", "0")]
    [InlineData("1e3", "1000")]
    [InlineData("12E2", "1200")]
    [InlineData("1k", "1000")]
    [InlineData("1Ki", "1024")]
    [InlineData("64Mi", "67108864")]
    [InlineData("1.5Gi", "1610612736")]
    [InlineData("128974848", "128974848")]
    [InlineData("129M", "129000000")]
    [InlineData("2T", "2000000000000")]
    [InlineData("1Pi", "1125899906842624")]
    [InlineData("1E", "1000000000000000000")]
    [InlineData("1Ei", "1152921504606846976")]
    [InlineData("250u", "0.00025")]
    [InlineData("5n", "0.000000005")]
    [InlineData(" 7 ", "7")]
    public void Read_EverySuffix_IsExact(string text, string number) =>
        Assert.Equal(decimal.Parse(number, CultureInfo.InvariantCulture), Quantity.Read(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Mi")]
    [InlineData("lots")]
    [InlineData("1,5")]
    public void Read_NoQuantity_IsZero(string? text) => Assert.Equal(0, Quantity.Read(text));

    [Theory]
    [InlineData("9E")]
    [InlineData("100Ei")]
    [InlineData("9223372036854775807")]
    public void Amount_BeyondAnyMachine_IsTheLargestAndDoesNotThrow(string text)
    {
        var amount = Quantity.Amount(new JsonObject { ["cpu"] = text, ["memory"] = text });

        Assert.True(amount.Memory.Bytes >= 9_000_000_000_000_000_000);
        Assert.Equal(long.MaxValue, amount.CpuMillicores);
    }

    [Fact]
    public void Amount_PartsOfAByteAndOfAMillicore_RoundUp() => Assert.Equal(
        new ResourceAmount(new MemorySize(2), 1), Quantity.Amount(new JsonObject { ["cpu"] = "100u", ["memory"] = "1500m" }));

    [Fact]
    public void Amount_OfNothing_IsZero() => Assert.Equal(default, Quantity.Amount(null));
}
