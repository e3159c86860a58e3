using System.Globalization;

namespace Flink.Resources.Kubernetes;

public sealed class KubernetesNamesTests
{
    [Fact]
    public void ClusterId_PlainKey_IsReadable() => Assert.Equal("ads-clicks-e3", KubernetesNames.ClusterId(Specs.Fence));

    [Theory]
    [InlineData("a-b/c", "a/b-c")]
    [InlineData("A/b", "a/b")]
    [InlineData("a/b.c", "a/b_c")]
    [InlineData("a/b-e1", "a/b")]
    [InlineData("_/_", "_/__")]
    [InlineData("1/a", "f1/a")]
    [InlineData("a/bcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz1", "a/bcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz2")]
    public void ClusterId_KeysThatLookAlike_Differ(string left, string right) =>
        Assert.NotEqual(IdOf(left), IdOf(right), StringComparer.Ordinal);

    /// <summary>A name that was chosen to be what another job's cut or cleaned name becomes.</summary>
    [Theory]
    [InlineData("a/_")]
    [InlineData("teamteamteamteamteamteamteamteamteamteam/job")]
    public void ClusterId_KeyMadeOfAnothersHash_Differs(string victim)
    {
        var id = IdOf(victim)[..^"-e1".Length];
        var dash = id.LastIndexOf('-');

        Assert.NotEqual(IdOf(victim), IdOf($"{id[..dash].Replace('-', '_')}/{id[(dash + 1)..]}"), StringComparer.Ordinal);
        Assert.NotEqual(IdOf(victim), IdOf($"{id[..dash].Replace("-", string.Empty, StringComparison.Ordinal)}/{id[(dash + 1)..]}"), StringComparer.Ordinal);
    }

    [Fact]
    public void ClusterId_ManyKeysAndEpochs_AreDistinctLabelsThatFlinkTakes()
    {
        var random = new Random(20260101);
        const string Letters = "abcAB019._-";
        var keys = Enumerable.Range(0, 20_000)
            .Select(_ => Word(random, Letters) + "/" + Word(random, Letters))
            .Where(static k => JobKey.TryParse(k, out var _)).Distinct(StringComparer.Ordinal).ToList();
        var ids = keys.SelectMany(static k => new long[] { 1, 12, long.MaxValue }, IdOf).ToList();

        Assert.True(keys.Count > 10_000);
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, static id =>
        {
            Assert.True(id.Length <= KubernetesNames.MaximumClusterId, id);
            Assert.True(KubernetesNames.IsLabel(id), id);
            Assert.True(char.IsAsciiLetterLower(id[0]), id);
            Assert.True(KubernetesNames.IsSubdomain(KubernetesNames.Fence(id)), id);
        });
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a-1", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("A", false)]
    [InlineData("a.b", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    public void IsLabel_AsTheServerSays(string? name, bool right) => Assert.Equal(right, KubernetesNames.IsLabel(name));

    [Fact]
    public void IsLabel_SixtyThreeCharactersAtMost()
    {
        Assert.True(KubernetesNames.IsLabel(new string('a', 63)));
        Assert.False(KubernetesNames.IsLabel(new string('a', 64)));
    }

    private static string IdOf(string job) => IdOf(job, 1);

    private static string IdOf(string job, long epoch) => KubernetesNames.ClusterId(new Fence(JobKey.Parse(job), epoch));

    private static string Word(Random random, string letters) =>
        string.Create(CultureInfo.InvariantCulture, $"{new string(random.GetItems<char>(letters, random.Next(1, 60)))}");
}
