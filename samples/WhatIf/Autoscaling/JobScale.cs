using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>What a whole job would get, and which gate would refuse.</summary>
internal static class JobScale
{
    public static (JobDecision Decision, bool Triggered, List<ScalingEventKind> Events) Decide(ScenarioValue input)
    {
        var (settings, restartTime) = (input["config"].Settings(), input["restartTime"].Duration());
        var topology = input["topology"].Topology();
        var vertices = input["vertices"].RequiredObject();
        var evaluations = topology.Vertices.Select(v => VertexScale.Evaluation(
            settings, restartTime, v.Id, v.Inputs.Any(static e => e.Strategy == ShipStrategy.Hash), name => vertices[v.Id][name])
            with { Inputs = v.Inputs }).ToList();
        var gates = Gates.Read(input);
        var pressure = ScalingGates.IsUnderMemoryPressure(settings, gates.GcPressure, gates.HeapUsage);
        var excluded = pressure ? evaluations.Select(static e => e.Id) : settings.ExcludedVertices;
        var decision = JobScaler.Decide(
            settings, [.. evaluations], static _ => VertexMemory.None, excluded.ToFrozenSet(StringComparer.Ordinal), restartTime, DateTimeOffset.UnixEpoch);
        if (pressure)
        {
            return (decision, false, [ScalingEventKind.MemoryPressure]);
        }
        List<ScalingEventKind> events = [.. decision.Vertices.SelectMany(static v => v.Events)];
        return (decision, decision.IsChange && gates.Pass(settings, decision, events), events);
    }

    public static JsonObject Answer(ScenarioValue input)
    {
        var (decision, triggered, events) = Decide(input);
        var expected = new JsonObject();
        foreach (var change in decision.Changes)
        {
            expected[change.Evaluation.Id] = change.ExpectedProcessingRate.Json();
        }
        return new()
        {
            ["scaledVertices"] = decision.Changes.Select(static c => c.Evaluation.Id).Order(StringComparer.Ordinal).Json(),
            ["newParallelism"] = decision.Parallelism().Json(),
            ["expectedProcessingRate"] = expected,
            ["scalingTriggered"] = triggered,
            ["events"] = events.Select(static e => e.ToString()).Json(),
            ["explanations"] = decision.Explanations(),
        };
    }

    private sealed record Gates(
        double GcPressure, double HeapUsage, TaskManagerSize Size, double SlotsUsed, bool CanSchedule, List<IReadOnlyList<string>>? Groups)
    {
        public static Gates Read(ScenarioValue input)
        {
            var global = input["globalMetrics"];
            var (gc, heap) = global.IsSet ? (global["GC_PRESSURE"], global["HEAP_MAX_USAGE_RATIO"]) : (global, global);
            _ = heap.IsSet ? heap["current"].DoubleOrNull() : null;
            return new(
                gc.IsSet ? gc["current"].Double(double.NaN) : double.NaN,
                heap.IsSet ? heap["average"].Double(double.NaN) : double.NaN,
                new(input["taskManagerCpu"].AmountOrNull(), input["taskManagerMemoryBytes"].CountOrNull()),
                input["numTaskSlotsUsed"].Double(double.NaN),
                input["clusterCanSchedule"].Boolean(true),
                input["slotSharingGroups"].IsSet ? [.. input["slotSharingGroups"].List().Select(static g => g.Strings())] : null);
        }

        public bool Pass(AutoscalerSettings settings, JobDecision decision, List<ScalingEventKind> events)
        {
            if (ScalingGates.AskCluster(settings, decision, Size, SlotsUsed, _ => CanSchedule) != GateRefusal.None)
            {
                return false;
            }
            if (Groups is null || ScalingGates.IsWithinQuota(settings, decision, Groups, Size))
            {
                return true;
            }
            events.Add(ScalingEventKind.ResourceQuotaReached);
            return false;
        }
    }
}
