using System.Diagnostics.CodeAnalysis;
using Flink.Resources.Http;
using Flink.Resources.Yarn.Submission;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>One YARN cluster: its clients, its fences, and what proves that it is still the same place.</summary>
internal sealed class YarnPlace
{
    private BackendIdentity? _identity;

    [SuppressMessage("Reliability", "CA2000", Justification = "The client lives as long as the process.")]
    public YarnPlace(string name, YarnOptions options, TimeProvider timeProvider)
    {
        Name = name;
        Options = options;
        TimeProvider = timeProvider;
        Http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        });
        ResourceManager = new ResourceManagerClient(
            new HadoopHttp(name, [.. options.ResourceManagers], Http, Pipelines(), ResourceManagerClient.IsStandby), options.User!);
        Hdfs = new WebHdfsClient(
            new HadoopHttp(name, [.. options.WebHdfs], Http, Pipelines(), WebHdfsClient.IsStandby), options.User!);
        Root = options.StagingRoot!.TrimEnd('/');
        Holder = options.ControllerId ?? DefaultControllerId();
        Fences = new FenceStore(Hdfs, Root, Holder, timeProvider);

        // A circuit each: while the ResourceManager is away, HDFS still tells what its fences hold.
        BackendPipelines Pipelines() => new(
            timeProvider, options.AttemptTimeout, options.CallTimeout, circuit: new CircuitTuning(options.CircuitFailures, options.CircuitBreak));
    }

    public string Name { get; }

    public YarnOptions Options { get; }

    public TimeProvider TimeProvider { get; }

    public HttpMessageInvoker Http { get; }

    public ResourceManagerClient ResourceManager { get; }

    public WebHdfsClient Hdfs { get; }

    public FenceStore Fences { get; }

    public string Root { get; }

    public string Holder { get; }

    public ApplicationHandle Handle(string id, BackendIdentity identity) => new() { Backend = Name, Identity = identity, Id = id };

    public Evidence Seen(string what) => new(Name, TimeProvider.GetUtcNow(), what);

    /// <summary>Read once: the place of this process is fixed.</summary>
    public async Task<BackendIdentity> IdentityAsync(CancellationToken cancellationToken)
    {
        if (_identity is { } known)
        {
            return known;
        }
        var proposal = $"yarn:{Convert.ToHexStringLower(System.IO.Hashing.XxHash128.Hash(System.Text.Encoding.UTF8.GetBytes(
            FormattableString.Invariant($"{Holder}@{TimeProvider.GetUtcNow():O}"))))}";
        var identity = await Fences.IdentityAsync(proposal, cancellationToken).ConfigureAwait(false);
        _identity = identity;
        return identity;
    }

    /// <summary>What there is for a Flink version; null when there is nothing.</summary>
    public YarnFlinkProfile? ProfileOf(string version) => Options.Profiles
        .Where(p => version == p.Key || version.StartsWith(p.Key + ".", StringComparison.Ordinal) || p.Key.StartsWith(version + ".", StringComparison.Ordinal))
        .OrderByDescending(static p => p.Key.Length).ThenBy(static p => p.Key, StringComparer.Ordinal).Select(static p => p.Value).FirstOrDefault();

    /// <summary>An absolute path inside the file system; null for a URI of another one.</summary>
    public string? PathOf(string uri)
    {
        var fileSystem = Options.FileSystem!.TrimEnd('/');
        return uri.StartsWith(fileSystem + "/", StringComparison.Ordinal)
            ? uri[fileSystem.Length..]
            : uri.StartsWith("hdfs:///", StringComparison.Ordinal) ? uri["hdfs://".Length..]
            : uri.StartsWith('/') ? uri : null;
    }

    public string UriOf(string path) => Options.FileSystem!.TrimEnd('/') + path;

    public YarnResource ResourceOf(string key, HdfsFile file, string visibility) => new(key, UriOf(file.Path), file.Length, file.ModificationTime, visibility);

    private static string DefaultControllerId()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return FormattableString.Invariant(
            $"{Environment.MachineName}/{Environment.ProcessId}/{process.StartTime.ToUniversalTime():yyyyMMddTHHmmssfff}");
    }
}
