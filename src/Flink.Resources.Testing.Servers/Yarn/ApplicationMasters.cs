using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Flink.Resources.Testing.Servers.Flink;

namespace Flink.Resources.Testing.Servers.Yarn;

/// <summary>What NodeManagers do: fetch the files of an application, start its JobManager, and close it when the application has ended.</summary>
internal sealed class ApplicationMasters(TimeProvider timeProvider, FakeHdfs hdfs, FakeJobs jobs)
{
    private readonly ConcurrentQueue<FlinkCluster> _clusters = new();
    private readonly ConcurrentDictionary<FakeFlink, Task> _closing = new();
    private readonly ConcurrentQueue<FakeFlink> _all = new();

    public ImmutableArray<FakeRun> Runs() => [.. _clusters.SelectMany(static c => c.Runs())];

    public async Task LaunchAsync(YarnApplication app)
    {
        if (app.Doom is not null)
        {
            return;
        }
        var start = new FlinkStart(app.Id, Configuration(app));
        // A session cluster comes up whatever class its jobs will name later.
        var script = app.IsSession ? FakeJob.Streaming : jobs.Find(start.EntryClass);
        if (Missing(app) is { } missing)
        {
            app.Doom = (app.AttemptFailed($"exitCode: -1000\nFailing this attempt.Diagnostics: {missing}"), app.SubmittedAt + TimeSpan.FromMilliseconds(80));
            return;
        }
        if (script is null)
        {
            app.Doom = (
                app.AttemptFailed($"exitCode: 1\nFailing this attempt.Diagnostics: Exception from container-launch.\nContainer id: container_e01_{app.Id[12..]}_01_000001\nExit code: 1\n\nContainer exited with a non-zero exit code 1. Error file: prelaunch.err."),
                app.SubmittedAt + FakeJob.Streaming.UpAfter);
            return;
        }
        var cluster = new FlinkCluster(start, timeProvider, app.SubmittedAt + script.UpAfter);
        if (!app.IsSession)
        {
            cluster.Run(script);
        }
        _clusters.Enqueue(cluster);
        app.Cluster = cluster;
        var flink = await FakeFlink.StartAsync(cluster, timeProvider, CancellationToken.None).ConfigureAwait(false);
        _all.Enqueue(flink);
        app.Flink = flink;
    }

    /// <summary>Closes what has ended, and puts savepoints where Flink would have written them.</summary>
    public void Tidy(List<YarnApplication> applications)
    {
        foreach (var flink in applications.Where(static a => a.IsFinal).Select(static a => a.Flink).OfType<FakeFlink>().Except(_closing.Keys))
        {
            _closing[flink] = flink.DisposeAsync().AsTask();
        }
        foreach (var run in _clusters.SelectMany(static c => c.Runs()))
        {
            if (run.StoppedInto is { } path && hdfs.Find($"{PathOf(path)}/_metadata") is null)
            {
                hdfs.Write($"{PathOf(path)}/_metadata", run.FlinkJob);
            }
        }
    }

    public async Task CloseAsync()
    {
        await Task.WhenAll(_closing.Values).ConfigureAwait(false);
        foreach (var flink in _all)
        {
            await flink.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Dictionary<string, string> Configuration(YarnApplication app)
    {
        var file = app.Resources().FirstOrDefault(static r => r.Key is "config.yaml" or "flink-conf.yaml");
        var content = file.Uri is null ? null : hdfs.Find(PathOf(file.Uri))?.Content;
        var values = FlinkConfiguration.Read(Encoding.UTF8.GetString(content ?? []));
        foreach (var (key, value) in app.DynamicProperties())
        {
            values[key] = value;
        }
        return values;
    }

    /// <summary>What a NodeManager says of a file that is gone or was changed since; null when all are there.</summary>
    private string? Missing(YarnApplication app)
    {
        foreach (var (_, uri, timestamp) in app.Resources())
        {
            if (hdfs.Find(PathOf(uri)) is not { } file)
            {
                return $"File does not exist: {uri}\njava.io.FileNotFoundException: File does not exist: {uri}";
            }
            if (file.ModificationTime != timestamp)
            {
                return FormattableString.Invariant($"Resource {uri} changed on src filesystem - expected: {timestamp}, was: {file.ModificationTime}");
            }
        }
        return null;
    }

    private static string PathOf(string uri) =>
        uri.IndexOf("://", StringComparison.Ordinal) is var scheme && scheme < 0 ? uri
        : uri.IndexOf('/', scheme + 3) is var path && path < 0 ? "/" : uri[path..];
}
