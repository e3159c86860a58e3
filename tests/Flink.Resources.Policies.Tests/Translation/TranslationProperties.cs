using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Translation;

/// <summary>What holds of every configuration, in both directions.</summary>
public sealed class TranslationProperties
{
    private const string Marker = "s3cr3tMark";

    private static readonly string[] Keys =
    [
        .. MappingTable.ToKubernetes.Rows.Concat(MappingTable.ToYarn.Rows).Select(static r => r.Key.Replace("*", "x", StringComparison.Ordinal)),
        .. FlinkKeyAliases.All.SelectMany(static a => a.Names, static (_, n) => n.Key),
        "s3.secret-key", "fs.azure.account.key.x", "my.password", "containerized.master.env.AWS_SECRET_ACCESS_KEY", "containerized.taskmanager.env.A", "containerized.master.env.A",
        "a b", "", "ü", "restart-strategy.fixed-delay.attempts", "env.java.opts.taskmanager", "kubernetes.taskmanager.env.secret", "metrics.reporter.influx.password",
    ];

    private static readonly string[] Values =
    [
        "", "1", "-1", "0", "true", "1g", "2048m", "99999999999999999999", "-5g", "hdfs://ns1/x", "file:///x", "/etc/x", "%java%", "a;b", "'", "a:b,c:d", "<host>", "1e400",
        "******", "yarn-application", "kubernetes-application", "zookeeper", "none", "rocksdb", "filesystem", "a\nb", " x ", "jdbc:mysql://u:" + Marker + "@h/db", Marker,
        "-Dpassword=" + Marker, "user=a;password=" + Marker, "https://u:" + Marker + "@h/a.jar", "application_1700000000000_0001", "ü\u0000", "\"`$", "0.5",
    ];

    private static Gen<ImmutableSortedDictionary<string, string>> Configurations { get; } =
        Gen.Select(
            Gen.Int[0, 4], Gen.OneOf<string>(Keys), Gen.String[0, 12], Gen.OneOf<string>(Values), Gen.String[0, 20],
            static (die, key, otherKey, value, otherValue) => (die == 0 ? otherKey : key, die == 1 ? otherValue : value)).List[0, 25]
        .Select(static pairs => Jobs.Map([.. pairs]));

    private static Gen<SourceJob> AnyJob { get; } = Gen.Select(
        Configurations, Gen.Bool, Gen.OneOf<string>("1.13", "1.17", "1.20", "2.1"), Gen.Bool, Gen.Int[0, 8000], static (configuration, onYarn, version, isKnown, memory) =>
            (onYarn ? Jobs.OnYarn() : Jobs.OnKubernetes()) with
            {
                Configuration = configuration,
                FlinkVersion = version,
                Environment = isKnown ? Jobs.Shanghai : new JobEnvironment(),
                JobManager = isKnown ? new ObservedContainer(MemorySize.FromMebibytes(memory), memory) : null,
                Files = isKnown ? [new ArtifactRef("/home/ads/extra.conf"), new ArtifactRef("hdfs://ns1/b", new string('b', 64))] : [],
            });

    [Fact]
    public void Translate_AnyJob_AccountsForEachKeyOnce() => AnyJob.Sample(static job =>
    {
        var report = Jobs.Translate(job).Report;

        Assert.Equal(job.Configuration.Keys.Order(StringComparer.Ordinal), report.Entries.Select(static e => e.Key), StringComparer.Ordinal);
        Assert.All(report.Entries, static e => Assert.NotEqual(KeyOutcome.Unknown, e.Outcome));
        Assert.Equal(report.Fields.Length, report.Fields.DistinctBy(static f => (f.Key, f.Reason)).Count());
    });

    [Fact]
    public void Translate_AnyJob_EndsAsItsKeysSay() => AnyJob.Sample(static job =>
    {
        var result = Jobs.Translate(job);
        var stops = result.Report.Entries.Concat(result.Report.Fields).Any(static e => e.Outcome is KeyOutcome.Blocking or KeyOutcome.NeedsInput);

        Assert.True(!stops || result is TranslationResult.Blocked);
        Assert.True(result is TranslationResult.Translated || Jobs.BlockersOf(result).Length > 0);
    });

    [Fact]
    public void Translate_AnyJob_OnlyTheSpecificationHoldsSecrets() => AnyJob.Sample(static job =>
    {
        job = job with
        {
            Arguments = ["--password", Marker, "--url", "x"],
            Configuration = job.Configuration
                .Where(static p => p.Value != Marker || SecretMask.IsSecret(p.Key, p.Value)).ToImmutableSortedDictionary(StringComparer.Ordinal)
                .SetItem("a.secret", Marker).SetItem("$internal.application.program-args", "--pw;" + Marker).SetItem("env.java.opts.all", "-Dx.password=" + Marker).SetItem("containerized.master.env.DB_PASSWORD", Marker),
        };

        Assert.All(Jobs.Lines(Jobs.Translate(job)), static line => Assert.DoesNotContain(Marker, line, StringComparison.Ordinal));
    });

    [Fact]
    public void Translate_AnyOrder_SameAnswer() => AnyJob.Sample(static job =>
    {
        var backwards = Comparer<string>.Create(static (a, b) => string.CompareOrdinal(b, a));
        var other = job with { Configuration = job.Configuration.ToImmutableSortedDictionary(backwards), Files = [.. job.Files.Reverse()], Libraries = [.. job.Libraries.Reverse()] };
        var (first, second) = (Jobs.Translate(job), Jobs.Translate(other));

        Assert.Equal(Jobs.Lines(first), Jobs.Lines(second), StringComparer.Ordinal);
        Assert.Equal(Jobs.Lines(first), Jobs.Lines(Jobs.Translate(job)), StringComparer.Ordinal);
        if (first is TranslationResult.Translated spec)
        {
            Assert.Equal(Jobs.Lines(spec.Spec), Jobs.Lines(Jobs.SpecOf(second)), StringComparer.Ordinal);
        }
    });

    [Fact]
    public void Translate_Translated_PassesTheChecksAndHoldsNoOwnedKey() => AnyJob.Sample(static job =>
    {
        if (Jobs.Translate(job) is TranslationResult.Translated { Spec: var spec })
        {
            Assert.Empty(TranslationChecks.Check(spec, Jobs.Opposite(job)));
            Assert.DoesNotContain(spec.Configuration.Keys, static k => k.StartsWith("execution.savepoint.", StringComparison.Ordinal) || k.StartsWith("execution.state-recovery.", StringComparison.Ordinal));
            Assert.True(job.Backend != BackendKind.Yarn || !spec.Configuration.Keys.Any(Flink.KubernetesOwnedKeys.Contains));
        }
    });

    [Fact]
    public void Translate_Change_OfASecret_ShowsInItsDigestOnly() => Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 20], Gen.String[Gen.Char.AlphaNumeric, 1, 20]).Sample(static (one, two) =>
    {
        var (first, second) = (Entry(one), Entry(two));

        Assert.Equal(one == two, first.OldText == second.OldText);
        Assert.Equal(first.OldText, first.NewText);
        Assert.StartsWith("hmac-sha256:", first.OldText, StringComparison.Ordinal);

        static TranslationEntry Entry(string secret) => Assert.Single(Jobs.Translate(Jobs.OnYarn(("s3.secret-key", secret))).Report.Entries);
    });

    [Fact]
    public void Read_AnyText_GivesEntriesOrErrors() => Gen.Select(Gen.String[0, 200], Gen.Bool).Sample(static (text, isYaml) =>
    {
        var read = FlinkConfigurationReader.Read(text, isYaml ? FlinkConfigurationFormat.Yaml : FlinkConfigurationFormat.Legacy);

        Assert.True(read.IsReadable || read.Entries.IsEmpty);
    });
}
