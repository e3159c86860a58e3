using Flink.Resources.Rest;

namespace Flink.Resources.Kubernetes;

/// <summary>Submits the job into a cluster that is up before it, once: its id is the fence's.</summary>
internal sealed class SessionStarting(Site site)
{
    public async Task<StartOutcome> RunAsync(
        FenceRecord fence, ApplicationHandle handle, ApplicationManifest manifest, RestorePoint restore, CancellationToken cancellationToken)
    {
        var job = SessionStart.JobOf(fence.Fence);
        var cluster = FlinkRest.Connect(handle, site.RestAddress(handle), site.Calls.Api.Http, site.TimeProvider);
        if (fence.State != FenceState.Prepared)
        {
            // It was begun before: what Flink knows tells whether the job got there.
            var known = await cluster.FindJobAsync(job, cancellationToken).ConfigureAwait(false);
            if (known.Status == LookupStatus.Found)
            {
                return await StartedAsync(fence, handle, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (!await site.Fences.MarkAsync(fence, FenceState.Submitted, ApplicationResult.Unknown, null, cancellationToken).ConfigureAwait(false))
        {
            return new StartOutcome.Indeterminate(site.Saw($"The fence {fence.Fence} was changed by another start or a removal at the same time."));
        }
        var session = FlinkRest.ConnectSession(handle, site.RestAddress(handle), site.Calls.Api.Http, site.TimeProvider);
        var outcome = await session.RunJarAsync(
            SessionStart.JarId(manifest), SessionStart.RunRequest(manifest, fence.Fence, restore), cancellationToken).ConfigureAwait(false);
        if (outcome is TriggerOutcome.Accepted)
        {
            return await StartedAsync(fence, handle, cancellationToken).ConfigureAwait(false);
        }
        // Flink takes an id once, so asking again is safe; whether it took it, it says itself.
        var now = await cluster.FindJobAsync(job, cancellationToken).ConfigureAwait(false);
        if (now.Status == LookupStatus.Found)
        {
            return await StartedAsync(fence, handle, cancellationToken).ConfigureAwait(false);
        }
        return (outcome, now.Status, fence.State) is (TriggerOutcome.Refused { Cause: var cause }, LookupStatus.Absent, FenceState.Prepared)
            ? new StartOutcome.Refused($"Flink refused the job: {cause}")
            : new StartOutcome.Indeterminate(site.Saw(outcome switch
            {
                TriggerOutcome.Refused refused => $"Flink refused the job: {refused.Cause}",
                TriggerOutcome.Indeterminate unknown => unknown.Evidence.Seen,
                _ => outcome.ToString(),
            }));
    }

    private async Task<StartOutcome> StartedAsync(FenceRecord fence, ApplicationHandle handle, CancellationToken cancellationToken)
    {
        if (await site.Fences.FindAsync(handle.Id, cancellationToken).ConfigureAwait(false) is { State: FenceState.Submitted } now && now.Fence == fence.Fence)
        {
            await site.Fences.MarkAsync(now, FenceState.Started, ApplicationResult.Unknown, null, cancellationToken).ConfigureAwait(false);
        }
        return new StartOutcome.Accepted(handle);
    }
}
