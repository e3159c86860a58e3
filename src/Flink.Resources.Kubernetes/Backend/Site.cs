using Flink.Resources.Http;
using Microsoft.Extensions.Logging;

namespace Flink.Resources.Kubernetes;

/// <summary>One cluster: its calls, its options, its clock, and the proof that it is still the same cluster.</summary>
internal sealed class Site(
    string name, IKubernetesApi api, Func<KubernetesOptions> options, TimeProvider timeProvider, ILogger logger)
{
    public string Name => name;

    public KubernetesOptions Options => options();

    public TimeProvider TimeProvider => timeProvider;

    public ILogger Logger => logger;

    public KubernetesCalls Calls { get; } = new(
        name, api, new BackendPipelines(
            timeProvider, options().AttemptTimeout, options().CallTimeout,
            circuit: new CircuitTuning(options().CircuitFailures, options().CircuitBreak)));

    /// <summary>How the pods of removed applications went.</summary>
    public PodEndings Endings => field ??= new PodEndings(this);

    public FenceStore Fences => new(Calls, Options.Namespace);

    public string Holder => Options.Holder ?? $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>The uid of <c>kube-system</c>, asked afresh: an address may lead elsewhere since the last time.</summary>
    public async Task<BackendIdentity> IdentityAsync(CancellationToken cancellationToken)
    {
        var system = await Calls.FindAsync(Paths.Namespaces, "kube-system", cancellationToken).ConfigureAwait(false);
        return system is not null && system.Uid() is { Length: > 0 } uid
            ? new BackendIdentity(uid)
            : throw Calls.Fault(BackendFault.Malformed, HttpMethod.Get, Paths.Namespaces, "there is no kube-system here, so this is no Kubernetes cluster that can be told apart");
    }

    /// <summary>Fails when the address leads to another cluster than the handle's.</summary>
    public async Task RequireAsync(ApplicationHandle handle, CancellationToken cancellationToken)
    {
        if (handle.Backend != name)
        {
            throw new ResourceBackendException(BackendFault.NotSupported, name, $"{handle} belongs to the backend '{handle.Backend}', not to '{name}'.");
        }
        if (!KubernetesNames.IsLabel(handle.Id) || !KubernetesNames.IsLabel(handle.Namespace))
        {
            throw new ResourceBackendException(BackendFault.Invalid, name, $"{handle} is no application of Kubernetes: namespace and cluster-id must be DNS labels.");
        }
        var identity = await IdentityAsync(cancellationToken).ConfigureAwait(false);
        if (handle.Identity != identity)
        {
            throw new ResourceBackendException(
                BackendFault.Malformed, name, $"{api.BaseAddress.Authority} is now another cluster ({identity}) than the one meant ({handle.Identity}).");
        }
    }

    public Evidence Saw(string what) => new($"{name} at {api.BaseAddress.Authority}", timeProvider.GetUtcNow(), what);

    /// <summary>Where Flink's REST API of an application is.</summary>
    public Uri RestAddress(ApplicationHandle handle) => Options.RestAccess == FlinkRestAccess.Direct
        ? new Uri($"http://{KubernetesNames.Rest(handle.Id)}.{handle.Namespace}:8081/")
        : new Uri(api.BaseAddress, $"{Paths.Services(handle.Namespace!)}/{KubernetesNames.Rest(handle.Id)}:rest/proxy/");

    public ApplicationHandle Handle(string scope, string clusterId, BackendIdentity identity) =>
        new() { Backend = name, Identity = identity, Id = clusterId, Namespace = scope };
}
