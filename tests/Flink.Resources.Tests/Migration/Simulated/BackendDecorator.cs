using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Flink.Resources.Migration;

/// <summary>A backend that hands everything on; what derives from it changes one thing.</summary>
internal class BackendDecorator(IResourceBackend inner) : IResourceBackend
{
    public BackendInfo Info => inner.Info;

    public virtual bool TryGetFeature<T>([NotNullWhen(true)] out T? feature)
        where T : class => inner.TryGetFeature(out feature);

    public virtual Task<PrepareOutcome> PrepareAsync(Fence fence, ApplicationSpec spec, CancellationToken cancellationToken = default) =>
        inner.PrepareAsync(fence, spec, cancellationToken);

    public virtual Task<StartOutcome> StartAsync(PreparedApplication application, RestorePoint restore, CancellationToken cancellationToken = default) =>
        inner.StartAsync(application, restore, cancellationToken);

    public virtual Task<Lookup<ApplicationReport>> FindAsync(Fence fence, CancellationToken cancellationToken = default) => inner.FindAsync(fence, cancellationToken);

    public virtual Task<Lookup<ApplicationReport>> FindAsync(ApplicationHandle application, CancellationToken cancellationToken = default) =>
        inner.FindAsync(application, cancellationToken);

    public virtual Task<DeathProbe> ProbeDeathAsync(CopyRef copy, CancellationToken cancellationToken = default) => inner.ProbeDeathAsync(copy, cancellationToken);

    public virtual Task<RemoveOutcome> RemoveAsync(ApplicationHandle application, HaMetadata metadata, CancellationToken cancellationToken = default) =>
        inner.RemoveAsync(application, metadata, cancellationToken);

    public virtual Task ForgetAsync(Fence fence, CancellationToken cancellationToken = default) => inner.ForgetAsync(fence, cancellationToken);

    public virtual async Task<Lookup<IFlinkCluster>> ConnectAsync(ApplicationHandle application, CancellationToken cancellationToken = default) =>
        (await inner.ConnectAsync(application, cancellationToken)).Select(Flink);

    public virtual Task<BackendSnapshot> GetSnapshotAsync(TimeSpan maxAge, CancellationToken cancellationToken = default) => inner.GetSnapshotAsync(maxAge, cancellationToken);

    public IAsyncEnumerable<BackendSnapshot> WatchAsync(CancellationToken cancellationToken = default) => inner.WatchAsync(cancellationToken);

    /// <summary>Changes what a Flink cluster says.</summary>
    protected virtual IFlinkCluster Flink(IFlinkCluster cluster) => cluster;
}

/// <summary>A Flink cluster that hands everything on but the calls that are given another answer.</summary>
public class FlinkDecorator : DispatchProxy
{
    private IFlinkCluster _inner = null!;
    private Func<IFlinkCluster, string, object?[], object?> _change = null!;

    /// <summary>Wraps a cluster. What <paramref name="change"/> returns is the answer; null hands the call on.</summary>
    public static IFlinkCluster Over(IFlinkCluster inner, Func<IFlinkCluster, string, object?[], object?> change)
    {
        var proxy = Create<IFlinkCluster, FlinkDecorator>();
        var decorator = (FlinkDecorator)(object)proxy;
        (decorator._inner, decorator._change) = (inner, change);
        return proxy;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        _change(_inner, targetMethod!.Name, args ?? []) ?? targetMethod.Invoke(_inner, args);
}
