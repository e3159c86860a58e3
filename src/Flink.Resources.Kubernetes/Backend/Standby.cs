using Flink.Resources.Rest;

namespace Flink.Resources.Kubernetes;

/// <summary>Has up what a start will need: placeholder pods, or the whole cluster without its job.</summary>
internal sealed class Standby(Site site) : IStandby
{
    public async Task<StandbyOutcome> BringUpAsync(PreparedApplication application, StandbyLevel level, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        try
        {
            await site.RequireAsync(application.Application, cancellationToken).ConfigureAwait(false);
            var manifest = ApplicationManifest.FromPayload(application.Payload);
            var fence = await site.Fences.FindAsync(application.Application.Id, cancellationToken).ConfigureAwait(false);
            if (fence is not { State: FenceState.Prepared } || fence.Fence != application.Fence || fence.SpecDigest != KubernetesNames.Digest(application.Payload))
            {
                return new StandbyOutcome.Refused($"{application.Fence} is not prepared as {application.Application.Id}, or was started or removed: prepare it first.");
            }
            return level switch
            {
                StandbyLevel.None => new StandbyOutcome.Accepted(),
                StandbyLevel.Room => await RoomAsync(manifest, cancellationToken).ConfigureAwait(false),
                StandbyLevel.Cluster => await ClusterAsync(manifest, fence, cancellationToken).ConfigureAwait(false),
                _ => new StandbyOutcome.Refused($"{level} is not known here."),
            };
        }
        catch (FormatException exception)
        {
            return new StandbyOutcome.Refused(exception.Message);
        }
        catch (ResourceBackendException exception)
        {
            return exception.Fault is BackendFault.Forbidden or BackendFault.Invalid or BackendFault.NotSupported
                ? new StandbyOutcome.Refused(exception.Message)
                : new StandbyOutcome.Indeterminate(site.Saw(exception.Message));
        }
    }

    public async Task<Lookup<StandbyReport>> FindAsync(PreparedApplication application, StandbyLevel level, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        try
        {
            await site.RequireAsync(application.Application, cancellationToken).ConfigureAwait(false);
            var manifest = ApplicationManifest.FromPayload(application.Payload);
            return level switch
            {
                StandbyLevel.Room => await FindRoomAsync(manifest, cancellationToken).ConfigureAwait(false),
                StandbyLevel.Cluster => await FindClusterAsync(application.Application, manifest, cancellationToken).ConfigureAwait(false),
                _ => Lookup.Found(new StandbyReport(true, "Nothing was asked for."), site.Saw("nothing was asked for")),
            };
        }
        catch (FormatException exception)
        {
            return Lookup.Unknown<StandbyReport>(site.Saw(exception.Message));
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<StandbyReport>(site.Saw(exception.Message));
        }
    }

    /// <summary>Takes the placeholders away at once: what they held is free for the start.</summary>
    public async Task ClearRoomAsync(ApplicationManifest manifest, CancellationToken cancellationToken)
    {
        var pods = await PodsAsync(manifest, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(pods.Where(Placeholders.Is).Select(p => site.Calls.DeleteAsync(
            Paths.Pods(manifest.Namespace), p.Name(), p.Uid(), "Background", cancellationToken))).ConfigureAwait(false);
    }

    private async Task<StandbyOutcome> RoomAsync(ApplicationManifest manifest, CancellationToken cancellationToken)
    {
        foreach (var pod in Placeholders.Of(manifest))
        {
            await site.Calls.CreateAsync(Paths.Pods(manifest.Namespace), pod, cancellationToken).ConfigureAwait(false);
        }
        return new StandbyOutcome.Accepted();
    }

    private async Task<StandbyOutcome> ClusterAsync(ApplicationManifest manifest, FenceRecord fence, CancellationToken cancellationToken)
    {
        if (SessionStart.Objection(manifest) is { } objection)
        {
            return new StandbyOutcome.Refused(objection);
        }
        var session = SessionStart.Of(manifest);
        var standing = await site.Calls.FindAsync(Paths.Deployments(manifest.Namespace), manifest.ClusterId, cancellationToken).ConfigureAwait(false);
        if (standing is not null && (standing.Annotation(FlinkObjects.FenceAnnotation) != fence.Fence.ToString() || !SessionStart.IsSession(standing)))
        {
            return new StandbyOutcome.Refused($"A Deployment {manifest.ClusterId} that is not of this fence, or has its job already, stands in namespace {manifest.Namespace}.");
        }
        var deployment = await site.Calls.ApplyAsync(Paths.Deployments(manifest.Namespace), session.Deployment, cancellationToken).ConfigureAwait(false);
        var now = await site.Fences.FindAsync(manifest.ClusterId, cancellationToken).ConfigureAwait(false);
        if (now is null || now.HasEnded || now.Uid != fence.Uid)
        {
            // A removal came in between; without its ConfigMap the pod can't start.
            await site.Calls.DeleteAsync(Paths.Deployments(manifest.Namespace), manifest.ClusterId, deployment.Uid(), "Background", cancellationToken).ConfigureAwait(false);
            return new StandbyOutcome.Refused($"The fence {fence.Fence} was given up while its cluster was brought up.");
        }
        await Starting.CompleteAsync(site, session, RestorePoint.None, deployment.Uid(), cancellationToken).ConfigureAwait(false);
        return new StandbyOutcome.Accepted();
    }

    private async Task<Lookup<StandbyReport>> FindRoomAsync(ApplicationManifest manifest, CancellationToken cancellationToken)
    {
        var pods = (await PodsAsync(manifest, cancellationToken).ConfigureAwait(false)).FindAll(Placeholders.Is);
        var wanted = Placeholders.Of(manifest).Count();
        if (pods.Count == 0)
        {
            return Lookup.Absent<StandbyReport>(site.Saw($"There is no placeholder of {manifest.ClusterId}."));
        }
        var waiting = pods.Find(static p => p.Text("status", "phase") != "Running");
        var (why, stuck) = waiting is null ? default : PodReading.Why(waiting);
        var words = waiting is null
            ? FormattableString.Invariant($"{pods.Count} of {wanted} placeholders stand.")
            : $"{waiting.Name()} waits: {why ?? waiting.Text("status", "phase")}";
        return Lookup.Found(new StandbyReport(waiting is null && pods.Count == wanted, words, stuck), site.Saw(words));
    }

    private async Task<Lookup<StandbyReport>> FindClusterAsync(ApplicationHandle handle, ApplicationManifest manifest, CancellationToken cancellationToken)
    {
        var deployment = await site.Calls.FindAsync(Paths.Deployments(manifest.Namespace), manifest.ClusterId, cancellationToken).ConfigureAwait(false);
        if (!SessionStart.IsSession(deployment))
        {
            return Lookup.Absent<StandbyReport>(site.Saw($"No cluster {manifest.ClusterId} stands by."));
        }
        var words = await MissingAsync(handle, manifest, cancellationToken).ConfigureAwait(false);
        var stuck = false;
        if (words is not null)
        {
            var pods = await PodsAsync(manifest, cancellationToken).ConfigureAwait(false);
            (var why, stuck) = pods.Select(PodReading.Why).FirstOrDefault(static w => w.Why is not null);
            words = why ?? words;
        }
        return Lookup.Found(new StandbyReport(words is null, words ?? "JobManager and TaskManagers are up; the jar is there.", stuck), site.Saw(words ?? "up"));
    }

    /// <summary>What the start would not find; null when all is there.</summary>
    private async Task<string?> MissingAsync(ApplicationHandle handle, ApplicationManifest manifest, CancellationToken cancellationToken)
    {
        try
        {
            var slots = SessionStart.Slots(manifest.Configuration);
            var overview = await FlinkRest.Connect(handle, site.RestAddress(handle), site.Calls.Api.Http, site.TimeProvider, Glance)
                .GetOverviewAsync(cancellationToken).ConfigureAwait(false);
            if (overview.SlotsTotal < slots)
            {
                return FormattableString.Invariant($"{overview.SlotsTotal} of {slots} slots are there.");
            }
            var jars = await FlinkRest.ConnectSession(handle, site.RestAddress(handle), site.Calls.Api.Http, site.TimeProvider, Glance)
                .ListJarsAsync(cancellationToken).ConfigureAwait(false);
            return jars.Contains(SessionStart.JarId(manifest), StringComparer.Ordinal) ? null : $"The JobManager does not list {SessionStart.JarId(manifest)}.";
        }
        catch (ResourceBackendException exception)
        {
            return $"The JobManager does not answer yet: {exception.Fault}.";
        }
    }

    private static readonly FlinkRestOptions Glance = new()
    {
        AttemptTimeout = TimeSpan.FromSeconds(3), CallTimeout = TimeSpan.FromSeconds(3), ReadAttempts = 1,
    };

    private async Task<List<System.Text.Json.Nodes.JsonObject>> PodsAsync(ApplicationManifest manifest, CancellationToken cancellationToken) =>
        (await site.Calls.ListAsync(
            Paths.Pods(manifest.Namespace), $"&labelSelector={Uri.EscapeDataString($"app={manifest.ClusterId},type=flink-native-kubernetes")}",
            static p => (System.Text.Json.Nodes.JsonObject)p.DeepClone(), cancellationToken).ConfigureAwait(false)).Items;
}
