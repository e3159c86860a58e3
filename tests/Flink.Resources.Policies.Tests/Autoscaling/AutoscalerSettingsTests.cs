namespace Flink.Resources.Autoscaling;

public sealed class AutoscalerSettingsTests
{
    [Fact]
    public void Read_Nothing_HasTheDefaults() => Assert.Equal(new AutoscalerSettings(), Read([]).Settings);

    [Fact]
    public void Read_UpstreamNames_AreUnderstood()
    {
        var settings = Read(
            ("job.autoscaler.enabled", "true"),
            ("job.autoscaler.metrics.window", "10 min"),
            ("job.autoscaler.stabilization.interval", "PT90S"),
            ("job.autoscaler.utilization.target", "0.6"),
            ("job.autoscaler.vertex.exclude.ids", "a;b"),
            ("job.autoscaler.quota.memory", "8 gb"),
            ("job.autoscaler.metrics.busy-time.aggregator", "AVG")).Settings;

        Assert.True(settings.Enabled);
        Assert.Equal((TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(90), 0.6), (settings.MetricsWindow, settings.StabilizationInterval, settings.UtilizationTarget));
        Assert.Equal(["a", "b"], settings.ExcludedVertices);
        Assert.Equal((8L << 30, BusyTimeAggregator.Avg), (settings.QuotaMemoryBytes!.Value, settings.BusyTimeAggregator));
    }

    [Fact]
    public void Read_OlderSpellings_HaveLowerPriority()
    {
        Assert.Equal(0.5, Read(("kubernetes.operator.job.autoscaler.utilization.target", "0.5")).Settings.UtilizationTarget);
        Assert.Equal(0.4, Read(("job.autoscaler.target.utilization", "0.4"), ("kubernetes.operator.job.autoscaler.utilization.target", "0.5")).Settings.UtilizationTarget);
        Assert.Equal(0.3, Read(("job.autoscaler.target.utilization", "0.4"), ("job.autoscaler.utilization.target", "0.3")).Settings.UtilizationTarget);
        Assert.Equal(TimeSpan.FromMinutes(2), Read(("job.autoscaler.scale-up.grace-period", "2 min")).Settings.ScaleDownInterval);
    }

    [Theory]
    [InlineData(null, null, AlignmentMode.Balanced)]
    [InlineData("EVENLY_SPREAD", "MAXIMIZE_UTILISATION", AlignmentMode.EvenlySpread)]
    [InlineData(null, "EVENLY_SPREAD", AlignmentMode.LegacyEvenlySpread)]
    [InlineData("balanced", null, AlignmentMode.Balanced)]
    public void Read_AlignmentMode_DeprecatedKeyCountsAlone(string? mode, string? deprecated, AlignmentMode expected)
    {
        var pairs = new List<(string, string)>();
        if (mode is not null)
        {
            pairs.Add(("job.autoscaler.scaling.parallelism-alignment.mode", mode));
        }
        if (deprecated is not null)
        {
            pairs.Add(("job.autoscaler.scaling.key-group.partitions.adjust.mode", deprecated));
        }

        var reading = Read([.. pairs]);

        Assert.Equal(expected, reading.Settings.AlignmentMode);
        Assert.Equal(mode == "balanced", !reading.Warnings.IsEmpty);
    }

    [Fact]
    public void Read_ValuesThatCannotBeRead_AreAllReported()
    {
        var errors = Read(("job.autoscaler.enabled", "yes"), ("job.autoscaler.restart.time", "soon"), ("job.autoscaler.history.max.count", "1.5")).Errors;

        Assert.Equal(
            ["job.autoscaler.enabled", "job.autoscaler.history.max.count", "job.autoscaler.restart.time"],
            errors.Select(static e => e.Key).Order(StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Validate_EveryMistake_NamesKeyAndRange()
    {
        var errors = AutoscalerSettingsValidator.Validate(new()
        {
            Enabled = true,
            UtilizationTarget = 0.7,
            UtilizationMax = 0.6,
            VertexMinParallelism = 0,
            ExcludedPeriods = ["10:00:00-09:00:00"],
        });

        Assert.Equal(3, errors.Length);
        Assert.Contains("between 0.7 and 1", errors[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("* * * ? * 1#2", "2025-03-09T12:00:00", true)]
    [InlineData("* * * ? * 6L", "2025-03-28T12:00:00", true)]
    [InlineData("* * * ? * 6L", "2025-03-21T12:00:00", false)]
    [InlineData("* * * L * ?", "2025-02-28T12:00:00", true)]
    [InlineData("* * * LW * ?", "2025-05-30T12:00:00", true)]
    [InlineData("* * * 15W * ?", "2025-03-14T12:00:00", true)]
    [InlineData("0/20 * 22-2 * * ?", "2025-03-14T01:00:40", true)]
    [InlineData("* * * ? JAN-MAR MON-FRI 2025", "2025-03-14T01:00:40", true)]
    [InlineData("* * * ? JAN-MAR MON-FRI 2026", "2025-03-14T01:00:40", false)]
    public void Contains_CronExpressions_AreQuartzOnes(string text, string time, bool expected)
    {
        Assert.True(ExcludedPeriod.TryParse(text, out var period, out _));

        Assert.Equal(expected, period!.Contains(DateTime.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("* * * * * *")]
    [InlineData("* * * ? * ?")]
    [InlineData("* * * *")]
    [InlineData("? * * ? * 1")]
    [InlineData("* * * ? * 1#6")]
    [InlineData("* * * ? FOO 1")]
    [InlineData("")]
    [InlineData("8:00:00-9:00:00")]
    public void TryParse_WhatQuartzRefuses_IsRefused(string text)
    {
        Assert.False(ExcludedPeriod.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }

    private static AutoscalerSettingsReading Read(params (string Key, string Value)[] configuration) => AutoscalerSettingsReader.Read(
        configuration.ToDictionary(static c => c.Key, static c => c.Value, StringComparer.Ordinal));
}
