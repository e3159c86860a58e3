using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>
/// How the pods of applications went. A pod object that is gone says nothing: deleted by force while its kubelet is dead, its
/// containers live on. Only the kubelet's own last word in the watch proves them ended; without it, time must pass in which the
/// kubelets report (see <see cref="Death"/>).
/// </summary>
internal sealed class PodEndings(Site site)
{
    private readonly ConcurrentDictionary<ApplicationHandle, Story> _stories = new();

    public Story Of(ApplicationHandle handle) => _stories.GetOrAdd(handle, static _ => new Story());

    public void Forget(ApplicationHandle handle) => _stories.TryRemove(handle, out _);

    /// <summary>Watches the pods of an application while it is removed.</summary>
    public async Task<Watch> WatchAsync(ApplicationHandle handle, CancellationToken cancellationToken)
    {
        var story = Of(handle);
        var deployment = await site.Calls.FindAsync(Paths.Deployments(handle.Namespace!), handle.Id, cancellationToken).ConfigureAwait(false);
        var selector = $"&labelSelector={Uri.EscapeDataString($"app={handle.Id},type=flink-native-kubernetes")}";
        var (pods, version) = await site.Calls.ListAsync(
            Paths.Pods(handle.Namespace!), selector, static p => (JsonObject)p.DeepClone(), cancellationToken).ConfigureAwait(false);
        var since = story.Begin(pods, version, isWhole: deployment is not null && deployment.At("metadata", "deletionTimestamp") is null);
        return new Watch(site, story, $"{Paths.Pods(handle.Namespace!)}?watch=true&resourceVersion={since}{selector}");
    }

    /// <summary>What is known of the pods of one application.</summary>
    internal sealed class Story
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, bool> _endedByUid = new(StringComparer.Ordinal);
        private string? _since;
        private bool _isWhole;

        /// <summary>The kubelets' reports when all pods were first seen gone without proof, by node.</summary>
        public IReadOnlyDictionary<string, DateTimeOffset>? ReportsWhenGone { get; set; }

        /// <summary>Every pod there was ended by its kubelet's own word.</summary>
        public bool IsProven
        {
            get
            {
                lock (_lock)
                {
                    return _since is not null && _isWhole && _endedByUid.Values.All(static ended => ended);
                }
            }
        }

        /// <summary>The version to watch from: that of the first look, so that what happened between two removals is told again.</summary>
        public string Begin(List<JsonObject> pods, string version, bool isWhole)
        {
            lock (_lock)
            {
                _isWhole = _since is null ? isWhole : _isWhole;
                _since ??= version;
                foreach (var pod in pods)
                {
                    _endedByUid[pod.Uid()] = HasEnded(pod) || _endedByUid.GetValueOrDefault(pod.Uid());
                }
                return _since;
            }
        }

        public void See(JsonObject pod)
        {
            lock (_lock)
            {
                _endedByUid[pod.Uid()] = HasEnded(pod) || _endedByUid.GetValueOrDefault(pod.Uid());
            }
        }

        private static bool HasEnded(JsonObject pod)
        {
            var containers = pod.Items("status", "containerStatuses").ToList();
            return PodReading.HasEnded(pod)
                || pod.Text("spec", "nodeName") is null
                || (containers.Count > 0 && containers.TrueForAll(static c => c.At("state", "terminated") is not null));
        }
    }

    /// <summary>Reads the watch in the background until disposed. One that breaks proves nothing, and harms nothing.</summary>
    internal sealed class Watch : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _reading;

        public Watch(Site site, Story story, string path)
        {
            Story = story;
            _reading = ReadAsync(site, story, path, _stop.Token);
        }

        public Story Story { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _reading.ConfigureAwait(false);
            _stop.Dispose();
        }

        /// <summary>A watch that breaks is opened again at the same version, and tells everything again.</summary>
        private static async Task ReadAsync(Site site, Story story, string path, CancellationToken cancellationToken)
        {
            try
            {
                while (await ReadOnceAsync(site, story, path, cancellationToken).ConfigureAwait(false))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(100), site.TimeProvider, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                // The removal is through. What was not seen is not proved.
            }
        }

        /// <summary>False when the server has forgotten that version: then nothing more can be proved.</summary>
        private static async Task<bool> ReadOnceAsync(Site site, Story story, string path, CancellationToken cancellationToken)
        {
            try
            {
                using var response = await site.Calls.Api.OpenAsync(path, cancellationToken).ConfigureAwait(false);
                if (response.StatusCode == System.Net.HttpStatusCode.Gone)
                {
                    return false;
                }
                var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                await using var closing = stream.ConfigureAwait(false);
                using var reader = new StreamReader(stream);
                while (response.IsSuccessStatusCode && await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
                {
                    var news = JsonNode.Parse(line);
                    if (news.Text("type") == "ERROR")
                    {
                        return false;
                    }
                    if (news.Text("type") is "ADDED" or "MODIFIED" or "DELETED" && news.At("object") is JsonObject pod)
                    {
                        story.See(pod);
                    }
                }
            }
            catch (Exception exception) when (exception is ResourceBackendException or HttpRequestException or IOException or JsonException)
            {
                // The next one tells it.
            }
            return true;
        }
    }
}
