using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Flink.Resources.Preemption.CapacityScheduler;
using Spectre.Console;

namespace WhatIf.Preemption;

/// <summary>What YARN's capacity monitor would preempt: maps scenarios to the library's own records and back.</summary>
internal sealed class CapacitySchedulerQuestion : IPreemptionQuestion
{
    public bool Handles(string kind, string? family) => kind is "interQueue" or "intraQueue" or "timeline" or "containerOrder";

    public JsonObject Answer(string kind, ScenarioValue scenario) => kind switch
    {
        "containerOrder" => Order(scenario),
        "timeline" => Timeline(scenario),
        _ => Round(CapacitySchedulerScenario.Read(scenario)),
    };

    public void Show(string kind, ScenarioValue scenario, JsonObject answer, IAnsiConsole console)
    {
        switch (kind)
        {
            case "containerOrder":
                console.MarkupLineInterpolated($"First to go: {string.Join(", ", answer["order"]!.AsArray())}");
                break;
            case "timeline":
                CapacitySchedulerTables.Steps(answer, console);
                break;
            default:
                var snapshot = CapacitySchedulerScenario.Read(scenario);
                CapacitySchedulerTables.Round(snapshot, CapacitySchedulerMonitor.RunRound(snapshot), console);
                break;
        }
    }

    private static JsonObject Round(CapacitySchedulerSnapshot snapshot)
    {
        var round = CapacitySchedulerMonitor.RunRound(snapshot);
        var ideals = new JsonObject();
        foreach (var (queue, ideal) in round.IdealAssigned)
        {
            ideals[queue] = new JsonArray([.. ideal.Select(static number => JsonValue.Create(number))]);
        }
        return new() { ["preemptedContainers"] = Counts(round.PreemptedContainers), ["idealAssigned"] = ideals };
    }

    private static JsonObject Timeline(ScenarioValue scenario)
    {
        var snapshot = CapacitySchedulerScenario.Read(scenario);
        var wait = scenario["settings"]["waitBeforeKillMs"].Int64();
        var given = scenario["observeAtMs"];
        // Half of the wait is rounded down, also below zero.
        long[] instants = given.IsSet ? [.. given.List().Select(static i => i.Int64())] : [0, wait >> 1, wait + 1];
        var steps = CapacitySchedulerMonitor.Observe(snapshot, [.. instants.Select(CapacitySchedulerScenario.Milliseconds)]);
        return new() { ["steps"] = new JsonArray([.. steps.Select((step, i) => Step(instants[i], step))]) };
    }

    private static JsonObject Step(long atMs, CapacityMonitorStep step) => new()
    {
        ["atMs"] = atMs,
        ["newPreemptionRequests"] = Counts(step.NewRequests),
        ["kills"] = Counts(step.Kills),
    };

    private static JsonObject Order(ScenarioValue scenario)
    {
        var containers = scenario["containers"].List().Select(static c => new CapacityContainer(c["id"].Int64(), c["priority"].Int64()));
        var order = CapacitySchedulerMonitor.PreemptionOrder([.. containers]);
        return new() { ["order"] = new JsonArray([.. order.Select(static c => JsonValue.Create(c.Id))]) };
    }

    private static JsonObject Counts(ImmutableSortedDictionary<string, long> counts)
    {
        var result = new JsonObject();
        foreach (var (app, count) in counts)
        {
            result[app] = count;
        }
        return result;
    }
}

/// <summary>Reads scenarios of the capacity monitor.</summary>
internal static class CapacitySchedulerScenario
{
    public static CapacitySchedulerSnapshot Read(ScenarioValue scenario)
    {
        var names = scenario["resourceNames"].List();
        if (names.Count == 0)
        {
            throw scenario["resourceNames"].Wrong("a list of at least one resource");
        }
        foreach (var name in names)
        {
            _ = name.String();
        }
        var cluster = Vector(scenario["clusterResource"], names.Count);
        var settings = Settings(scenario["settings"]);
        var queues = Queues(scenario["queues"], names.Count);
        var apps = Apps(scenario["apps"], queues, names.Count);
        _ = scenario["roundingTolerance"].Count(0);
        return new()
        {
            ClusterResource = cluster,
            Settings = settings,
            Queues = queues,
            Apps = apps,
            UserLimits = UserLimits(scenario["userLimits"], settings, queues, apps, names.Count),
        };
    }

    /// <summary>A duration; the longest one for what does not fit.</summary>
    public static TimeSpan Milliseconds(long milliseconds) => milliseconds switch
    {
        > long.MaxValue / TimeSpan.TicksPerMillisecond => TimeSpan.MaxValue,
        < long.MinValue / TimeSpan.TicksPerMillisecond => TimeSpan.MinValue,
        _ => TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond),
    };

    private static CapacityMonitorSettings Settings(ScenarioValue settings)
    {
        var result = new CapacityMonitorSettings
        {
            Calculator = settings["resourceCalculator"].Word(("memory", CapacityCalculator.Memory), ("dominant", CapacityCalculator.Dominant)),
            TotalPreemptionPerRound = (float)settings["totalPreemptionPerRound"].Double(),
            NaturalTerminationFactor = settings["naturalTerminationFactor"].Double(),
            MaxIgnoredOverCapacity = settings["maxIgnoredOverCapacity"].Double(),
            MaxWaitBeforeKill = Milliseconds(settings["waitBeforeKillMs"].Int64()),
            ObserveOnly = settings["observeOnly"].Boolean(),
            BalanceBeyondGuaranteed = settings["balanceBeyondGuaranteed"].Boolean(),
            MaxMasterShare = settings["maxMasterShare"].Double(),
            CrossQueueConservative = settings["crossQueueConservative"].Boolean(),
            IntraQueue = settings["intraQueue"] is { IsSet: true } inside ? IntraQueue(inside) : null,
        };
        _ = settings["monitoringIntervalMs"].Int64();
        return result;
    }

    private static IntraQueueSettings IntraQueue(ScenarioValue settings) => new(
        settings["order"].Word(("priorityFirst", IntraQueueOrder.PriorityFirst), ("userLimitFirst", IntraQueueOrder.UserLimitFirst)),
        (float)settings["maxAllowableLimit"].Double(),
        settings["minimumThreshold"].Double());

    private static ImmutableArray<CapacityQueueReport> Queues(ScenarioValue queues, int resources)
    {
        var given = queues.List();
        ImmutableArray<CapacityQueueReport> result = [.. given.Select(q => Queue(q, resources))];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < given.Count; i++)
        {
            if (result[i].Parent is { } parent && !seen.Contains(parent))
            {
                throw new ScenarioException($"there is no queue {parent} before this one", given[i]["parent"].Path);
            }
            if (!seen.Add(result[i].Name))
            {
                throw new ScenarioException($"queue {result[i].Name} is listed twice", given[i]["name"].Path);
            }
        }
        return result;
    }

    private static CapacityQueueReport Queue(ScenarioValue queue, int resources) => new()
    {
        Name = queue["name"].String(),
        Parent = queue["parent"].StringOrNull(),
        Guaranteed = Vector(queue["guaranteed"], resources),
        Maximum = Vector(queue["max"], resources),
        Used = Vector(queue["used"], resources),
        Pending = Vector(queue["pending"], resources),
        Reserved = Vector(queue["reserved"], resources),
        Priority = queue["priority"].Int64(),
        PreemptionDisabled = queue["preemptionDisabled"].Boolean(),
    };

    private static ImmutableArray<CapacityApp> Apps(ScenarioValue apps, ImmutableArray<CapacityQueueReport> queues, int resources)
    {
        var known = queues.Select(static q => q.Name).ToHashSet(StringComparer.Ordinal);
        return [.. apps.List().Select(a => App(a, known, resources))];
    }

    private static CapacityApp App(ScenarioValue app, HashSet<string> queues, int resources) => new()
    {
        Name = app["name"].String(),
        Queue = queues.Contains(app["queue"].String())
            ? app["queue"].String()
            : throw new ScenarioException($"there is no queue {app["queue"].String()}", app["queue"].Path),
        Priority = app["priority"].Int64(),
        User = app["user"].String(),
        Containers = app["containers"].Count(),
        ContainerSize = Vector(app["containerSize"], resources),
        ReservedContainers = app["reservedContainers"].Count(),
        FirstContainerIsMaster = app["firstContainerIsMaster"].Boolean(),
        Pending = Vector(app["pending"], resources),
    };

    private static ImmutableDictionary<string, ImmutableArray<long>> UserLimits(
        ScenarioValue limits,
        CapacityMonitorSettings settings,
        ImmutableArray<CapacityQueueReport> queues,
        ImmutableArray<CapacityApp> apps,
        int resources)
    {
        var members = settings.IntraQueue is null ? limits.MembersOrEmpty() : limits.Members();
        var result = members.Where(static m => m.Value.IsSet)
            .ToImmutableDictionary(static m => m.Key, m => Vector(m.Value, resources), StringComparer.Ordinal);
        if (settings.IntraQueue is not null)
        {
            var parents = queues.Select(static q => q.Parent).ToHashSet(StringComparer.Ordinal);
            var missing = apps.Select(static a => a.Queue).FirstOrDefault(q => !parents.Contains(q) && !result.ContainsKey(q));
            _ = missing is null ? default : limits[missing].List();
        }
        return result;
    }

    private static ImmutableArray<long> Vector(ScenarioValue vector, int resources)
    {
        var numbers = vector.List();
        return numbers.Count == resources
            ? [.. numbers.Select(static n => n.Count())]
            : throw vector.Wrong(string.Create(CultureInfo.InvariantCulture, $"a list of {resources} numbers, one per resource"));
    }
}

/// <summary>Shows decisions of the capacity monitor to a person.</summary>
internal static class CapacitySchedulerTables
{
    public static void Round(CapacitySchedulerSnapshot snapshot, CapacityMonitorRound round, IAnsiConsole console)
    {
        var queues = new Table().Title("Queues").AddColumns("queue", "guaranteed", "used", "asks for", "ideal", "to take", "why");
        foreach (var queue in snapshot.Queues)
        {
            var decision = round.Queues[queue.Name];
            queues.AddRow([.. new[]
            {
                queue.Name, Text(queue.Guaranteed), Text(queue.Used), Text(queue.Pending), Text(round.IdealAssigned[queue.Name]),
                Text(decision.ToTake), decision.Reason,
            }.Select(Markup.Escape)]);
        }
        console.Write(queues);
        var apps = new Table().Title("Who goes").AddColumns("app", "queue", "containers", "which", "rule");
        foreach (var choice in round.Choices)
        {
            apps.AddRow(
                Markup.Escape(choice.App),
                Markup.Escape(choice.Queue),
                choice.Count.ToString(CultureInfo.InvariantCulture),
                choice.Kind.ToString().ToLowerInvariant(),
                Rule(choice.Selector));
        }
        if (round.Choices.IsEmpty)
        {
            console.MarkupLine("Nobody goes.");
            return;
        }
        console.Write(apps);
    }

    public static void Steps(JsonObject answer, IAnsiConsole console)
    {
        var table = new Table().AddColumns("at (ms)", "asked for", "killed");
        foreach (var step in answer["steps"]!.AsArray())
        {
            table.AddRow(Cell("atMs"), Cell("newPreemptionRequests"), Cell("kills"));
            string Cell(string field) => Markup.Escape(step![field]!.ToJsonString());
        }
        console.Write(table);
    }

    private static string Rule(CapacitySelector selector) => selector switch
    {
        CapacitySelector.BetweenQueues => "its queue holds more than its ideal",
        CapacitySelector.Balancing => "balance between satisfied queues",
        CapacitySelector.InsideQueue => "a more important app or another user in the same queue is short",
        _ => "",
    };

    private static string Text(ImmutableArray<long> vector) => string.Join(" / ", vector.Select(static n => n.ToString(CultureInfo.InvariantCulture)));
}
