using CsCheck;

namespace Flink.Resources.Autoscaling;

public sealed class MetricWindowTests
{
    private static readonly JobTopology Topology = new(
        [new() { Id = "a" }, new() { Id = "b", Inputs = [new("a", ShipStrategy.Hash)] }]);

    private static readonly Gen<double> Values = Gen.OneOf(
        Gen.Double[0, 1e9], Gen.Int[0, 1_000_000].Select(static i => (double)i), Gen.Double[-1e-9, 1e-9],
        Gen.Int[0, 5].Select(static i => new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, 1e300, 9_007_199_254_740_994 }[i]));

    [Fact]
    public void Summarize_AnyValues_AreThoseAdded() => Values.Array[14].Array[1, 40].Sample(rows =>
    {
        var (window, expected) = (new MetricWindow(), new MetricSummary(Topology));
        Fill(window, rows, expected);

        AssertSame(expected, window.Summarize(Topology));
    });

    [Fact]
    public void Read_WhatWasWritten_GoesOnLikeTheOriginal() => Gen.Select(Values.Array[14].Array[1, 20], Values.Array[14]).Sample((rows, next) =>
    {
        var window = new MetricWindow();
        Fill(window, rows, new(Topology));

        var again = MetricWindow.Read(window.Write());

        AssertSame(window.Summarize(Topology), again.Summarize(Topology));
        window.Add(Sample(1_000_000, next));
        again.Add(Sample(1_000_000, next));
        AssertSame(window.Summarize(Topology), again.Summarize(Topology));
        Assert.Equal(window.Write(), again.Write());
    });

    [Fact]
    public void Read_DamagedBytes_AreRefused() => Gen.Select(Gen.Int[0, 10_000], Gen.Byte[1, 255]).Sample((place, change) =>
    {
        var window = new MetricWindow();
        Fill(window, [Enumerable.Repeat(5d, 14).ToArray()], new(Topology));
        var bytes = window.Write();
        bytes[place % bytes.Length] ^= change;

        Assert.Throws<FormatException>(() => MetricWindow.Read(bytes));
    });

    [Fact]
    public void Collect_FullWindow_DropsWhatHasLeftIt()
    {
        var settings = new AutoscalerSettings { StabilizationInterval = TimeSpan.Zero, MetricsWindow = TimeSpan.FromSeconds(60) };
        var window = new MetricWindow();
        for (var second = 0; second < 60; second += 10)
        {
            Assert.False(window.Collect(settings, Sample(second * 1000, []), 0));
        }

        Assert.True(window.Collect(settings, Sample(60_000, []), 0));
        Assert.True(window.Collect(settings, Sample(70_000, []), 0));

        Assert.Equal((7, 10_000L, 70_000L), (window.Count, window.FirstAtMs!.Value, window.LastAtMs!.Value));
    }

    [Fact]
    public void Collect_JobRestarted_DropsAll()
    {
        var window = new MetricWindow();
        window.Collect(new(), Sample(1_000, []), 0);
        window.Collect(new(), Sample(2_000, []), 0);

        window.Collect(new(), Sample(3_000, []), 1_500);

        Assert.Equal(1, window.Count);
    }

    [Fact]
    public void Add_SameInstant_ReplacesTheSample()
    {
        var window = new MetricWindow();
        foreach (var value in (double[])[1, 2])
        {
            var sample = new MetricSample(Topology, 5_000);
            sample.Set(0, VertexMetric.Lag, value);
            window.Add(sample);
        }

        Assert.Equal((1, 2d), (window.Count, window.Summarize(Topology).Latest(0, VertexMetric.Lag)!.Value));
    }

    [Fact]
    public void Add_AnotherGraph_KeepsWhatBothHave()
    {
        var window = new MetricWindow();
        var first = new MetricSample(Topology, 1_000);
        first.Set(Topology.PositionOf("b"), VertexMetric.Load, 0.5);
        window.Add(first);
        var grown = new JobTopology([new() { Id = "b" }, new() { Id = "c" }]);

        window.Add(new(grown, 2_000));

        Assert.Equal(0.5, window.Summarize(grown).Of(grown.PositionOf("b"), VertexMetric.Load).Average());
    }

    private static void Fill(MetricWindow window, double[][] rows, MetricSummary expected)
    {
        foreach (var (index, row) in rows.Index())
        {
            window.Add(Sample(index * 1000, row));
            expected.Begin(index * 1000);
            for (var i = 0; i < row.Length; i++)
            {
                expected.Add(i / 7, (VertexMetric)(i % 7), MetricNumbers.Stored(row[i]));
            }
        }
    }

    private static MetricSample Sample(long atMs, double[] row)
    {
        var sample = new MetricSample(Topology, atMs);
        for (var i = 0; i < row.Length; i++)
        {
            sample.Set(i / 7, (VertexMetric)(i % 7), row[i]);
        }
        return sample;
    }

    private static void AssertSame(MetricSummary expected, MetricSummary actual)
    {
        for (var vertex = 0; vertex < Topology.Vertices.Length; vertex++)
        {
            foreach (var metric in Enum.GetValues<VertexMetric>())
            {
                Assert.Equal(expected.Of(vertex, metric), actual.Of(vertex, metric));
                Assert.Equal(expected.Latest(vertex, metric), actual.Latest(vertex, metric));
            }
        }
    }
}
