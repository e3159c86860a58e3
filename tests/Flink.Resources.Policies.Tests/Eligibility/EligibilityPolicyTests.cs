using System.Collections.Immutable;
using CsCheck;
using static Flink.Resources.Eligibility.Facts;

namespace Flink.Resources.Eligibility;

public sealed class EligibilityPolicyTests
{
    private static readonly EligibilityFacts Sick = Good.With(("execution.target", "yarn-per-job"), ("db.password", "hunter2")) with
    {
        TargetSpec = Facts.Spec with { FlinkVersion = "2.0" }, Score = Lookup.Found(1.0, Seen),
    };

    [Fact]
    public void Judge_TheWorstComesFirst()
    {
        var report = EligibilityPolicy.Judge(Sick, new EligibilityOptions());

        Assert.Equal(["E19", "E09", "E25", "E07"], report.Findings.Select(static f => f.Rule));
        Assert.Equal(EligibilitySeverity.Block, report.Verdict);
    }

    [Fact]
    public void Judge_RemediesAndAcknowledgements_SettleFixesAndWarningsOfTheirJob()
    {
        var healed = Sick with { Score = Lookup.Found(9.0, Seen) };
        var options = new EligibilityOptions
        {
            Remedies = [new EligibilityNote("E09", null, "kim", "read main()"), new EligibilityNote("E25", Facts.Spec.Job, "kim", "moved to ads-db")],
            Acknowledgements = [new EligibilityNote("E07", Facts.Spec.Job, "kim", "one way is fine")],
        };
        var other = options with { Remedies = [options.Remedies[0], options.Remedies[1] with { Job = JobKey.Parse("ads/other") }] };

        Assert.True(EligibilityPolicy.Judge(healed, options).IsEligible);
        Assert.Equal(["E09", "E25", "E07"], EligibilityPolicy.Judge(healed, options).Settled.Select(static s => s.Finding.Rule));
        Assert.Equal(["E25"], EligibilityPolicy.Judge(healed, other).Findings.Select(static f => f.Rule));
    }

    [Fact]
    public void Judge_ABlock_IsSettledByNobodysWord()
    {
        var note = new EligibilityNote("E19", null, "kim", "I want it");
        var report = EligibilityPolicy.Judge(Good with { Score = Lookup.Found(1.0, Seen) }, new EligibilityOptions { Remedies = [note], Acknowledgements = [note] });

        Assert.Equal(EligibilitySeverity.Block, report.Verdict);
        Assert.Empty(report.Settled);
    }

    [Fact]
    public void Judge_ARemedy_DoesNotSettleAWarning()
    {
        var options = new EligibilityOptions { Remedies = [new EligibilityNote("E07", null, "kim", "done")] };

        Assert.False(EligibilityPolicy.Judge(Good with { TargetSpec = Facts.Spec with { FlinkVersion = "2.0" } }, options).IsEligible);
    }

    [Fact]
    public void Judge_OwnRules_AreAskedAndMasked()
    {
        var own = new Own("X01", "the password=hunter2 is in --token abcdef");

        var report = EligibilityPolicy.Judge(Good, [.. EligibilityRules.All, own], new EligibilityOptions());

        var finding = Assert.Single(report.Findings);
        Assert.Equal("the password=****** is in --token ******", finding.Evidence);
    }

    [Fact]
    public void Judge_TwoRulesOfOneId_IsRefused()
    {
        var exception = Assert.Throws<ArgumentException>(() => EligibilityPolicy.Judge(Good, [.. EligibilityRules.All, new Own("E01", "x")], new EligibilityOptions()));

        Assert.Contains("E01", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NoSecretOfAConfigurationIsEverShown() =>
        Gen.Select(Gen.Int[0, 4].Select(static i => ((string[])["sasl.password", "fs.s3a.secret.key", "db.token", "jdbc.url", "env.java.opts"])[i]), Gen.String[Gen.Char['a', 'z'], 8, 20]).Sample((key, secret) =>
        {
            var value = key switch { "jdbc.url" => $"jdbc:x://db?password=zq{secret}", "env.java.opts" => $"-Dstorepass=zq{secret}", _ => $"zq{secret}" };
            var facts = Good.With((key, value)).Targeting((key, value));

            var report = EligibilityPolicy.Judge(facts, new EligibilityOptions());

            Assert.Contains(report.Findings, static f => f.Rule == "E25");
            Assert.DoesNotContain(report.Findings, f => f.Evidence.Contains($"zq{secret}", StringComparison.Ordinal) || f.Remedy.Contains($"zq{secret}", StringComparison.Ordinal));
        });

    /// <summary>Forgetting a fact never makes a job eligible that was not, and never leaves one eligible by silence.</summary>
    [Fact]
    public void Judge_WithLessKnown_IsNeverMoreEligible() =>
        Gen.Int[1, 1023].Sample(static forgotten =>
        {
            var facts = Good with
            {
                JobManager = Is(0) ? Unknown<FlinkClusterOverview>() : Good.JobManager,
                Jobs = Is(1) ? Unknown<ImmutableArray<FlinkJobSummary>>() : Good.Jobs,
                CheckpointSettings = Is(2) ? Unknown<CheckpointSettings>() : Good.CheckpointSettings,
                Checkpoints = Is(3) ? Unknown<CheckpointStatistics>() : Good.Checkpoints,
                Configuration = Is(4) ? Unknown<ImmutableSortedDictionary<string, string>>() : Good.Configuration,
                Score = Is(5) ? Unknown<double>() : Good.Score,
                Queues = Is(6) ? Unknown<ImmutableArray<QueueReport>>() : Good.Queues,
                Nodes = Is(7) ? Unknown<ImmutableArray<NodeReport>>() : Good.Nodes,
                Leftovers = Is(8) ? Unknown<ImmutableArray<EligibilityLeftover>>() : Good.Leftovers,
                Directories = Is(9) ? [] : Good.Directories,
            };
            bool Is(int bit) => (forgotten & (1 << bit)) != 0;

            Assert.False(EligibilityPolicy.Judge(facts, new EligibilityOptions()).IsEligible);
        });

    [Fact]
    public void Judge_InAnyOrderOfRules_SaysTheSame() =>
        Gen.Shuffle(EligibilityRules.All.ToArray()).Sample(static rules =>
            Assert.Equal(EligibilityPolicy.Judge(Sick, new EligibilityOptions()).Findings.ToArray(), EligibilityPolicy.Judge(Sick, rules, new EligibilityOptions()).Findings.ToArray()));

    private sealed class Own(string id, string evidence) : IEligibilityRule
    {
        public string Id => id;

        public string Title => "one's own";

        public EligibilitySeverity Severity => EligibilitySeverity.Warn;

        public ImmutableArray<EligibilityFinding> Judge(EligibilityFacts facts) => [new EligibilityFinding(id, Severity, evidence, "change it")];
    }
}
