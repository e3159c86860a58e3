using Microsoft.Extensions.Logging;

namespace Flink.Resources.Kubernetes;

/// <summary>Event ids 3000-3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "Kubernetes backend {Backend} uses the caller's client: its TLS host name check, request pacing and keep-alive are the caller's affair.")]
    public static partial void CallersClient(this ILogger logger, string backend);
}
