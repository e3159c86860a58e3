using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers;

/// <summary>A request that a server was sent.</summary>
/// <param name="Method">The method in capitals, <c>GET</c>.</param>
/// <param name="Path">The decoded path, <c>/ws/v1/cluster/apps</c>.</param>
/// <param name="Query">The query as it came, with its question mark; empty when there is none.</param>
public sealed record ServerRequest(string Method, string Path, string Query)
{
    /// <summary>Whether the server was asked to change something.</summary>
    public bool IsWrite => Method is not ("GET" or "HEAD");

    internal static ServerRequest Of(HttpContext context) =>
        new(context.Request.Method, context.Request.Path.Value ?? "/", context.Request.QueryString.Value ?? string.Empty);
}
