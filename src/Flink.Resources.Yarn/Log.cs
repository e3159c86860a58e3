using Microsoft.Extensions.Logging;

namespace Flink.Resources.Yarn;

/// <summary>Event ids 2000-2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2001, LogLevel.Information, "YARN backend {Backend} submitted {ApplicationId} for {Fence}.")]
    public static partial void Started(this ILogger logger, string backend, string applicationId, string fence);

    [LoggerMessage(2002, LogLevel.Warning, "YARN backend {Backend} does not know whether {Fence} is prepared.")]
    public static partial void PrepareIndeterminate(this ILogger logger, Exception exception, string backend, string fence);

    [LoggerMessage(2003, LogLevel.Warning, "YARN backend {Backend} does not know whether {ApplicationId} was submitted.")]
    public static partial void StartIndeterminate(this ILogger logger, Exception exception, string backend, string applicationId);
}
