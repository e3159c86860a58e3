using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>A source and a sink, observed every minute until something is carried out.</summary>
internal static class DelayedScaleDownEndToEnd
{
    private const double BusyAtFirst = 800;

    // Two years. Every minute is a whole cycle, so that more would run for a very long time.
    private const long MostMinutes = 1_000_000;

    public static JsonObject Answer(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var topology = input["topology"].Topology();
        var (source, sink) = (Position(topology, input, "source"), Position(topology, input, "sink"));
        var minutes = input["minutesPerWindow"].SmallCount() is > 0 and var given ? given : throw input["minutesPerWindow"].Wrong("1 or more");
        var perMinute = input["recordsPerMinute"].Double();
        var sourceBusy = input["sourceBusyMsPerSecond"].List().Select(static b => b.Double()).ToList();
        var sinkBusy = input["sinkBusyMsPerSecond"].List().Select(static b => b.Double()).ToList();
        var until = input["untilMinute"].Int64OrNull() ?? long.MaxValue;
        var last = Math.Min(until, (long)minutes * Math.Min(sourceBusy.Count, sinkBusy.Count));
        if (last > MostMinutes)
        {
            throw input["minutesPerWindow"].Wrong($"such that at most {MostMinutes} minutes are run, or untilMinute be set");
        }
        var job = new JobCycle();
        var (executed, before) = (false, false);
        var minute = 0L;
        for (; minute <= last && !executed; minute++)
        {
            before = !job.Memory.Delayed.IsEmpty;
            var entry = (int)((minute - 1) / minutes);
            var sample = new MetricSample(topology, minute * 60_000);
            var records = minute == 0 ? 0 : (minute - 1) * perMinute;
            Set(sample, source, records, minute == 0 ? BusyAtFirst : sourceBusy[entry]);
            Set(sample, sink, records, minute == 0 ? BusyAtFirst : sinkBusy[entry]);
            executed = job.Run(settings, sample, DateTimeOffset.UnixEpoch, []);
        }
        var pending = !job.Memory.Delayed.IsEmpty;
        return new()
        {
            ["firstScalingAtMinute"] = executed ? minute - 1 : null,
            ["parallelismOverrides"] = job.Memory.Overrides.Json(),
            ["pendingScaleDownAfter"] = executed ? pending : null,
            ["pendingScaleDownAtEnd"] = pending,
            ["pendingScaleDownBeforeEnd"] = before,
        };
    }

    private static void Set(MetricSample sample, int vertex, double records, double busy)
    {
        sample.Set(vertex, VertexMetric.Load, busy / 1000);
        sample.Set(vertex, VertexMetric.RecordsIn, records);
        sample.Set(vertex, VertexMetric.RecordsOut, records);
    }

    private static int Position(JobTopology topology, ScenarioValue input, string id) => topology.PositionOf(id) is >= 0 and var position
        ? position
        : throw new ScenarioException($"there is no vertex '{id}'", input["topology"].Path);
}
