using System.Collections.Immutable;
using Flink.Resources.Testing.Servers.Http;
using Flink.Resources.Testing.Servers.Yarn;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers;

/// <summary>
/// A fake YARN cluster: the REST API of a ResourceManager (Hadoop 3.4), WebHDFS with a NameNode and a DataNode, and for each
/// application that comes up a <see cref="FakeFlink"/> at the address that the application reports.
/// </summary>
public sealed class FakeYarn : FakeServer
{
    private readonly FakeYarnOptions _options;
    private readonly ResourceManager _resourceManager;
    private readonly WebHdfs _webHdfs;
    private ServerHost? _host;

    private FakeYarn(FakeYarnOptions options)
        : base(options.TimeProvider)
    {
        _options = options;
        Hdfs = new FakeHdfs(options.TimeProvider);
        _resourceManager = new ResourceManager(options, Hdfs, Jobs);
        _webHdfs = new WebHdfs(Hdfs, () => _host!.Addresses[2]);
    }

    /// <summary>The web address of the ResourceManager.</summary>
    public Uri ResourceManager => _host!.Addresses[0];

    /// <summary>The web address of the NameNode.</summary>
    public Uri WebHdfs => _host!.Addresses[1];

    /// <summary>The file system as Flink names it.</summary>
    public string FileSystem { get; } = "hdfs://127.0.0.1:8020";

    /// <summary>The files.</summary>
    public FakeHdfs Hdfs { get; }

    /// <summary>The jobs that can run, by entry class.</summary>
    public FakeJobs Jobs { get; } = new();

    /// <summary>All applications that were submitted, in that order, those that a restarted ResourceManager forgot left out.</summary>
    public ImmutableArray<FakeYarnApplication> Applications => _resourceManager.Applications();

    /// <summary>All runs of jobs, those of forgotten applications included.</summary>
    public ImmutableArray<FakeRun> Runs => _resourceManager.Runs();

    /// <summary>Starts a cluster without applications and files.</summary>
    /// <param name="options">What it is like; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<FakeYarn> StartAsync(FakeYarnOptions? options = null, CancellationToken cancellationToken = default)
    {
        var yarn = new FakeYarn(options ?? new FakeYarnOptions());
        yarn._host = await ServerHost.StartAsync(yarn.AnswerAsync, 3, cancellationToken).ConfigureAwait(false);
        return yarn;
    }

    /// <summary>Restarts the ResourceManager. Application masters run on.</summary>
    /// <param name="keepsApplications">Whether it still knows its applications; false for one that lost its state store.</param>
    public void RestartResourceManager(bool keepsApplications) => _resourceManager.Restart(keepsApplications);

    /// <summary>A NodeManager stops to report; the ResourceManager takes its containers for ended.</summary>
    /// <param name="number">1 for the first.</param>
    public void LoseNode(int number) => _resourceManager.LoseNode(number);

    /// <summary>A lost NodeManager reports again.</summary>
    /// <param name="number">1 for the first.</param>
    public void ReturnNode(int number) => _resourceManager.ReturnNode(number);

    private protected override async Task CloseAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }
        await _resourceManager.CloseAsync().ConfigureAwait(false);
    }

    private protected override Task HandleAsync(HttpContext context)
    {
        var port = context.Connection.LocalPort;
        var path = context.Request.Path;
        if (port == ResourceManager.Port && path.StartsWithSegments("/ws/v1/cluster", StringComparison.Ordinal, out var rest))
        {
            return _resourceManager.HandleAsync(context, rest.Value!.Trim('/').Split('/'));
        }
        if (port == ResourceManager.Port && path == "/conf")
        {
            return Yarn.ResourceManager.ConfigurationAsync(context);
        }
        return port != ResourceManager.Port && path.StartsWithSegments("/webhdfs/v1", StringComparison.Ordinal)
            ? _webHdfs.HandleAsync(context, isDataNode: port == _host!.Addresses[2].Port)
            : context.WriteAsync(404, Pages.Html, "<html><title>Sorry, got error 404</title></html>");
    }

    private protected override Task RefuseAsync(HttpContext context, int status) => HadoopAnswers.RefuseAsync(context, status);
}
