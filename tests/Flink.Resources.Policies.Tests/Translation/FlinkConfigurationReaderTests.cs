using System.Collections.Immutable;

namespace Flink.Resources.Translation;

public sealed class FlinkConfigurationReaderTests
{
    [Theory]
    [InlineData("a.b: c", "a.b=c")]
    [InlineData("a.b: c\r\nd: e\r\n", "a.b=c|d=e")]
    [InlineData("a: b: c", "a=b: c")]
    [InlineData("a: %java% %class%", "a=%java% %class%")]
    [InlineData("a: b # remark", "a=b")]
    [InlineData("a: b#c", "a=b")]
    [InlineData("# only a remark\n\n a :  b ", "a=b")]
    [InlineData("a: \"quoted\"", "a=\"quoted\"")]
    [InlineData("a: [x, y]", "a=[x, y]")]
    [InlineData("a: 1\na: 2", "a=2")]
    [InlineData("a:\tb", "")]
    [InlineData("a:b", "")]
    [InlineData("a: ", "")]
    [InlineData(": b", "")]
    [InlineData("a:\n  b: c", "b=c")]
    [InlineData("a: \tb\t", "a=b")]
    [InlineData("a: 0x1F", "a=0x1F")]
    public void Legacy_AsFlinkReadsIt(string text, string expected) =>
        Assert.Equal(expected, Text(FlinkConfigurationReader.Read(text, FlinkConfigurationFormat.Legacy)));

    [Fact]
    public void Legacy_WhatFlinkPassesOver_IsTold()
    {
        var read = FlinkConfigurationReader.Read("a: 1\nb:2\nc:\t3\nd:\na: 4\n", FlinkConfigurationFormat.Legacy);

        Assert.Equal([(1, "a"), (2, "b"), (3, "c"), (4, "d")], read.Ignored.Select(static i => (i.Line, i.Key!)));
        Assert.Contains("Line 5", read.Ignored[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Legacy_ByteOrderMark_HidesTheFirstKeyFromFlink()
    {
        var read = FlinkConfigurationReader.Read("\uFEFFa: 1\nb: 2", FlinkConfigurationFormat.Legacy);

        Assert.Equal("b=2", Text(read));
        Assert.Equal("a", Assert.Single(read.Ignored).Key);
    }

    [Theory]
    [InlineData("a: b", "a=b")]
    [InlineData("\uFEFFa: b", "a=b")]
    [InlineData("a: b\r\nc: d\r\n", "a=b|c=d")]
    [InlineData("a:\n  b: c\n  d:\n    e: f", "a.b=c|a.d.e=f")]
    [InlineData("a.b: 1\na:\n  c: 2", "a.b=1|a.c=2")]
    [InlineData("a: [x, 'y;z']", "a=x;'y;z'")]
    [InlineData("a:\n- x\n- y", "a=x;y")]
    [InlineData("a:\n- key: k\n  operator: Equal\n- key: l", "a=key:k,operator:Equal;key:l")]
    [InlineData("a: b # remark", "a=b")]
    [InlineData("a: b#c", "a=b#c")]
    [InlineData("a: '%java% %class%'", "a=%java% %class%")]
    [InlineData("a: ''", "a=")]
    [InlineData("a: \"x\\ny\"", "a=x\ny")]
    [InlineData("a: |\n  x\n  y\n", "a=x\ny\n")]
    [InlineData("a: 0x1F\nb: 0o17\nc: +1\nd: 007", "a=31|b=15|c=1|d=7")]
    [InlineData("a: 1.50\nb: 344455e6\nc: 1.0\nd: .5", "a=1.5|b=3.44455E11|c=1.0|d=0.5")]
    [InlineData("a: 'x'\nb: '0x1F'", "a=x|b=0x1F")]
    [InlineData("a: True\nb: yes", "a=true|b=yes")]
    [InlineData("a: &x 1 min\nb: *x", "a=1 min|b=1 min")]
    [InlineData("a: -Dx=y -Dz=1", "a=-Dx=y -Dz=1")]
    [InlineData("a: hdfs://nn:8020/x", "a=hdfs://nn:8020/x")]
    [InlineData("", "")]
    [InlineData("# nothing", "")]
    public void Yaml_AsFlinkReadsIt(string text, string expected)
    {
        var read = FlinkConfigurationReader.Read(text, FlinkConfigurationFormat.Yaml);

        Assert.Empty(read.Errors);
        Assert.Equal(expected, Text(read));
    }

    [Theory]
    [InlineData("a: 1\na: 2", 2)]
    [InlineData("a: 1\nb: %java%", 2)]
    [InlineData("a: 1\nb: @x", 2)]
    [InlineData("a: 1\nb:", 2)]
    [InlineData("a: ~", 1)]
    [InlineData("a: null", 1)]
    [InlineData("a:\n\tb: c", 1)]
    [InlineData("- a\n- b", 1)]
    [InlineData("a: 1\n---\nb: 2", 3)]
    [InlineData("a: [1, 2", 1)]
    [InlineData("just words", 1)]
    public void Yaml_WhatFlinkDoesNotStartWith_IsAnError(string text, int line)
    {
        var read = FlinkConfigurationReader.Read(text, FlinkConfigurationFormat.Yaml);

        Assert.False(read.IsReadable);
        Assert.Empty(read.Entries);
        Assert.InRange(read.Errors[0].Line, line, line + 1);
    }

    [Fact]
    public void Yaml_Error_NeverShowsTheText() => Assert.DoesNotContain(
        "hunter2", FlinkConfigurationReader.Read("s3.secret-key: hunter2\nb: [hunter2", FlinkConfigurationFormat.Yaml).Errors[0].ToString(), StringComparison.Ordinal);

    [Fact]
    public void Yaml_AliasesThatUnfold_AreStopped()
    {
        var bomb = "a0: &a0 {x: 1, y: 2, z: 3, w: 4, v: 5, u: 6, t: 7, s: 8, r: 9}\n" + string.Concat(Enumerable.Range(1, 8).Select(static i =>
            FormattableString.Invariant($"a{i}: &a{i} {{x: *a{i - 1}, y: *a{i - 1}, z: *a{i - 1}, w: *a{i - 1}, v: *a{i - 1}, u: *a{i - 1}, t: *a{i - 1}, s: *a{i - 1}}}\n")));

        Assert.False(FlinkConfigurationReader.Read(bomb, FlinkConfigurationFormat.Yaml).IsReadable);
    }

    [Fact]
    public void Read_TooLong_IsAnError() => Assert.False(
        FlinkConfigurationReader.Read(new string('#', FlinkConfigurationReader.MaximumLength + 1), FlinkConfigurationFormat.Legacy).IsReadable);

    [Fact]
    public void Read_NoFormat_Throws() => Assert.Throws<ArgumentOutOfRangeException>(static () => FlinkConfigurationReader.Read(string.Empty, FlinkConfigurationFormat.Unknown));

    /// <summary>What the backends write is what the reader reads.</summary>
    [Fact]
    public void Yaml_OurOwnFiles_ComeBackExactly()
    {
        var values = Jobs.Map(("a", "0x1F"), ("b", "true"), ("c", "it's \"x\""), ("d", "%x"), ("e", string.Empty), ("f", "a\tb\u2028"), ("g", "#"));
        var text = Flink.FlinkConfigFile.Write(values, [KeyValuePair.Create<string, IReadOnlyList<string>>("h", ["x", "y;z"])]);

        Assert.Equal(values.Add("h", "x;'y;z'"), FlinkConfigurationReader.Read(text, FlinkConfigurationFormat.Yaml).Entries);
    }

    private static string Text(FlinkConfigurationText read) => string.Join('|', read.Entries.Select(static e => $"{e.Key}={e.Value}"));
}
