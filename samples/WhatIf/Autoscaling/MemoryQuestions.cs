using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Questions about the memory of task managers.</summary>
internal static class MemoryQuestions
{
    public static JsonObject Tuning(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var topology = input["topology"].Topology();
        var scaling = input["scaling"].Members().ToDictionary(static s => s.Key, static s => s.Value["newParallelism"].SmallCount(), StringComparer.Ordinal);
        var before = topology.Vertices.ToDictionary(static v => v.Id, static v => v.Parallelism, StringComparer.Ordinal);
        var usage = input["usage"];
        var (managersBefore, managersAfter) = Managers(settings, before, scaling, usage["taskSlotsUsed"].Double(double.NaN));
        var tuned = MemoryTuning.Tune(
            settings, Specification(input["taskManager"]),
            new(usage["heapBytes"].Double(), usage["metaspaceBytes"].Double(), usage["managedBytes"].Double()),
            NetworkMemory.Bytes(settings, topology, v => scaling.GetValueOrDefault(v, before[v])), managersBefore, managersAfter);
        if (tuned is null || !settings.MemoryTuning)
        {
            return new() { ["overrides"] = new JsonObject(), ["recommendationEvent"] = tuned is not null };
        }
        return new()
        {
            ["totalProcessBytes"] = tuned.TotalProcessBytes,
            ["managedFraction"] = tuned.ManagedFraction,
            ["networkMinBytes"] = tuned.NetworkBytes,
            ["networkMaxBytes"] = tuned.NetworkBytes,
            ["metaspaceBytes"] = tuned.MetaspaceBytes,
            ["jvmOverheadFraction"] = tuned.JvmOverheadFraction,
            ["frameworkHeapBytes"] = 0,
        };
    }

    public static JsonObject Scaling(ScenarioValue input)
    {
        var settings = input["config"].Settings();
        var (before, after) = Managers(
            settings, input["parallelism"].Parallelisms(), input["newParallelism"].Parallelisms(), input["taskSlotsUsed"].Double(double.NaN));
        return new()
        {
            ["heapBytes"] = MemoryTuning.Compensate(settings, input["heapBytes"].Count(), input["budgetBytes"].Count(), before, after),
        };
    }

    public static JsonObject NetworkSegments(ScenarioValue input) => new()
    {
        ["segments"] = NetworkMemory.Segments(
            input["currentParallelism"].SmallCount(), input["connectedParallelism"].SmallCount(), input["shipStrategy"].Strategy(),
            input["buffersPerChannel"].SmallCount(), input["floatingBuffersPerGate"].SmallCount()),
    };

    private static (long Before, long After) Managers(
        AutoscalerSettings settings, Dictionary<string, int> current, Dictionary<string, int> changed, double slotsUsed)
    {
        // Not known counts as none in use.
        slotsUsed = double.IsNaN(slotsUsed) ? 0 : slotsUsed;
        var after = ScalingGates.SlotsAfter(current.Select(p => (p.Value, changed.GetValueOrDefault(p.Key, p.Value))), slotsUsed);
        return (ScalingGates.TaskManagers(settings, slotsUsed), ScalingGates.TaskManagers(settings, after));
    }

    private static TaskManagerMemory Specification(ScenarioValue value) => new()
    {
        TotalProcess = value["maxMemoryBytes"].Count(),
        TotalFlink = value["specTotalFlinkBytes"].Count(),
        Heap = value["specHeapBytes"].Count(),
        Managed = value["specManagedBytes"].Count(),
        Network = value["specNetworkBytes"].Count(),
        FrameworkOffHeap = value["frameworkOffHeapBytes"].Count(),
        TaskOffHeap = value["taskOffHeapBytes"].Count(),
        Metaspace = value["specMetaspaceBytes"].Count(),
        JvmOverhead = value["jvmOverheadBytes"].Count(),
    };
}
