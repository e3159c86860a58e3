using Microsoft.Extensions.Logging;

namespace Flink.Resources.Kubernetes;

/// <summary>Event ids 3000-3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "Kubernetes backend {Backend} uses the caller's client: its TLS host name check, request pacing and keep-alive are the caller's affair.")]
    public static partial void CallersClient(this ILogger logger, string backend);

    [LoggerMessage(3002, LogLevel.Warning, "Kubernetes backend {Backend} can't follow {Kind} for now, so snapshots may be out of date: {Why}")]
    public static partial void InformerStale(this ILogger logger, string backend, string kind, string why);

    [LoggerMessage(3003, LogLevel.Information, "Kubernetes backend {Backend} follows {Kind} and is up to date.")]
    public static partial void InformerLive(this ILogger logger, string backend, string kind);
}
