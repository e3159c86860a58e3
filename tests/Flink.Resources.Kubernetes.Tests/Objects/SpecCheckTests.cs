namespace Flink.Resources.Kubernetes;

public sealed class SpecCheckTests
{
    [Fact]
    public void Check_Right_HasNoErrors() => Assert.Empty(SpecCheck.Check(Specs.Fence, Specs.Right, Specs.Options()));

    [Fact]
    public void Check_ManyMistakes_NamesAllAtOnce()
    {
        var spec = Specs.Right with
        {
            Queue = "root..ads",
            FlinkVersion = "1.19",
            Jar = new ArtifactRef("/home/me/clicks.jar"),
            Files = [new ArtifactRef("file:///etc/passwd")],
            Parallelism = 0,
            Configuration = Specs.Right.Configuration
                .Add("kubernetes.cluster-id", "mine").Add("high-availability.storageDir", "file:///tmp").Add("python.files", "a.py"),
        };

        var fields = SpecCheck.Check(new Fence(JobKey.Parse("ads/other"), 0), spec, Specs.Options()).Select(static e => e.Field).ToList();

        Assert.Equal(fields.Distinct(StringComparer.Ordinal), fields, StringComparer.Ordinal);
        Assert.Superset(
            new HashSet<string>(
                [
                    "Fence.Job", "Fence.Epoch", "Queue", "FlinkVersion", "Jar.Uri", "Files[0].Uri", "Parallelism",
                    "Configuration[kubernetes.cluster-id]", "Configuration[high-availability.storageDir]",
                ],
                StringComparer.Ordinal),
            fields.ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("local:///opt/a.jar", true)]
    [InlineData("https://example.com/a.jar", true)]
    [InlineData("hdfs://nn/a.jar", true)]
    [InlineData("s3://b/a.jar", true)]
    [InlineData("file:///a.jar", false)]
    [InlineData("/a.jar", false)]
    [InlineData("a.jar", false)]
    [InlineData("local:///opt/a.py", false)]
    [InlineData("local:///opt/a.sql", false)]
    public void Check_Jar_MustBeReadableByPods(string jar, bool right) =>
        Assert.Equal(right, SpecCheck.Check(Specs.Fence, Specs.Right with { Jar = new ArtifactRef(jar) }, Specs.Options()).Count == 0);

    /// <summary>The profile's keys hold where the specification has none.</summary>
    [Theory]
    [InlineData("", "", "TaskManager.Memory")]
    [InlineData("16m", "", null)]
    [InlineData("16m", "1g", "TaskManager.Memory")]
    [InlineData("1g", "16m", null)]
    public void Check_Memory_IsDividedWithTheProfilesKeys(string profile, string own, string? field)
    {
        var options = Specs.Options();
        if (profile.Length > 0)
        {
            options.Profiles["1.20"].Configuration["taskmanager.memory.managed.size"] = profile;
        }
        var spec = Specs.Right with { TaskManager = Specs.Right.TaskManager with { Memory = MemorySize.FromMebibytes(800) } };
        spec = own.Length == 0 ? spec : spec with { Configuration = spec.Configuration.Add("taskmanager.memory.managed.size", own) };

        Assert.Equal(field, SpecCheck.Check(Specs.Fence, spec, options).SingleOrDefault()?.Field);
    }

    [Fact]
    public void Check_UnknownZone_NamesThoseThereAre()
    {
        var error = Assert.Single(SpecCheck.Check(Specs.Fence, Specs.Right with { Zone = "gpu" }, Specs.Options()));

        Assert.Equal("Zone", error.Field);
        Assert.Contains("ssd", error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Notes_YarnKey_IsToldAsIgnored() =>
        Assert.Contains(SpecCheck.Notes(Specs.Right), static n => n.StartsWith("Configuration[yarn.tags]", StringComparison.Ordinal));
}
