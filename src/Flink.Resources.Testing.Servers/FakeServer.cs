using System.Collections.Concurrent;
using System.Collections.Immutable;
using Flink.Resources.Testing.Servers.Http;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers;

/// <summary>A server on 127.0.0.1 whose next answers can be made to fail. Safe for concurrent use.</summary>
public abstract class FakeServer : IAsyncDisposable
{
    private readonly FaultPlan _faults = new();
    private readonly ConcurrentQueue<ServerRequest> _requests = new();
    private readonly CancellationTokenSource _closing = new();
    private int _isClosed;

    private protected FakeServer(TimeProvider timeProvider) => TimeProvider = timeProvider;

    /// <summary>How long a client that is told 429 is asked to wait, in whole seconds.</summary>
    /// <value>1 second by default.</value>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>All requests in the order they came, those that were made to fail included.</summary>
    public ImmutableArray<ServerRequest> Requests => [.. _requests];

    private protected TimeProvider TimeProvider { get; }

    /// <summary>Ends when the server closes: answers that are held end with it.</summary>
    private protected CancellationToken Closing => _closing.Token;

    /// <summary>Makes the next request fail, or the next that <paramref name="match"/> takes. Earlier faults come first.</summary>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="match">Which requests are meant; null for all.</param>
    /// <param name="times">How many requests fail; <see cref="int.MaxValue"/> for all until <see cref="Heal"/>.</param>
    public void Next(ServerFault fault, Func<ServerRequest, bool>? match = null, int times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        _faults.Add(fault, match ?? (static _ => true), times);
    }

    /// <summary>Forgets all faults that have not happened yet.</summary>
    public void Heal() => _faults.Clear();

    /// <summary>Closes the server; connections are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 1)
        {
            return;
        }
        await _closing.CancelAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        _closing.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task CloseAsync();

    /// <summary>Answers as the real server would.</summary>
    private protected abstract Task HandleAsync(HttpContext context);

    /// <summary>Writes an error in the words of the real server.</summary>
    private protected abstract Task RefuseAsync(HttpContext context, int status);

    private protected Task AnswerAsync(HttpContext context)
    {
        var request = ServerRequest.Of(context);
        _requests.Enqueue(request);
        return _faults.Take(request) switch
        {
            ServerFault.TimeoutBeforeEffect => HoldAsync(context),
            ServerFault.TimeoutAfterEffect => LoseAsync(context),
            ServerFault.TruncatedBody => CutAsync(context),
            ServerFault.HtmlPage => context.WriteAsync(200, Pages.Html, Pages.Login),
            ServerFault.LyingNotFound => context.WriteAsync(404, Pages.Html, Pages.NotFound),
            ServerFault.ForeignNotFound => context.WriteAsync(404, Pages.Json, Pages.ForeignNotFound(request.Path)),
            ServerFault.TooManyRequests => SlowDownAsync(context),
            ServerFault.Unauthorized => RefuseAsync(context, 401),
            ServerFault.Forbidden => RefuseAsync(context, 403),
            ServerFault.NotFound => RefuseAsync(context, 404),
            ServerFault.Conflict => RefuseAsync(context, 409),
            ServerFault.InternalServerError => RefuseAsync(context, 500),
            ServerFault.ServiceUnavailable => RefuseAsync(context, 503),
            _ => HandleAsync(context),
        };
    }

    private Task SlowDownAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = FormattableString.Invariant($"{(long)RetryAfter.TotalSeconds}");
        return RefuseAsync(context, 429);
    }

    private async Task HoldAsync(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, Closing);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider, either.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }

    private async Task LoseAsync(HttpContext context)
    {
        await RunAsideAsync(context).ConfigureAwait(false);
        await HoldAsync(context).ConfigureAwait(false);
    }

    private async Task CutAsync(HttpContext context)
    {
        // A watch has no end to be cut off before: it is cut off at its start.
        if (!context.IsWatch())
        {
            var body = await RunAsideAsync(context).ConfigureAwait(false);
            if (body.Length > 1)
            {
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2)).ConfigureAwait(false);
                await context.Response.Body.FlushAsync().ConfigureAwait(false);
            }
        }
        context.Abort();
    }

    /// <summary>Lets the request take its effect and keeps the answer back.</summary>
    private async Task<byte[]> RunAsideAsync(HttpContext context)
    {
        var wire = context.Response.Body;
        using var aside = new MemoryStream();
        context.Response.Body = aside;
        await HandleAsync(context).ConfigureAwait(false);
        context.Response.Body = wire;
        return aside.ToArray();
    }
}
