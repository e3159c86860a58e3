using System.Collections.Immutable;

namespace Flink.Resources.Translation;

public sealed class EnvironmentCheckTests
{
    [Fact]
    public void Compare_Same_FindsNothing() => Assert.Empty(EnvironmentCheck.Compare(Jobs.Shanghai, Jobs.Shanghai with { Charset = "utf8", Locale = "en_US.utf8", TimeZone = "PRC" }));

    [Fact]
    public void Compare_EverythingElse_FindsEach()
    {
        var target = new JobEnvironment { TimeZone = "UTC", TimeZoneOffset = TimeSpan.Zero, Locale = "POSIX", Charset = "US-ASCII", User = "flink", JavaMajor = 17 };

        Assert.Equal(
            ["TimeZone", "Locale", "Charset", "User", "JavaMajor"],
            EnvironmentCheck.Compare(Jobs.Shanghai, target).Where(static f => f.Verdict == EnvironmentVerdict.Different).Select(static f => f.Field), StringComparer.Ordinal);
    }

    [Fact]
    public void Compare_Unknown_IsNeitherSameNorDifferent() =>
        Assert.All(EnvironmentCheck.Compare(Jobs.Shanghai, new JobEnvironment()), static f => Assert.Equal(EnvironmentVerdict.Unknown, f.Verdict));

    [Theory]
    [InlineData("Europe/London", 0, "UTC", 0, EnvironmentVerdict.SameToday)]
    [InlineData("Asia/Shanghai", 8, "Asia/Tokyo", 9, EnvironmentVerdict.Different)]
    [InlineData(null, 8, "Asia/Shanghai", 8, EnvironmentVerdict.SameToday)]
    [InlineData(null, 8, null, 0, EnvironmentVerdict.Different)]
    [InlineData("Etc/GMT-8", 8, "GMT+08:00", 8, null)]
    [InlineData("Etc/UTC", 0, "Zulu", 0, null)]
    public void Compare_TimeZones(string? source, int sourceHours, string? target, int targetHours, EnvironmentVerdict? expected)
    {
        var findings = EnvironmentCheck.Compare(
            Jobs.Shanghai with { TimeZone = source, TimeZoneOffset = TimeSpan.FromHours(sourceHours) }, Jobs.Shanghai with { TimeZone = target, TimeZoneOffset = TimeSpan.FromHours(targetHours) });

        Assert.Equal(expected, findings.Select(static f => (EnvironmentVerdict?)f.Verdict).SingleOrDefault());
    }

    [Fact]
    public void Of_FlinksAnswer_IsRead()
    {
        var read = JobEnvironment.Of(
            new FlinkEnvironment("OpenJDK 64-Bit Server VM - Debian - 1.8/25.392-b08", ["-Xmx1g", "-Dfile.encoding=UTF-8", "-Dfile.encoding=GBK", "-Duser.timezone=Asia/Tokyo"], null, TimeSpan.FromHours(9)),
            Jobs.Map(("LANG", "ja_JP.UTF-8"), ("HADOOP_USER_NAME", "ads")));

        Assert.Equal(new JobEnvironment { TimeZone = "Asia/Tokyo", TimeZoneOffset = TimeSpan.FromHours(9), Locale = "ja_JP.UTF-8", Charset = "GBK", User = "ads", JavaMajor = 8 }, read);
    }
}
