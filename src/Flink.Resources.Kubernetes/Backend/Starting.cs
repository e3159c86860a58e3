using Flink.Resources.Http;

namespace Flink.Resources.Kubernetes;

/// <summary>Creates the objects of a prepared application; the fence says whether that may still happen.</summary>
internal sealed class Starting(Site site, ApplicationReader reader)
{
    public async Task<StartOutcome> RunAsync(PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken)
    {
        var handle = application.Application;
        ApplicationManifest manifest;
        try
        {
            manifest = ApplicationManifest.FromPayload(application.Payload);
        }
        catch (FormatException exception)
        {
            return new StartOutcome.Refused(exception.Message);
        }
        try
        {
            await site.RequireAsync(handle, cancellationToken).ConfigureAwait(false);
            var fence = await site.Fences.FindAsync(handle.Id, cancellationToken).ConfigureAwait(false);
            if (Objection(fence, application) is { } objection)
            {
                return new StartOutcome.Refused(objection);
            }
            return await StartAsync(fence!, handle, manifest, restore, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception) when (exception is { StatusCode: null, Fault: BackendFault.Invalid or BackendFault.NotSupported })
        {
            // The handle is none of this place's, so nothing was asked. A server's refusal is another matter: it may run already.
            return new StartOutcome.Refused(exception.Message);
        }
        catch (ResourceBackendException exception)
        {
            return new StartOutcome.Indeterminate(site.Saw(exception.Message));
        }
    }

    private async Task<StartOutcome> StartAsync(
        FenceRecord fence, ApplicationHandle handle, ApplicationManifest manifest, RestorePoint restore, CancellationToken cancellationToken)
    {
        var deployment = await site.Calls.FindAsync(Paths.Deployments(manifest.Namespace), handle.Id, cancellationToken).ConfigureAwait(false);
        if (deployment is not null && deployment.Annotation(FlinkObjects.FenceAnnotation) != fence.Fence.ToString())
        {
            return new StartOutcome.Refused($"A Deployment {handle.Id} that is not of this fence stands in namespace {manifest.Namespace}.");
        }
        if (fence.HasEnded || (fence.State == FenceState.Started && deployment is null) || IsWhole(fence, deployment))
        {
            return new StartOutcome.AlreadyStarted(await reader.ReportAsync(handle, fence, cancellationToken).ConfigureAwait(false));
        }
        if (SessionStart.IsSession(deployment))
        {
            return await new SessionStarting(site).RunAsync(fence, handle, manifest, restore, cancellationToken).ConfigureAwait(false);
        }
        try
        {
            if (fence.State == FenceState.Prepared
                && !await site.Fences.MarkAsync(fence, FenceState.Submitted, ApplicationResult.Unknown, null, cancellationToken).ConfigureAwait(false))
            {
                return new StartOutcome.Indeterminate(site.Saw($"The fence {fence.Fence} was changed by another start or a removal at the same time."));
            }
            await new Standby(site).ClearRoomAsync(manifest, cancellationToken).ConfigureAwait(false);
            deployment = await site.Calls.ApplyAsync(Paths.Deployments(manifest.Namespace), manifest.Deployment, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception) when (fence.State == FenceState.Prepared && Cause(exception) is { } cause)
        {
            // Nobody began before, and without a Deployment nothing runs. Later on a refusal is no proof: a part may have been made.
            return new StartOutcome.Refused(cause);
        }

        // A removal may have come in between. Without its ConfigMap the pod can't start, so nothing ran yet.
        var now = await site.Fences.FindAsync(handle.Id, cancellationToken).ConfigureAwait(false);
        if (now is null || now.HasEnded || now.Uid != fence.Uid)
        {
            await site.Calls.DeleteAsync(
                Paths.Deployments(manifest.Namespace), handle.Id, deployment.Uid(), "Background", cancellationToken).ConfigureAwait(false);
            return now is null
                ? new StartOutcome.Refused($"The fence {fence.Fence} was given up while this start was under way.")
                : new StartOutcome.AlreadyStarted(await reader.ReportAsync(handle, now, cancellationToken).ConfigureAwait(false));
        }
        await CompleteAsync(site, manifest, restore, deployment.Uid(), cancellationToken).ConfigureAwait(false);
        await site.Fences.MarkAsync(now, FenceState.Started, ApplicationResult.Unknown, null, cancellationToken).ConfigureAwait(false);
        return new StartOutcome.Accepted(handle);
    }

    /// <summary>Everything that the Deployment's pod waits for.</summary>
    public static async Task CompleteAsync(Site site, ApplicationManifest manifest, RestorePoint restore, string uid, CancellationToken cancellationToken)
    {
        var scope = manifest.Namespace;
        var version = manifest.Deployment.Annotation(FlinkObjects.VersionAnnotation) ?? string.Empty;
        var config = FlinkObjects.ConfigMap(manifest, FlinkDefaults.Restore(version, restore));
        // The JobManager's container waits for all of its ConfigMaps: the sooner they are there, the sooner it starts.
        await Task.WhenAll(
            FlinkObjects.TemplateMap(manifest) is { } template
                ? site.Calls.ApplyAsync(Paths.ConfigMaps(scope), FlinkObjects.OwnedBy(template, manifest.ClusterId, uid), cancellationToken)
                : Task.CompletedTask,
            site.Calls.ApplyAsync(Paths.Services(scope), FlinkObjects.OwnedBy(manifest.Service, manifest.ClusterId, uid), cancellationToken),
            site.Calls.ApplyAsync(Paths.ConfigMaps(scope), FlinkObjects.OwnedBy(config, manifest.ClusterId, uid), cancellationToken)).ConfigureAwait(false);
    }

    // Started is written last: everything stood there at that time.
    private static bool IsWhole(FenceRecord fence, System.Text.Json.Nodes.JsonObject? deployment) =>
        fence.State == FenceState.Started && deployment is not null;

    private static string? Objection(FenceRecord? fence, PreparedApplication application) => fence switch
    {
        null => $"The fence {application.Fence} is not taken: prepare first. It may have been given up.",
        _ when fence.Fence != application.Fence => $"The fence of {application.Application} is {fence.Fence}, not {application.Fence}.",
        _ when fence.SpecDigest != KubernetesNames.Digest(application.Payload) =>
            $"{fence.Holder} prepared {fence.Fence} with another specification: this payload is not what the fence stands for.",
        _ => null,
    };

    /// <summary>Why the server will not take it, in plain words; null when that is not certain.</summary>
    private static string? Cause(ResourceBackendException exception) => exception.Fault switch
    {
        BackendFault.Forbidden when exception.Message.Contains("exceeded quota", StringComparison.Ordinal) =>
            $"The namespace's quota does not allow it: {BackendHttp.Shorten(exception.Message)}",
        BackendFault.Forbidden => $"Not allowed: {BackendHttp.Shorten(exception.Message)} (docs/kubernetes.md lists the rights)",
        BackendFault.Unauthenticated => $"No valid credentials: {BackendHttp.Shorten(exception.Message)}",
        BackendFault.Invalid or BackendFault.NotSupported => BackendHttp.Shorten(exception.Message),
        _ => null,
    };
}
