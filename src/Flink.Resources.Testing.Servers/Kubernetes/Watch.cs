using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Http;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers.Kubernetes;

/// <summary>One watch: a line per change, bookmarks while it is quiet, and an error of code 410 when the history is too short.</summary>
internal sealed class Watch(ApiServer server, FakeKubernetesOptions options, ApiPath path, HttpContext context)
{
    private readonly string _selector = context.Query("labelSelector");
    private long _seen;

    public async Task RunAsync(CancellationToken closing)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing);
        if (int.TryParse(context.Query("timeoutSeconds"), CultureInfo.InvariantCulture, out var seconds) && seconds > 0)
        {
            ends.CancelAfter(TimeSpan.FromSeconds(seconds));
        }
        context.Response.StatusCode = 200;
        context.Response.ContentType = Pages.Json;
        try
        {
            await context.Response.Body.FlushAsync(ends.Token).ConfigureAwait(false);
            await StartAsync(ends.Token).ConfigureAwait(false);
            while (await FollowAsync(ends.Token).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException)
        {
            // The client left, the time is over, or the server closes.
        }
    }

    /// <summary>Without a version, and when initial events are asked for, the watch starts with what is there.</summary>
    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var wantsInitial = context.Query("sendInitialEvents") == "true";
        var from = context.Query("resourceVersion");
        if (!wantsInitial && from is not ("" or "0"))
        {
            _seen = long.TryParse(from, CultureInfo.InvariantCulture, out var version) ? version : 0;
            return;
        }
        var (items, now) = server.Use((store, _) => (store.List(path.Resource, path.Namespace), store.Version));
        _seen = now;
        foreach (var item in items.Where(Matches))
        {
            await SendAsync("ADDED", ApiAnswers.Whole(path.Resource, item), cancellationToken).ConfigureAwait(false);
        }
        if (wantsInitial)
        {
            await BookmarkAsync(isInitialEnd: true, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>False when the watch is over.</summary>
    private async Task<bool> FollowAsync(CancellationToken cancellationToken)
    {
        var (changes, version, compacted, next) = server.Since(_seen);
        if (_seen < compacted)
        {
            await SendAsync("ERROR", (JsonObject)ApiAnswers.Expired(_seen, compacted).Json, cancellationToken).ConfigureAwait(false);
            return false;
        }
        foreach (var change in changes.Where(c => c.Resource == path.Resource && (path.Namespace is null || c.Object.Namespace == path.Namespace)))
        {
            if (Type(change) is { } type)
            {
                await SendAsync(type, ApiAnswers.Whole(path.Resource, change.Object), cancellationToken).ConfigureAwait(false);
            }
        }
        _seen = version;
        if (await IsQuietAsync(next, cancellationToken).ConfigureAwait(false) && context.Query("allowWatchBookmarks") is "true" or "1")
        {
            await BookmarkAsync(isInitialEnd: false, cancellationToken).ConfigureAwait(false);
        }
        return true;
    }

    private async Task<bool> IsQuietAsync(Task next, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(options.BookmarkInterval, options.TimeProvider, cancellationToken).ConfigureAwait(false);
            return false;
        }
        catch (TimeoutException)
        {
            return true;
        }
    }

    /// <summary>An object that comes into the selection was added, one that leaves it was deleted.</summary>
    private string? Type(Change change) => (Matches(change.Object), change.Before is not null && Matches(change.Before)) switch
    {
        (true, false) => change.Type == "DELETED" ? null : "ADDED",
        (true, true) => change.Type,
        (false, true) => "DELETED",
        _ => null,
    };

    private bool Matches(JsonObject item) => _selector.Length == 0 || Selector.Matches(_selector, item);

    private Task BookmarkAsync(bool isInitialEnd, CancellationToken cancellationToken)
    {
        var metadata = new JsonObject { ["resourceVersion"] = _seen.ToString(CultureInfo.InvariantCulture), ["creationTimestamp"] = null };
        if (isInitialEnd)
        {
            metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        }
        return SendAsync("BOOKMARK", ApiAnswers.Whole(path.Resource, new JsonObject { ["metadata"] = metadata }), cancellationToken);
    }

    private async Task SendAsync(string type, JsonObject item, CancellationToken cancellationToken)
    {
        var line = new JsonObject { ["type"] = type, ["object"] = item }.ToJsonString() + "\n";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line), cancellationToken).ConfigureAwait(false);
        await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
