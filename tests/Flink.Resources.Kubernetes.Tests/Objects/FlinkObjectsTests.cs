using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

public sealed class FlinkObjectsTests
{
    private static readonly JsonSerializerOptions _indented = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whatever is sent to a cluster is in this file: a change of it must be meant.</summary>
    [Fact]
    public void Manifest_OfASpecification_IsTheGoldenOne()
    {
        var manifest = Specs.Manifest(Specs.Right, Specs.Options());
        var restore = FlinkDefaults.Restore("1.20.5", new RestorePoint.Snapshot("hdfs://nn:8020/sp/1"));
        var all = new JsonArray(
            manifest.Deployment.DeepClone(),
            FlinkObjects.OwnedBy((JsonObject)manifest.Service.DeepClone(), manifest.ClusterId, "uid-1"),
            FlinkObjects.ConfigMap(manifest, restore),
            FlinkObjects.TemplateMap(manifest)!);
        Assert.Equal(DirectStart.Script.ReplaceLineEndings("\n"), all[3].Text("data", DirectStart.ScriptFile));
        all[3]!["data"]![DirectStart.ScriptFile] = "the script";
        // Line by line, so that a difference can be read.
        var lines = all[2].Text("data", "config.yaml")!.TrimEnd().Split('\n');
        all[2]!["data"] = new JsonObject { ["config.yaml"] = new JsonArray([.. lines.Select(static l => (JsonNode?)l)]) };

        var actual = all.ToJsonString(_indented).ReplaceLineEndings("\n");

        File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "golden-manifest.actual.json"), actual + "\n");
        Assert.Equal(Specs.Text("golden-manifest.json").ReplaceLineEndings("\n").TrimEnd(), actual);
    }

    [Fact]
    public void Payload_WrittenAndRead_IsTheSame()
    {
        var payload = Specs.Manifest(Specs.Right, Specs.Options()).ToPayload();

        Assert.Equal(payload, ApplicationManifest.FromPayload(payload).ToPayload());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"version\":2}")]
    [InlineData("{\"version\":1,\"deployment\":{}}")]
    public void Payload_OfSomethingElse_IsRefused(string payload) =>
        Assert.Throws<FormatException>(() => ApplicationManifest.FromPayload(payload));

    [Fact]
    public void Deployment_IsFencedAndNeverTwoAtOnce()
    {
        var deployment = Specs.Manifest(Specs.Right, Specs.Options()).Deployment;

        Assert.Equal("ads/clicks#3", deployment.Annotation(FlinkObjects.FenceAnnotation));
        Assert.Equal("Recreate", deployment.Text("spec", "strategy", "type"));
        Assert.Equal("realtime", deployment.Text("metadata", "namespace"));
        Assert.Equal("high", deployment.Text("spec", "template", "spec", "priorityClassName"));
    }

    [Fact]
    public void Template_NothingBeyondFlinksOptions_IsNone()
    {
        var options = Specs.Options();
        options.Profiles["1.20"] = new KubernetesFlinkProfile { Image = "flink:1.20", DirectStart = false };
        options.PriorityClasses.Clear();

        Assert.Null(Specs.Manifest(Specs.Right with { Zone = null, Priority = null }, options).TaskManagerTemplate);
    }

    [Theory]
    [InlineData("1.19.1", "execution.savepoint.path")]
    [InlineData("1.20.5", "execution.state-recovery.path")]
    [InlineData("2.3.0", "execution.state-recovery.path")]
    public void Restore_SpeaksTheWordsOfTheVersion(string version, string key) => Assert.Contains(
        FlinkDefaults.Restore(version, new RestorePoint.Snapshot("s3://b/sp")), p => p.Key == key && p.Value == "s3://b/sp");

    [Theory]
    [InlineData("root.realtime.ads", null, "rt")]
    [InlineData("root.realtime.ads", 70, "high")]
    [InlineData("root.batch", null, null)]
    public void PriorityClass_IsThePrioritys_OrElseTheQueues(string queue, int? priority, string? expected)
    {
        var options = Specs.Options();
        options.QueuePriorityClasses["root.realtime"] = "rt";
        var spec = Specs.Right with { Queue = queue, Priority = priority is { } value ? new JobPriority(value) : null };

        var manifest = Specs.Manifest(spec, options);

        Assert.Equal(expected, manifest.Deployment.Text("spec", "template", "spec", "priorityClassName"));
        Assert.Equal(expected, manifest.TaskManagerTemplate.Text("spec", "priorityClassName"));
    }

    [Fact]
    public void SecretVariables_ReachTheJobManagerByReference()
    {
        var spec = Specs.Right with
        {
            Configuration = Specs.Right.Configuration.Add("kubernetes.env.secretKeyRef", "env:SASL_JAAS,secret:ads-kafka,key:jaas;env:TRUST,secret:tls,key:ca.crt"),
        };

        var container = Specs.Manifest(spec, Specs.Options()).Deployment["spec"]!["template"]!["spec"]!["containers"]![0]!;

        var references = container["env"]!.AsArray().Where(static e => e!["valueFrom"]?["secretKeyRef"] is not null).ToList();
        Assert.Equal(
            ["SASL_JAAS ads-kafka jaas", "TRUST tls ca.crt"],
            references.Select(static e => $"{e!["name"]} {e["valueFrom"]!["secretKeyRef"]!["name"]} {e["valueFrom"]!["secretKeyRef"]!["key"]}"));
    }
}
