using System.Text;

namespace Flink.Resources.Autoscaling;

public sealed class AutoscalerMemoryTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch.AddHours(5);

    [Fact]
    public void Read_WhatVersion1Wrote_IsUnderstood()
    {
        var memory = AutoscalerMemory.Read("""
            {"version":1,
             "history":{"a":[{"at":"1970-01-01T01:00:00+00:00","currentParallelism":2,"newParallelism":4,"trueProcessingRate":10.5,"expectedProcessingRate":"NaN","isScaleUp":true}]},
             "restarts":[{"decidedAt":"1970-01-01T01:00:00+00:00","duration":"00:01:10"}],
             "overrides":{"a":4},"configuration":{"k":"v"},
             "delayed":{"b":{"firstTrigger":"1970-01-01T01:00:00+00:00","recommendations":[{"at":"1970-01-01T01:00:00+00:00","parallelism":3,"outsideUtilizationBound":true}]}},
             "sent":{"s":{"at":"1970-01-01T01:00:00+00:00","message":"m"}}}
            """u8);

        Assert.Equal((2, 4, 10.5), (memory.History["a"][0].CurrentParallelism, memory.History["a"][0].NewParallelism, memory.History["a"][0].TrueProcessingRate));
        Assert.Equal([TimeSpan.FromSeconds(70)], memory.MeasuredRestarts);
        Assert.Equal((4, "v", 3, "m"), (memory.Overrides["a"], memory.Configuration["k"], memory.Delayed["b"].Highest().Parallelism, memory.Sent["s"].Message));
        Assert.True(memory.Measured.IsEmpty && memory.Proposals.IsEmpty && memory.Undo is null && memory.Blocked.IsEmpty);
    }

    [Fact]
    public void Read_WhatWasWritten_IsAllThere()
    {
        var memory = AutoscalerMemory.Empty with
        {
            Measured = AutoscalerMemory.Empty.Measured.Add("a", [new(At, 4, 1000.5)]),
            Proposals = AutoscalerMemory.Empty.Proposals.Add("a", new(ScaleDirection.Down, At)),
            Undo = new(At, AutoscalerMemory.Empty.Overrides.Add("a", 2), AutoscalerMemory.Empty.Overrides.Add("a", 4), AutoscalerMemory.Empty.Configuration.Add("k", "v"), 8.5),
            Blocked = AutoscalerMemory.Empty.Blocked.Add("a", new(2, 4, At)),
        };

        var again = AutoscalerMemory.Read(memory.Write());

        Assert.Equal(memory.Write(), again.Write());
        Assert.Equal((new(At, 4, 1000.5), new(ScaleDirection.Down, At), new(2, 4, At)), (again.Measured["a"][0], again.Proposals["a"], again.Blocked["a"]));
        Assert.Equal((2, 4, "v", 8.5), (again.Undo!.Before["a"], again.Undo.After["a"], again.Undo.Configuration["k"], again.Undo.Health));
    }

    [Fact]
    public void Write_NoAdditions_StoresNothingOfThem() => Assert.Equal(
        """{"version":2,"history":{},"restarts":[],"overrides":{},"configuration":{},"delayed":{},"sent":{}}""",
        Encoding.UTF8.GetString(AutoscalerMemory.Empty.Write()));

    [Theory]
    [InlineData("""{"version":3,"history":{},"restarts":[],"overrides":{},"configuration":{},"delayed":{},"sent":{}}""")]
    [InlineData("""{"version":0,"history":{},"restarts":[],"overrides":{},"configuration":{},"delayed":{},"sent":{}}""")]
    [InlineData("""{"version":2}""")]
    [InlineData("""{"version":2,"history":{},"restarts":[],"overrides":{"a":"x"},"configuration":{},"delayed":{},"sent":{}}""")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("")]
    public void Read_DamagedOrNewer_IsRefused(string json) =>
        Assert.Throws<FormatException>(() => AutoscalerMemory.Read(Encoding.UTF8.GetBytes(json)));
}
