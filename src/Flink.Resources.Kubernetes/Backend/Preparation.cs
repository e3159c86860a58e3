using System.Globalization;

namespace Flink.Resources.Kubernetes;

/// <summary>Checks everything, then takes the fence.</summary>
internal sealed class Preparation(Site site)
{
    public async Task<PrepareOutcome> RunAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            return await PrepareAsync(fence, spec, cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return new PrepareOutcome.Indeterminate(site.Saw(exception.Message));
        }
    }

    private async Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken)
    {
        var options = site.Options;
        var errors = SpecCheck.Check(fence, spec, options);
        if (errors.Count > 0)
        {
            return new PrepareOutcome.Refused([.. errors]);
        }
        var input = new ApplicationInput(fence, spec, options, Placing.ProfileOf(spec.FlinkVersion, options)!);
        var payload = input.ToManifest().ToPayload();
        var identity = await site.IdentityAsync(cancellationToken).ConfigureAwait(false);
        var record = new FenceRecord
        {
            Fence = fence,
            Holder = site.Holder,
            SpecDigest = KubernetesNames.Digest(payload),
            Namespace = input.Namespace,
            ClusterId = input.ClusterId,
            Queue = spec.Queue,
        };
        var prepared = new PrepareOutcome.Prepared(new PreparedApplication
        {
            Fence = fence,
            Application = site.Handle(input.Namespace, input.ClusterId, identity),
            Payload = payload,
            Notes = SpecCheck.Notes(spec),
        });
        if (await DecidedAsync(record, cancellationToken).ConfigureAwait(false) is { } decided)
        {
            return decided.Mine ? prepared : decided.Taken!;
        }
        errors = await CheckPlaceAsync(input, cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
        {
            return new PrepareOutcome.Refused([.. errors]);
        }
        await site.Fences.TakeAsync(record, cancellationToken).ConfigureAwait(false);
        // Read what stands there: ours, a rival's, or ours and a later epoch that came in between.
        return await DecidedAsync(record, cancellationToken).ConfigureAwait(false) switch
        {
            { Mine: true } => prepared,
            { Taken: { } taken } => taken,
            _ => new PrepareOutcome.Indeterminate(site.Saw($"The fence {fence} was created and is gone again.")),
        };
    }

    private async Task<(bool Mine, PrepareOutcome? Taken)?> DecidedAsync(FenceRecord wanted, CancellationToken cancellationToken)
    {
        var all = await site.Fences.ListAsync(wanted.Fence.Job, cancellationToken).ConfigureAwait(false);
        if (all.Where(r => r.Fence.Epoch > wanted.Fence.Epoch).MaxBy(static r => r.Fence.Epoch) is { } later)
        {
            return (false, Taken(later, string.Create(
                CultureInfo.InvariantCulture, $"Epoch {later.Fence.Epoch} of {later.Fence.Job} was prepared already; epoch {wanted.Fence.Epoch} is past.")));
        }
        if (all.Find(r => r.Fence == wanted.Fence) is not { } standing)
        {
            return null;
        }
        if (standing.Holder != wanted.Holder)
        {
            return (false, Taken(standing, $"ConfigMap {KubernetesNames.Fence(standing.ClusterId)} names {standing.Holder} as holder."));
        }
        return standing.SpecDigest == wanted.SpecDigest
            ? (true, null)
            : (false, Taken(standing, $"{standing.Holder} prepared {standing.Fence} with another specification or other options; take the next epoch."));
    }

    private PrepareOutcome.FenceTaken Taken(FenceRecord record, string what) => new(record.Holder, site.Saw(what));

    private async Task<List<SpecError>> CheckPlaceAsync(ApplicationInput input, CancellationToken cancellationToken)
    {
        var errors = new List<SpecError>();
        if (await site.Calls.FindAsync(Paths.Namespaces, input.Namespace, cancellationToken).ConfigureAwait(false) is null)
        {
            errors.Add(new SpecError("Queue", input.Spec.Queue, $"a queue whose namespace exists; '{input.Namespace}' does not."));
            return errors;
        }
        var account = input.Options.ServiceAccount;
        if (await site.Calls.FindAsync(Paths.ServiceAccounts(input.Namespace), account, cancellationToken).ConfigureAwait(false) is null)
        {
            errors.Add(new SpecError("KubernetesOptions.ServiceAccount", account, $"a service account of namespace '{input.Namespace}' (docs/kubernetes.md has the rights it needs)."));
        }
        var left = await Leftovers.FindAsync(site.Calls, input.Namespace, input.ClusterId, cancellationToken).ConfigureAwait(false);
        if (!left.IsEmpty)
        {
            errors.Add(new SpecError(
                "Fence", input.Fence.ToString(), $"a start without leftovers of an earlier one; namespace '{input.Namespace}' still has {left}. Remove them or take the next epoch."));
        }
        return errors;
    }
}
