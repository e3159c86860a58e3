namespace Flink.Resources.Fleet;

public sealed class ScalarTests
{
    [Theory]
    [InlineData("30m", "00:30:00")]
    [InlineData("30min", "00:30:00")]
    [InlineData("2h", "02:00:00")]
    [InlineData("500ms", "00:00:00.5")]
    [InlineData("1h30m", "01:30:00")]
    [InlineData("1d12h", "1.12:00:00")]
    [InlineData("0s", "00:00:00")]
    [InlineData("PT30M", "00:30:00")]
    [InlineData("P1DT2H", "1.02:00:00")]
    public void Duration_IsRead(string text, string expected)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), duration);
        Assert.True(Durations.TryParse(Durations.Text(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("m")]
    [InlineData("-5m")]
    [InlineData("1.5h")]
    [InlineData("30 m")]
    [InlineData("1M")]
    [InlineData("P1M")]
    [InlineData("P1Y")]
    [InlineData("999999999999d")]
    [InlineData("999999999999d999999999999d999999999999d")]
    [InlineData("P99999999999D")]
    [InlineData("250౩s")]
    [InlineData("30m\n")]
    public void NoDuration_IsRefused(string text) => Assert.False(Durations.TryParse(text, out _));

    /// <summary>Digits of other scripts are letters to everything behind the document, and so is the end of a line.</summary>
    [Theory]
    [InlineData("1.2౩")]
    [InlineData("1.20\n")]
    public void NoVersion_IsRefused(string text) => Assert.Null(Scalars.Version.Parse(text));

    [Theory]
    [InlineData("application_1700000000000_042౩")]
    [InlineData("application_1700000000000_0421\n")]
    public void NoApplication_IsRefused(string text) => Assert.Null(Scalars.Application.Parse(text));

    [Theory]
    [InlineData("4g", 4096)]
    [InlineData("4096m", 4096)]
    [InlineData("2 GiB", 2048)]
    [InlineData("2GiB", 2048)]
    [InlineData("1024 mb", 1024)]
    [InlineData("1073741824", 1024)]
    public void Size_IsReadAsFlinkDoes(string text, long mebibytes) => Assert.Equal(MemorySize.FromMebibytes(mebibytes), Scalars.Size.Parse(text));

    [Theory]
    [InlineData("0")]
    [InlineData("0m")]
    [InlineData("4gg")]
    [InlineData("-4g")]
    [InlineData("4.5g")]
    [InlineData("99999999999999999999g")]
    public void NoSize_IsRefused(string text) => Assert.Null(Scalars.Size.Parse(text));

    [Theory]
    [InlineData("1", 1000)]
    [InlineData("0.5", 500)]
    [InlineData("500m", 500)]
    [InlineData("0.001", 1)]
    [InlineData("1024", 1_024_000)]
    public void Cores_AreThousandths(string text, int expected) => Assert.Equal(expected, Scalars.Cpu.Parse(text));

    [Theory]
    [InlineData("0")]
    [InlineData("0.0001")]
    [InlineData("1025")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    public void NoCores_AreRefused(string text) => Assert.Null(Scalars.Cpu.Parse(text));

    [Theory]
    [InlineData("P0", 9)]
    [InlineData("P9", 0)]
    [InlineData("42", 42)]
    [InlineData("-1", -1)]
    public void Priority_IsATierOrANumber(string text, int expected) => Assert.Equal(new JobPriority(expected), Scalars.Priority.Parse(text));

    [Theory]
    [InlineData("registry.example:5000/team/flink@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", true)]
    [InlineData("flink:1.20@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", true)]
    [InlineData("flink@sha256:9f86d081", false)]
    [InlineData("Flink Image", false)]
    public void Image_HasAWholeDigest(string text, bool isRight) => Assert.Equal(isRight, Scalars.Image.Parse(text) is not null);

    [Theory]
    [InlineData("rm1:8088", "http://rm1:8088/")]
    [InlineData("[::1]:8088", "http://[::1]:8088/")]
    [InlineData("https://rm1.example", "https://rm1.example/")]
    [InlineData("rm1", null)]
    [InlineData("rm1:99999", null)]
    [InlineData("ftp://rm1", null)]
    [InlineData("http://user:word@rm1", null)]
    public void Address_IsHostAndPortOrHttp(string text, string? expected) => Assert.Equal(expected, Scalars.Address.Parse(text)?.ToString());
}
