using System.Threading.RateLimiting;

namespace Flink.Resources.Kubernetes;

/// <summary>50 requests a second, bursts of 100, 16 at once: the client itself has no limit. A watch holds its place until its headers came.</summary>
internal sealed class PacingHandler : DelegatingHandler
{
    private readonly TokenBucketRateLimiter _rate = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = 100,
        TokensPerPeriod = 5,
        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
        QueueLimit = int.MaxValue,
        AutoReplenishment = true,
    });

    private readonly ConcurrencyLimiter _concurrency = new(new ConcurrencyLimiterOptions { PermitLimit = 16, QueueLimit = int.MaxValue });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var token = await _rate.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        using var place = await _concurrency.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _rate.Dispose();
            _concurrency.Dispose();
        }
        base.Dispose(disposing);
    }
}
