using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Flink.Resources.Kubernetes;

/// <summary>Follows one kind, whatever the kind.</summary>
internal interface IInformer : IDisposable
{
    /// <summary>Starts it when it does not run yet; ends when the state is not older than that, or could not be had.</summary>
    Task UpToDateAsync(TimeSpan maxAge, CancellationToken cancellationToken);

    /// <summary>Starts it when it does not run yet; ends when it was read once, or could not be.</summary>
    Task FirstAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Follows one kind for all who want to know: lists it, then watches it, and keeps a small fact of each object. A reader takes the
/// <see cref="View"/>, whose staleness is a value, and waits for the signal. It never throws into a reader.
/// </summary>
internal sealed class Informer<TFact> : IInformer
    where TFact : class
{
    private readonly KubernetesCalls _calls;
    private readonly InformerSource<TFact> _source;
    private readonly InformerTiming _timing;
    private readonly TimeProvider _time;
    private readonly ChangeSignal _signal;
    private readonly Backoff _backoff;
    private readonly Action<string, string?> _told;
    private readonly Demand _demand = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private Task? _loop;
    private Task? _first;
    private InformerView<TFact> _view;
    private string? _position;
    private bool _sendsBookmarks;
    private bool? _live;

    /// <summary>Creates it; it does nothing before it is asked.</summary>
    /// <param name="calls">The API server.</param>
    /// <param name="source">What it follows.</param>
    /// <param name="timing">How patient it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="signal">Told of each change.</param>
    /// <param name="told">Told of the collection, and why it is stale or null, when that changes.</param>
    public Informer(
        KubernetesCalls calls, InformerSource<TFact> source, InformerTiming timing, TimeProvider time, ChangeSignal signal, Action<string, string?> told)
    {
        _calls = calls;
        _source = source;
        _timing = timing;
        _time = time;
        _signal = signal;
        _told = told;
        _backoff = new Backoff(timing, source.Collection);
        _view = new InformerView<TFact> { StaleBecause = $"{source.Collection} were not read yet.", StaleSince = time.GetUtcNow() };
    }

    /// <summary>The newest state.</summary>
    public InformerView<TFact> View => Volatile.Read(ref _view);

    public Task UpToDateAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        var view = View;
        var fresh = view.StaleBecause is null && _time.GetElapsedTime(view.HeardStamp) < maxAge;
        return fresh ? Task.CompletedTask : ListAnewAsync().WaitAsync(cancellationToken);
    }

    public Task FirstAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _first ??= ListAnewAsync();
        }
        return _first.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        _demand.Dispose();
        if (!_stop.IsCancellationRequested)
        {
            _stop.Cancel();
        }
    }

    private Task ListAnewAsync()
    {
        lock (_gate)
        {
            var listed = _demand.NextListAsync();
            _first ??= listed;
            if (_loop is null)
            {
                // The first caller's activity and log scopes are not this loop's.
                using var _ = ExecutionContext.SuppressFlow();
                _loop = Task.Run(RunAsync);
            }
            return listed;
        }
    }

    private async Task RunAsync()
    {
        var stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            var pause = await StepAsync(stop).ConfigureAwait(false);
            if (pause > TimeSpan.Zero)
            {
                using var wake = CancellationTokenSource.CreateLinkedTokenSource(stop, _demand.Wake);
                await Task.Delay(pause, _time, wake.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        Stale($"{_source.Collection} are not followed any more: the backend was disposed.");
        _stop.Dispose();
    }

    /// <summary>Lists or watches once, and says how long to wait before the next step.</summary>
    private async Task<TimeSpan> StepAsync(CancellationToken stop)
    {
        TaskCompletionSource? waiting = null;
        try
        {
            if (_position is null || _demand.IsPending)
            {
                waiting = _demand.Take();
                await ListAsync(stop).ConfigureAwait(false);
                return TimeSpan.Zero;
            }
            return await WatchAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return TimeSpan.Zero;
        }
        catch (ResourceBackendException exception) when (exception.StatusCode == 410 && _position is not null)
        {
            return Expired();
        }
        catch (ResourceBackendException exception)
        {
            return Failed(exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return Failed($"The watch of {_source.Collection} broke off: {exception.Message}");
        }
#pragma warning disable CA1031 // a loop that died would leave its readers with an old state that looks alive
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // The message may hold what a credentials program printed.
            return Failed($"{_source.Collection} can't be followed: {exception.GetType().Name}.");
        }
        finally
        {
            // After all that says whether it went well: who waits looks at the view next.
            waiting?.TrySetResult();
        }
    }

    private async Task ListAsync(CancellationToken stop)
    {
        _position = null;
        var (items, position) = await _calls.ListAsync(_source.Collection, _source.Query, ToEntry, stop).ConfigureAwait(false);
        // What was known and is not in the list was deleted in between: the new state is the list and nothing else.
        Replace(items);
        _position = position.Length > 0 ? position : null;
    }

    private KeyValuePair<string, TFact?> ToEntry(JsonObject item) => new(Key(item), _source.Project(item));

    private static string Key(JsonObject item) => $"{item.Text("metadata", "namespace")}/{item.Name()}";

    private void Replace(List<KeyValuePair<string, TFact?>> items)
    {
        var old = View;
        var next = ImmutableDictionary.CreateBuilder<string, TFact>(StringComparer.Ordinal);
        var same = true;
        foreach (var (key, fact) in items)
        {
            if (fact is null)
            {
                continue;
            }
            var known = old.Items.GetValueOrDefault(key);
            same &= fact.Equals(known);
            next[key] = fact.Equals(known) ? known! : fact;
        }
        same &= next.Count == old.Items.Count && old.HeardAt is not null;
        Publish(Heard(old) with
        {
            Items = same ? old.Items : next.ToImmutable(),
            Version = same ? old.Version : old.Version + 1,
            StaleBecause = null,
            StaleSince = null,
        });
    }

    private async Task<TimeSpan> WatchAsync(CancellationToken stop)
    {
        var timeout = _backoff.Spread(_timing.WatchTimeout);
        var patience = _sendsBookmarks ? _timing.Silence : timeout + _timing.Margin;
        using var silent = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silent.Token, _demand.Wake);
        try
        {
            using var response = await _calls.WatchAsync(_source.Collection, _source.Query, _position!, timeout, either.Token).ConfigureAwait(false);
            Live();
            var stream = await response.Content.ReadAsStreamAsync(either.Token).ConfigureAwait(false);
            await using var _ = stream.ConfigureAwait(false);
            return await FollowAsync(new WatchReader(stream), silent, timeout, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return _demand.IsPending ? TimeSpan.Zero : Failed($"The watch of {_source.Collection} told nothing for {patience}.");
        }
    }

    private async Task<TimeSpan> FollowAsync(WatchReader reader, CancellationTokenSource silent, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        while (true)
        {
            var line = await reader.NextAsync(cancellationToken).ConfigureAwait(false);
            switch (line.Kind)
            {
                case WatchLineKind.End:
                    return Ended(_time.GetElapsedTime(began));
                case WatchLineKind.Cut:
                    // What was cut off comes again: the position is before it.
                    return Failed($"The watch of {_source.Collection} was cut off within a line.");
                case WatchLineKind.Error when line.Item.Number("code") == 410 || line.Item.Text("reason") is "Expired" or "Gone":
                    return Expired();
                case WatchLineKind.Error:
                    _position = null;
                    return Failed($"The watch of {_source.Collection} ended with {line.Item.Number("code")} {line.Item.Text("reason")}: {Http.BackendHttp.Shorten(line.Item.Text("message") ?? string.Empty)}");
                case WatchLineKind.Put or WatchLineKind.Deleted or WatchLineKind.Bookmark when IsWhole(line):
                    _sendsBookmarks |= line.Kind == WatchLineKind.Bookmark;
                    silent.CancelAfter(_sendsBookmarks ? _timing.Silence : timeout + _timing.Margin);
                    Take(line);
                    break;
                default:
                    // An event may be lost with it, so only a list helps.
                    _position = null;
                    return Failed($"The watch of {_source.Collection} sent what is no event; is there a proxy in between?");
            }
        }
    }

    /// <summary>The usual end is the server's time-out. A watch that ends at once, again and again, is no watch.</summary>
    private TimeSpan Ended(TimeSpan lasted)
    {
        if (lasted >= _timing.LongestBackoff)
        {
            _backoff.Reset();
            return _timing.Pace;
        }
        return _backoff.Failures == 0 ? _backoff.Next() : Failed($"The server ends the watch of {_source.Collection} at once.");
    }

    private static bool IsWhole(WatchLine line) =>
        line.Item.Text("metadata", "resourceVersion") is { Length: > 0 } && (line.Kind == WatchLineKind.Bookmark || line.Item.Name().Length > 0);

    private void Take(WatchLine line)
    {
        _backoff.Reset();
        var old = View;
        var items = line.Kind switch
        {
            WatchLineKind.Bookmark => old.Items,
            WatchLineKind.Put when _source.Project(line.Item!) is { } fact => fact.Equals(old.Items.GetValueOrDefault(Key(line.Item!)))
                ? old.Items
                : old.Items.SetItem(Key(line.Item!), fact),
            _ => old.Items.Remove(Key(line.Item!)),
        };
        // Not before the object was understood: if that fails, it comes again.
        _position = line.Item.Text("metadata", "resourceVersion");
        var changed = !ReferenceEquals(items, old.Items);
        var view = Heard(old) with { Items = items, Version = changed ? old.Version + 1 : old.Version };
        // A bookmark is news as well: it says as of when nothing has changed.
        Publish(view, tell: changed || line.Kind == WatchLineKind.Bookmark);
    }

    private TimeSpan Expired()
    {
        _position = null;
        return _backoff.Failures == 0 ? _backoff.AtOnce() : _backoff.Next();
    }

    private TimeSpan Failed(ResourceBackendException exception)
    {
        Stale(exception.Message);
        if (exception.Fault is BackendFault.Forbidden)
        {
            // With the right to list and none to watch, a list now and then is better than nothing.
            _position = null;
            return _backoff.Spread(_timing.Forbidden);
        }
        var pause = _backoff.Next();
        return exception.RetryAfter > pause ? exception.RetryAfter.Value : pause;
    }

    private TimeSpan Failed(string why)
    {
        Stale(why);
        return _backoff.Next();
    }

    private void Stale(string why)
    {
        var old = View;
        if (old.StaleBecause != why)
        {
            Publish(old with { StaleBecause = why, StaleSince = old.StaleBecause is null ? _time.GetUtcNow() : old.StaleSince });
        }
    }

    /// <summary>The server has taken the watch: what happened since the position will come.</summary>
    private void Live()
    {
        var old = View;
        if (old.StaleBecause is not null)
        {
            Publish(old with { StaleBecause = null, StaleSince = null });
        }
    }

    private InformerView<TFact> Heard(InformerView<TFact> view) =>
        view with { HeardAt = _time.GetUtcNow(), HeardStamp = _time.GetTimestamp() };

    private void Publish(InformerView<TFact> view, bool tell = true)
    {
        Volatile.Write(ref _view, view);
        if (_live != (view.StaleBecause is null))
        {
            _live = view.StaleBecause is null;
            _told(_source.Collection, view.StaleBecause);
        }
        if (tell)
        {
            _signal.Pulse();
        }
    }
}
