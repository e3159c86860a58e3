using System.Collections.Immutable;
using Flink.Resources.Translation;

namespace Flink.Resources.Kubernetes;

/// <summary>What comes from YARN is what this backend takes, and its name is one that Kubernetes takes.</summary>
public sealed class TranslatedApplicationTests
{
    [Fact]
    public void Translate_JobOfYarn_IsTakenAsItIs()
    {
        var spec = Translate("ads/clicks");

        Assert.Empty(SpecCheck.Check(Specs.Fence, spec, Specs.Options()));
        Assert.DoesNotContain(SpecCheck.Notes(spec), static n => n.Contains("ignored", StringComparison.Ordinal));
        Assert.Equal("Asia/Shanghai", Specs.Manifest(spec, Specs.Options()).Configuration["containerized.taskmanager.env.TZ"]);
    }

    /// <summary>200 characters, upper case, names that become alike: ids are valid and unique, and the original stays readable.</summary>
    [Fact]
    public void T22_NamesLongUpperAndAlike_AreValidUniqueAndTheOriginalIsKept()
    {
        string[] jobs =
        [
            $"{new string('T', 100)}/{new string('n', 99)}A", $"{new string('T', 100)}/{new string('n', 99)}B", $"{new string('t', 100)}/{new string('n', 99)}A",
            "Ads/Clicks", "ads/clicks", "ads/Clicks", "ads/clicks.", "ads/clicks_", "ads-x/y", "ads/x-y", "1ads/clicks",
        ];
        var ids = jobs.SelectMany(static j => new[] { new Fence(JobKey.Parse(j), 1), new Fence(JobKey.Parse(j), 2) }, static (_, f) => KubernetesNames.ClusterId(f)).ToList();

        Assert.Distinct(ids, StringComparer.Ordinal);
        Assert.All(ids, static id => Assert.Matches("^[a-z]([-a-z0-9]*[a-z0-9])?$", id));
        Assert.All(ids, static id => Assert.InRange(id.Length, 1, 45));
        foreach (var job in jobs)
        {
            var fence = new Fence(JobKey.Parse(job), 7);
            var manifest = new ApplicationInput(fence, Translate(job), Specs.Options(), Placing.ProfileOf("1.20", Specs.Options())!).ToManifest();

            Assert.Equal(fence.ToString(), (string?)manifest.Deployment["metadata"]!["annotations"]![FlinkObjects.FenceAnnotation]);
            Assert.EndsWith("-e7", manifest.ClusterId, StringComparison.Ordinal);
        }
    }

    private static ApplicationSpec Translate(string job)
    {
        var configuration = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal)
            .Add("execution.target", "embedded").Add("high-availability.type", "zookeeper").Add("high-availability.cluster-id", "application_1_1").Add("rest.port", "0")
            .Add("yarn.tags", "a,b").Add("yarn.application.name", job).Add("yarn.containers.vcores", "2").Add("yarn.application-attempts", "2").Add("yarn.application.node-label", "fast")
            .Add("jobmanager.memory.process.size", "1600m").Add("taskmanager.memory.process.size", "1728m").Add("state.backend", "rocksdb").Add("$internal.yarn.log-config-file", "/x");
        var source = new SourceJob
        {
            Job = JobKey.Parse(job),
            Kind = JobKind.Streaming,
            Backend = BackendKind.Yarn,
            FlinkVersion = "1.20.5",
            Configuration = configuration,
            Jar = new ArtifactRef("hdfs://ns1/jobs/clicks.jar", new string('a', 64)),
            Queue = "root.ads",
            Environment = new JobEnvironment { TimeZone = "Asia/Shanghai", Locale = "C.UTF-8", User = "ads", JavaMajor = 17 },
        };
        var target = new TargetProfile
        {
            Backend = BackendKind.Kubernetes,
            FlinkVersion = "1.20",
            JavaMajor = 17,
            Queues = ImmutableSortedDictionary<string, string>.Empty.Add("root.ads", "root.realtime.ads"),
            Zones = ImmutableSortedDictionary<string, TargetZone>.Empty.Add("fast", new TargetZone("ssd")),
            HighAvailability = "kubernetes",
        };
        return Assert.IsType<TranslationResult.Translated>(JobTranslator.Translate(source, target, new byte[16])).Spec;
    }
}
