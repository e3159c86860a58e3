using System.Globalization;

namespace Flink.Resources.Simulation;

/// <summary>A place like YARN: attempts of the ApplicationMaster restart it, and the ResourceManager may forget what it knew.</summary>
internal sealed class YarnPlace(SimulatedFleet fleet, SimulatedBackendOptions options) : SimulatedPlace(fleet, options)
{
    private static readonly TimeSpan _localisation = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _attemptPause = TimeSpan.FromSeconds(2);
    private long _managerStartedAt;
    private int _sequence;

    public override BackendInfo Info { get; } = new()
    {
        Name = options.Name,
        Kind = BackendKind.Yarn,
        Capabilities = BackendCapabilities.QueueMoves | BackendCapabilities.PriorityChanges,
    };

    protected override bool RestartsInPlace => false;

    protected override TimeSpan Expiry => Options.NodeExpiry * 15;

    /// <summary>The ResourceManager goes and comes back.</summary>
    public void RestartManager(bool keepsStore, TimeSpan away)
    {
        Fleet.Log(Name, "resourcemanager", keepsStore ? "restarts" : "restarts with an emptied store");
        AwayUntil = Clock.Now + away.Ticks;
        StaleUntil = AwayUntil + (TimeSpan.TicksPerSecond * 10);
        ManagerRun++;
        _managerStartedAt = AwayUntil;
        _sequence = 0;
        if (keepsStore)
        {
            return;
        }
        foreach (var application in Applications.Where(static a => a.SubmittedAt is not null))
        {
            application.IsKnown = false;
        }
    }

    public override ApplicationHandle NewHandle(Fence fence) => new()
    {
        Backend = Name,
        Identity = Identity,
        Id = string.Create(CultureInfo.InvariantCulture, $"application_{Clock.At(_managerStartedAt).ToUnixTimeMilliseconds()}_{++_sequence:D4}"),
    };

    public override void CheckPlace(ApplicationSpec spec, List<SpecError> errors)
    {
        if (!spec.Jar.Uri.StartsWith("local:", StringComparison.Ordinal) && !Fleet.HasFile(spec.Jar.Uri))
        {
            errors.Add(new SpecError("Jar", spec.Jar.Uri, "a file that is there"));
        }
    }

    public override void Kill(SimulatedApplication application, ApplicationResult result, string why)
    {
        if (application.Phase is Phase.Ended or Phase.Removing or Phase.Prepared)
        {
            return;
        }
        application.Phase = Phase.Removing;
        Clock.Schedule(About(TimeSpan.FromSeconds(1)), () => Final(application, result, why));
    }

    public override bool HasRestarter(SimulatedApplication application) => application.Phase switch
    {
        Phase.Submitted => true,
        Phase.Up => application.Attempts < MaximumAttempts(application) && !application.IsResultStored,
        _ => false,
    };

    public override Lookup<ApplicationReport> Report(SimulatedApplication application)
    {
        var report = Base(application);
        if (application.KeptResult is { } kept && (!application.IsKnown || application.Phase == Phase.Prepared))
        {
            return Lookup.Found(report with { State = ApplicationState.Finished, Result = kept }, Seen("The ResourceManager has forgotten it; its fence holds the result."));
        }
        if (application.SubmittedAt is null)
        {
            return Lookup.Found(report with { State = ApplicationState.Prepared }, Seen("Its fence is taken; the ResourceManager does not know it."));
        }
        if (!application.IsKnown)
        {
            return StoreSurvived(application)
                ? Lookup.Found(report with { State = ApplicationState.Prepared }, Seen("Its fence is taken; the ResourceManager does not know it."))
                : Lookup.Unknown<ApplicationReport>(Seen("It was submitted, and a ResourceManager that started later does not know it: it may have lost its state store while the application runs."));
        }
        report = WithProcesses(application, report);
        return Lookup.Found(report, Seen($"The ResourceManager says {report.NativeState}."));
    }

    public override DeathProbe Probe(CopyRef copy, SimulatedApplication? application)
    {
        if (application is null)
        {
            return new DeathProbe(copy, DeathVerdict.Dead, Seen("The ResourceManager that gave the id out does not know the application."));
        }
        var found = Report(application);
        var verdict = found.Match(
            static report => report switch
            {
                { State: ApplicationState.Finished, NativeState: "RUNNING" or null, Containers: > 0 } => DeathVerdict.Alive,
                { State: ApplicationState.Finished, Containers: > 0 } => DeathVerdict.Dying,
                { State: ApplicationState.Finished or ApplicationState.Prepared } => DeathVerdict.Dead,
                _ => DeathVerdict.Alive,
            },
            static _ => DeathVerdict.Dead,
            static _ => DeathVerdict.Unknown);
        var seen = found.Match(
            static r => string.Create(CultureInfo.InvariantCulture, $"{r.NativeState ?? r.State.ToString()}, {r.Containers} containers."),
            static e => e.Seen, static e => e.Seen);
        return new DeathProbe(copy, verdict, Seen(seen)) { CanComeBack = verdict is DeathVerdict.Alive or DeathVerdict.Unknown };
    }

    protected override void Complete(SortedDictionary<string, string> configuration, ApplicationHandle handle) =>
        configuration["high-availability.cluster-id"] = handle.Id;

    protected override bool Admit(SimulatedApplication application)
    {
        if (Options.Queues.IsEmpty || Options.Queues.ContainsKey(application.Queue))
        {
            return true;
        }
        Clock.Schedule(TimeSpan.FromSeconds(1), () => Final(
            application, ApplicationResult.Failed, $"Application {application.Handle.Id} submitted by user flink to unknown queue: {application.Queue}"));
        return false;
    }

    protected override void JobManagerLost(SimulatedApplication application, SimulatedContainer container, string why)
    {
        foreach (var other in application.Alive.Where(c => !c.IsZombie && c != container))
        {
            End(other);
        }
        if (application.Attempts >= MaximumAttempts(application))
        {
            Final(application, ApplicationResult.Failed, $"Application {application.Handle.Id} failed {application.Attempts} times: {why}");
            return;
        }
        application.Phase = Phase.Submitted;
        application.Diagnostics = why;
        Clock.Schedule(_attemptPause, () =>
        {
            if (application.Phase == Phase.Submitted)
            {
                application.Log("another attempt");
                Launch(application);
            }
        });
    }

    protected override void Leave(SimulatedApplication application, FlinkRun run)
    {
        if (application.Phase != Phase.Up || application.Run != run)
        {
            return;
        }
        Final(application, ResultOf(run.State), null);
        application.IsStagingGone = true;
    }

    protected override void MainFailed(SimulatedApplication application, FlinkRun run, string cause)
    {
        run.End(FlinkJobState.Failed, cause);
        application.Log(cause);
        Final(application, ApplicationResult.Failed, cause);
    }

    protected override void NodeLost(SimulatedNode node)
    {
        foreach (var container in Ordered(node))
        {
            var application = container.Application;
            var run = application.Run;
            if (container.IsDead)
            {
                Remove(container);
            }
            else if (!container.IsZombie)
            {
                Abandon(container);
                if (container.IsJobManager && run is not null)
                {
                    application.Zombies.Add(run);
                    application.Run = null;
                }
                run?.TaskManagers.Remove(container);
            }
            if (application.Phase is Phase.Ended or Phase.Removing)
            {
                continue;
            }
            if (container.IsJobManager)
            {
                JobManagerLost(application, container, $"{node.Name} is lost");
            }
            else if (application.Run is { IsOver: false } left)
            {
                TaskFailed(application, left, $"TaskManagerLostException: {container.Id} is gone: {node.Name} is lost");
            }
        }
    }

    protected override TimeSpan Fetch(SimulatedContainer container, SimulatedNode node) => About(_localisation);

    protected override string? Obstacle(SimulatedContainer container) =>
        Options.MissingImages.Contains(container.Application.Spec.FlinkVersion) ? $"the library directories of Flink {container.Application.Spec.FlinkVersion} are missing" : null;

    protected override bool IsLeft(SimulatedApplication application) => application.Phase != Phase.Ended;

    protected override void AllGone(SimulatedApplication application)
    {
    }

    protected override string ContainerPrefix(SimulatedApplication application, bool isJobManager) => string.Create(
        CultureInfo.InvariantCulture, $"container_{application.Handle.Id["application_".Length..]}_{application.Attempts:D2}_");

    private static int MaximumAttempts(SimulatedApplication application) =>
        int.TryParse(application.Configuration.GetValueOrDefault("yarn.application-attempts"), NumberStyles.None, CultureInfo.InvariantCulture, out var attempts)
            ? attempts
            : application.HasHighAvailability ? 2 : 1;

    private static ApplicationResult ResultOf(FlinkJobState state) => state switch
    {
        FlinkJobState.Finished => ApplicationResult.Succeeded,
        FlinkJobState.Canceled => ApplicationResult.Canceled,
        _ => ApplicationResult.Failed,
    };

    private void Final(SimulatedApplication application, ApplicationResult result, string? why)
    {
        if (application.Phase == Phase.Ended)
        {
            return;
        }
        application.Phase = Phase.Ended;
        application.Result = result;
        application.EndedAt = Clock.Now;
        application.Diagnostics = why;
        application.Log($"final: {result}{(why is null ? string.Empty : ", " + why)}");
        foreach (var container in application.Containers.ToArray())
        {
            if (container.Node is { Reports: false } && container is { IsAlive: true, IsDead: false })
            {
                Abandon(container);
                if (container.IsJobManager && application.Run is { } run)
                {
                    application.Zombies.Add(run);
                    application.Run = null;
                }
            }
            else
            {
                End(container);
            }
        }
    }

    private bool StoreSurvived(SimulatedApplication application) =>
        application.SubmittedTo == ManagerRun
        || Applications.Any(a => a is { IsKnown: true, SubmittedAt: { } at } && at < application.SubmittedAt);

    private ApplicationReport Base(SimulatedApplication application) => new()
    {
        Application = application.Handle,
        Fence = application.Fence,
        Name = application.Spec.Job.Value,
        State = ApplicationState.Unknown,
        Queue = application.Queue,
        Priority = application.Priority,
        User = "flink",
        StartedAt = application.StartedAt is { } at ? Clock.At(at) : null,
        Diagnostics = application.Diagnostics,
    };

    private ApplicationReport WithProcesses(SimulatedApplication application, ApplicationReport report)
    {
        var held = application.Containers.Where(static c => c is { IsZombie: false, IsAlive: true }).ToList();
        report = report with
        {
            AllocatedMemory = new MemorySize(held.Sum(static c => c.Memory)),
            AllocatedCpuMillicores = held.Sum(static c => c.Cpu),
            Containers = held.Count,
        };
        switch (application.Phase)
        {
            case Phase.Submitted:
                var waiting = application.Containers.Find(static c => c is { IsJobManager: true, State: ContainerState.Waiting });
                return report with
                {
                    State = ApplicationState.Starting,
                    NativeState = "ACCEPTED",
                    Diagnostics = waiting?.WaitsFor ?? report.Diagnostics,
                    IsStuck = waiting?.IsStuck ?? false,
                };
            case Phase.Ended:
                application.KeptResult ??= application.Result;
                return report with
                {
                    State = ApplicationState.Finished,
                    Result = application.KeptResult.Value,
                    NativeState = application.Result == ApplicationResult.Killed ? "KILLED/KILLED" : application.Result == ApplicationResult.Failed ? "FAILED/FAILED" : "FINISHED/SUCCEEDED",
                    FinishedAt = Clock.At(application.EndedAt!.Value),
                };
            default:
                if (application.Run is { State.IsTerminal: true } run)
                {
                    application.KeptResult ??= ResultOf(run.State);
                    return report with
                    {
                        State = ApplicationState.Finished,
                        Result = application.KeptResult.Value,
                        NativeState = "RUNNING",
                        FinishedAt = Clock.At(run.EndedAt!.Value),
                        Diagnostics = run.State == FlinkJobState.Failed ? run.Exceptions[0].StackTrace : report.Diagnostics,
                    };
                }
                return report with
                {
                    State = ApplicationState.Running,
                    NativeState = "RUNNING",
                    RestAddress = SimulatedFleet.AddressOf(application),
                    Diagnostics = application.Containers.Find(static c => c.State == ContainerState.Waiting)?.WaitsFor ?? report.Diagnostics,
                };
        }
    }
}
