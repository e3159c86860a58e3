using System.Collections.Immutable;
using Flink.Resources.Testing.Servers.Flink;
using Flink.Resources.Testing.Servers.Http;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers;

/// <summary>A fake of Flink's REST API (Dispatcher and JobMaster, 1.20.5) of one cluster.</summary>
public sealed class FakeFlink : FakeServer
{
    private readonly FlinkCluster _cluster;
    private ServerHost? _host;

    internal FakeFlink(FlinkCluster cluster, TimeProvider timeProvider)
        : base(timeProvider) => _cluster = cluster;

    /// <summary>The root of the REST API.</summary>
    public Uri Address => _host!.Addresses[0];

    /// <summary>All runs of jobs on this cluster.</summary>
    public ImmutableArray<FakeRun> Runs => _cluster.Runs();

    /// <summary>Starts a session cluster without jobs.</summary>
    /// <param name="configuration">What <c>jobmanager/config</c> shows; null for nothing.</param>
    /// <param name="timeProvider">The clock of the jobs; null for the system's.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static Task<FakeFlink> StartAsync(
        IReadOnlyDictionary<string, string>? configuration = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        var clock = timeProvider ?? TimeProvider.System;
        var settings = new Dictionary<string, string>(configuration ?? ImmutableDictionary<string, string>.Empty, StringComparer.Ordinal)
        {
            // A session cluster outlives its jobs.
            ["execution.shutdown-on-application-finish"] = "false",
        };
        return StartAsync(new FlinkCluster(new FlinkStart("session", settings), clock, clock.GetUtcNow()), clock, cancellationToken);
    }

    /// <summary>Runs a job.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="job">What it does.</param>
    /// <param name="restoredFrom">The snapshot it starts from; null for none.</param>
    /// <returns>The 32 digits of its id.</returns>
    public string Run(string name, FakeJob job, string? restoredFrom = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(job);
        var settings = new Dictionary<string, string>(_cluster.Start.Configuration, StringComparer.Ordinal) { ["pipeline.name"] = name };
        if (restoredFrom is not null)
        {
            settings["execution.state-recovery.path"] = restoredFrom;
        }
        return _cluster.Run(job, new FlinkStart(_cluster.Start.Application, settings));
    }

    internal static async Task<FakeFlink> StartAsync(FlinkCluster cluster, TimeProvider clock, CancellationToken cancellationToken)
    {
        var flink = new FakeFlink(cluster, clock);
        flink._host = await ServerHost.StartAsync(flink.AnswerAsync, 1, cancellationToken).ConfigureAwait(false);
        return flink;
    }

    private protected override async Task CloseAsync()
    {
        _cluster.Kill();
        if (_host is not null)
        {
            await _host.DisposeAsync().ConfigureAwait(false);
        }
    }

    private protected override Task HandleAsync(HttpContext context)
    {
        if (_cluster.IsUp())
        {
            return _cluster.HandleAsync(context, context.Request.Path.Value ?? "/");
        }
        // There is no process that could answer.
        context.Abort();
        return Task.CompletedTask;
    }

    private protected override Task RefuseAsync(HttpContext context, int status) => context.WriteAsync(
        status, "application/json; charset=UTF-8", FlinkAnswer.Error(status, status switch
        {
            404 => "org.apache.flink.runtime.rest.NotFoundException: Job not found\n",
            503 => "Service temporarily unavailable due to an ongoing leader election. Please refresh.",
            500 => "Internal server error.",
            _ => $"org.apache.flink.runtime.rest.handler.RestHandlerException: Refused with {status}.",
        }).Body);
}
