namespace Flink.Resources.Kubernetes;

public sealed class KubernetesOptionsValidatorTests
{
    [Fact]
    public void Validate_Right_Succeeds() => Assert.True(new KubernetesOptionsValidator().Validate("k8s-east", Specs.Options()).Succeeded);

    [Fact]
    public void Validate_Defaults_NamesWhatIsMissing()
    {
        var errors = Errors(new KubernetesOptions());

        Assert.Equal(2, errors.Count);
        Assert.Contains(errors, static e => e.Contains("HighAvailabilityDirectory", StringComparison.Ordinal));
        Assert.Contains(errors, static e => e.Contains("Profiles is empty", StringComparison.Ordinal));
        Assert.All(errors, static e => Assert.StartsWith("Kubernetes backend 'k8s-east': ", e, StringComparison.Ordinal));
    }

    public static TheoryData<string, Action<KubernetesOptions>> Mistakes => new()
    {
        { "Namespace 'A_b'", static o => o.Namespace = "A_b" },
        { "ServiceAccount 'a b'", static o => o.ServiceAccount = "a b" },
        { "HighAvailabilityDirectory 'ha'", static o => o.HighAvailabilityDirectory = "ha" },
        { "CpuLimitFactor", static o => o.CpuLimitFactor = 0.5 },
        { "CpuLimitFactor", static o => o.CpuLimitFactor = double.NaN },
        { "AttemptTimeout", static o => o.AttemptTimeout = TimeSpan.Zero },
        { "AttemptTimeout", static o => { o.AttemptTimeout = TimeSpan.FromMinutes(6); o.CallTimeout = TimeSpan.FromMinutes(7); } },
        { "CallTimeout", static o => o.CallTimeout = TimeSpan.FromSeconds(1) },
        { "RemoveTimeout", static o => o.RemoveTimeout = TimeSpan.Zero },
        { "FlinkTimeout", static o => o.FlinkTimeout = TimeSpan.FromSeconds(-1) },
        { "RestAccess", static o => o.RestAccess = (FlinkRestAccess)7 },
        { "Holder", static o => o.Holder = " " },
        { "Queues[root.a] 'X'", static o => o.Queues["root.a"] = "X" },
        { "PriorityClasses[5] ''", static o => o.PriorityClasses[5] = "" },
        { "QueuePriorityClasses[root.a] ''", static o => o.QueuePriorityClasses["root.a"] = "" },
        { "Profiles[1.20].Image", static o => o.Profiles["1.20"].Image = " " },
        { "Profiles[1.20].ImagePullPolicy 'Sometimes'", static o => o.Profiles["1.20"].ImagePullPolicy = "Sometimes" },
        { "Profiles[1.20].Tolerations 'gpu'", static o => o.Profiles["1.20"].Tolerations.Add("gpu") },
        { "Profiles[1.20].Tolerations 'a:Never'", static o => o.Profiles["1.20"].Zones["ssd"].Tolerations.Add("a:Never") },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void Validate_OneMistake_NamesFieldAndValue(string field, Action<KubernetesOptions> spoil)
    {
        ArgumentNullException.ThrowIfNull(spoil);
        var options = Specs.Options();
        spoil(options);

        Assert.Contains(field, Assert.Single(Errors(options)), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_ManyMistakes_NamesAllAtOnce()
    {
        var options = Specs.Options();
        options.Namespace = "A";
        options.RemoveTimeout = TimeSpan.Zero;
        options.Profiles["1.20"].Image = null;

        Assert.Equal(3, Errors(options).Count);
    }

    private static List<string> Errors(KubernetesOptions options) =>
        [.. new KubernetesOptionsValidator().Validate("k8s-east", options).Failures ?? []];
}
