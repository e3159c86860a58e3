using System.Text.Json.Nodes;
using Flink.Resources.Autoscaling;

namespace WhatIf.Autoscaling;

/// <summary>Questions about room in the cluster.</summary>
internal static class ClusterQuestions
{
    public static JsonObject SlotsAfterRescale(ScenarioValue input)
    {
        var (current, changed) = (input["parallelism"].Parallelisms(), input["newParallelism"].Parallelisms());
        var slots = ScalingGates.SlotsAfter(
            current.Select(p => (p.Value, changed.GetValueOrDefault(p.Key, p.Value))), input["numTaskSlotsUsed"].Double());
        return new() { ["numTaskSlots"] = slots };
    }

    public static JsonObject Capacity(ScenarioValue input)
    {
        var view = input["resourceViewEnabled"].Boolean();
        var nodes = input["nodes"].List().Select(Node).ToList();
        var groups = input["autoscaledNodeGroups"].MembersOrEmpty().Select(Group).ToList();
        var cluster = new ClusterCapacity([.. nodes], groups);
        var answer = new JsonArray();
        foreach (var call in input["calls"].List())
        {
            var request = new CapacityRequest(
                call["currentInstances"].SmallCount(), call["newInstances"].SmallCount(),
                call["cpuPerInstance"].Amount(), call["memoryPerInstanceBytes"].Count());
            answer.Add(!view || cluster.TrySchedule(request));
        }
        return new() { ["schedulable"] = answer };
    }

    public static JsonObject Reservation(ScenarioValue input)
    {
        var (node, instance) = (Sizes(input["node"]), input["instance"]);
        var reservation = new NodeReservation(node.Allocatable, node.Used);
        var amount = new NodeAmount(instance["cpu"].Amount(), instance["memoryBytes"].Count());
        var answer = new JsonArray();
        foreach (var operation in input["operations"].List())
        {
            operation.Word<Action>(
                ("reserve", () => answer.Add(reservation.TryReserve(amount))),
                ("cancel", reservation.Cancel),
                ("commit", reservation.Commit),
                ("release", () => reservation.Release(amount)))();
        }
        return new() { ["reserveResults"] = answer };
    }

    private static ClusterNode Node(ScenarioValue value)
    {
        _ = value["name"].String();
        var (allocatable, used) = Sizes(value);
        return new(value["group"].String(), allocatable, used);
    }

    private static KeyValuePair<string, long> Group(KeyValuePair<string, ScenarioValue> group)
    {
        _ = group.Value["minSize"].SmallCount();
        return KeyValuePair.Create(group.Key, (long)group.Value["maxSize"].SmallCount());
    }

    private static (NodeAmount Allocatable, NodeAmount Used) Sizes(ScenarioValue value) => (
        new(value["allocatableCpu"].Amount(), value["allocatableMemoryBytes"].Count()),
        new(value["usedCpu"].Double(), value["usedMemoryBytes"].Int64()));
}
