using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class ExtensionSettingsTests
{
    [Fact]
    public void All_Keys_HaveAPrefixOfTheirOwn()
    {
        Assert.All(AutoscalerExtensionOptions.All, static o => Assert.StartsWith("flink-resources.autoscaler.", o.Key, StringComparison.Ordinal));
        Assert.Equal(AutoscalerExtensionOptions.All.Length, AutoscalerExtensionOptions.All.DistinctBy(static o => o.Key, StringComparer.Ordinal).Count());
        Assert.All(AutoscalerOptions.All, static o => Assert.True(
            o.Key.StartsWith("job.autoscaler.", StringComparison.Ordinal) || o.Key.StartsWith("taskmanager.", StringComparison.Ordinal)));
        Assert.Equal(
            AutoscalerAdditions.All.Select(static a => $"flink-resources.autoscaler.{a}.enabled").Order(StringComparer.Ordinal),
            AutoscalerExtensionOptions.All.Select(static o => o.Key).Where(static k => k.EndsWith(".enabled", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Read_EachSwitch_TurnsOnThatAdditionAlone()
    {
        var seen = new HashSet<AutoscalerExtensions>();
        foreach (var option in AutoscalerExtensionOptions.All.Where(static o => o.Kind == AutoscalerOptionKind.Boolean))
        {
            var reading = Read((option.Key, "true"));

            Assert.Empty(reading.Errors);
            Assert.NotEqual(AutoscalerExtensions.None, reading.Settings.Extensions);
            Assert.True(seen.Add(reading.Settings.Extensions), option.Key);
            Assert.Equal(AutoscalerExtensions.None, Read((option.Key, "false")).Settings.Extensions);
        }
    }

    [Fact]
    public void Read_Values_AreUnderstood()
    {
        var extensions = Read(
            ("flink-resources.autoscaler.scaling-curve.min-observations", "4"),
            ("flink-resources.autoscaler.scaling-curve.max-age", "2 d"),
            ("flink-resources.autoscaler.bottleneck-propagation.external-sinks", "abc; def=2.5e3"),
            ("flink-resources.autoscaler.way-back.health-drop", "1.5"),
            ("flink-resources.autoscaler.way-back.back-off", "PT10M"),
            ("flink-resources.autoscaler.data-skew-report.threshold", "3")).Settings.Extensions;

        Assert.Equal((4, TimeSpan.FromDays(2)), (extensions.ScalingCurveMinObservations, extensions.ScalingCurveMaxAge));
        Assert.Equal([new("abc", null), new("def", 2500)], extensions.ExternalSinks);
        Assert.Equal((1.5, TimeSpan.FromMinutes(10), 3), (extensions.WayBackHealthDrop, extensions.WayBackBackOff, extensions.DataSkewThreshold));
    }

    [Theory]
    [InlineData("cap-at-partitions.enabled", "yes", "true or false")]
    [InlineData("scaling-curve.min-observations", "few", "a whole number")]
    [InlineData("scaling-curve.max-age", "old", "a duration")]
    [InlineData("way-back.health-drop", "much", "a number")]
    [InlineData("bottleneck-propagation.external-sinks", "abc=fast", "id=records per second")]
    [InlineData("bottleneck-propagation.external-sinks", "abc=-1", "id=records per second")]
    public void Read_ValueThatCannotBeRead_NamesKeyValueAndWhatIsRight(string key, string value, string right)
    {
        key = AutoscalerExtensionOptions.Prefix + key;

        var error = Assert.Single(Read((key, value)).Errors);

        Assert.Equal((key, value), (error.Key, error.Value));
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{value}'", error.Message, StringComparison.Ordinal);
        Assert.Contains(right, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scaling-curve", "scaling-curve.min-observations", "1", "between 2 and 16")]
    [InlineData("scaling-curve", "scaling-curve.min-observations", "17", "between 2 and 16")]
    [InlineData("scaling-curve", "scaling-curve.max-age", "0 s", "at least 00:00:01")]
    [InlineData("way-back", "way-back.health-drop", "0", "between 0.1 and 10")]
    [InlineData("way-back", "way-back.health-drop", "NaN", "between 0.1 and 10")]
    [InlineData("way-back", "way-back.back-off", "PT-1S", "at least 00:00:00")]
    [InlineData("data-skew-report", "data-skew-report.threshold", "0.9", "at least 1")]
    public void Validate_OutOfRange_IsAnErrorWhileTheAdditionIsOn(string addition, string key, string value, string range)
    {
        key = AutoscalerExtensionOptions.Prefix + key;
        var on = Read(("job.autoscaler.enabled", "true"), ($"{AutoscalerExtensionOptions.Prefix}{addition}.enabled", "true"), (key, value));
        var off = Read(("job.autoscaler.enabled", "true"), (key, value));

        Assert.Empty(on.Errors);
        var error = Assert.Single(AutoscalerSettingsValidator.Validate(on.Settings));
        Assert.Equal(key, error.Key);
        Assert.Contains(range, error.Message, StringComparison.Ordinal);
        Assert.Empty(AutoscalerSettingsValidator.Validate(off.Settings));
    }

    [Fact]
    public void Plan_AllAdditionsOff_FactsAndMemoryOfAdditionsPlayNoPart() => Gen.Select(Evaluations.Settings, Jobs.Sketches, Gen.Double[0, 1]).Sample((settings, job, share) =>
    {
        var ids = job.Topology().Vertices.Select(static v => v.Id).ToList();
        var plain = job.Plan(settings);
        var memory = AutoscalerMemory.Empty with
        {
            Measured = ids.ToImmutableSortedDictionary(static v => v, static _ => ImmutableArray.Create(
                new RateObservation(DateTimeOffset.UnixEpoch, 1, 5), new(DateTimeOffset.UnixEpoch, 2, 5), new(DateTimeOffset.UnixEpoch, 3, 5)), StringComparer.Ordinal),
            Proposals = ids.ToImmutableSortedDictionary(static v => v, static _ => new StepProposal(ScaleDirection.Down, DateTimeOffset.UnixEpoch), StringComparer.Ordinal),
            Blocked = ids.ToImmutableSortedDictionary(static v => v, static _ => new BlockedStep(1, 2, DateTimeOffset.MaxValue), StringComparer.Ordinal),
        };

        var full = job.Plan(settings, memory, f => f with
        {
            Health = 10 * share,
            Disturbances = [new(f.Now, DisturbanceKind.FailedCheckpoint)],
            CpuThrottling = ids.ToImmutableDictionary(static v => v, _ => share, StringComparer.Ordinal),
            Subtasks = ids.ToImmutableDictionary(static v => v, _ => new SubtaskSpread(new(0, 1000, 1000 * share), default), StringComparer.Ordinal),
            Capacity = new QueueHeadroom("root", default, default),
            Verdict = new(default, FleetOutcome.NoRoom, [], "none"),
        });

        Assert.Equal(plain.Status, full.Status);
        Assert.Equal(plain.Events, full.Events);
        Assert.Equal(
            plain.Decision!.Vertices.Select(static v => (v.Evaluation.Id, v.NewParallelism, v.ExpectedProcessingRate, v.Explain())),
            full.Decision!.Vertices.Select(static v => (v.Evaluation.Id, v.NewParallelism, v.ExpectedProcessingRate, v.Explain())));
    });

    [Fact]
    public void Plan_AllAdditionsOn_KeepsTheBounds() => Gen.Select(Evaluations.Settings, Jobs.Sketches).Sample((settings, job) =>
    {
        var all = Read([.. AutoscalerExtensionOptions.All.Where(static o => o.Kind == AutoscalerOptionKind.Boolean).Select(static o => (o.Key, "true"))]);
        settings = settings with { Extensions = all.Settings.Extensions };
        var first = job.Plan(settings);

        var plan = job.Plan(settings, first.Memory, f => f with { Now = f.Now + settings.MetricsWindow });

        Assert.All(plan.Decision!.Vertices, v => Assert.InRange(
            v.NewParallelism,
            Math.Min(v.Evaluation.MaxParallelism, Math.Min(v.Evaluation.Parallelism, settings.VertexMinParallelism)),
            Math.Min(Math.Max(v.Evaluation.MaxParallelism, v.Evaluation.Parallelism), Math.Max(v.Evaluation.Parallelism, settings.VertexMaxParallelism))));
    });

    private static AutoscalerSettingsReading Read(params (string Key, string Value)[] configuration) => AutoscalerSettingsReader.Read(
        configuration.ToDictionary(static c => c.Key, static c => c.Value, StringComparer.Ordinal));
}
