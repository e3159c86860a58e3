using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Http;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers.Yarn;

/// <summary>Answers in Hadoop's form.</summary>
internal static class HadoopAnswers
{
    private const string Rm = "application/json;charset=utf-8";

    public static Task OkAsync(HttpContext context, JsonNode json, int status = 200) =>
        context.WriteAsync(status, IsHdfs(context) ? Pages.Json : Rm, json.ToJsonString());

    public static Task RemoteExceptionAsync(HttpContext context, int status, string javaClass, string message) => OkAsync(
        context,
        new JsonObject
        {
            ["RemoteException"] = new JsonObject
            {
                ["exception"] = javaClass[(javaClass.LastIndexOf('.') + 1)..], ["message"] = message, ["javaClassName"] = javaClass,
            },
        },
        status);

    /// <summary>An error that the request did not deserve.</summary>
    public static Task RefuseAsync(HttpContext context, int status) => status switch
    {
        404 when IsHdfs(context) => RemoteExceptionAsync(
            context, 404, "java.io.FileNotFoundException", $"File does not exist: {context.Request.Path.Value?.Replace("/webhdfs/v1", string.Empty, StringComparison.Ordinal)}"),
        404 => RemoteExceptionAsync(
            context, 404, "org.apache.hadoop.yarn.webapp.NotFoundException",
            $"java.lang.Exception: app with id: {context.Request.Path.Value?.Split('/').FirstOrDefault(static p => p.StartsWith("application_", StringComparison.Ordinal))} not found"),
        403 when IsHdfs(context) => RemoteExceptionAsync(
            context, 403, "org.apache.hadoop.security.AccessControlException", "Permission denied: user=flink, access=WRITE, inode=\"/\":hdfs:supergroup:drwxr-xr-x"),
        403 => RemoteExceptionAsync(context, 403, "org.apache.hadoop.yarn.webapp.ForbiddenException", "java.lang.Exception: The user is not allowed to do that."),
        409 => RemoteExceptionAsync(context, 409, "org.apache.hadoop.yarn.webapp.ConflictException", "java.lang.Exception: conflict"),
        500 => RemoteExceptionAsync(context, 500, "javax.ws.rs.WebApplicationException", "java.io.IOException: Failed on local exception"),
        503 when IsHdfs(context) => RemoteExceptionAsync(
            context, 503, "org.apache.hadoop.ipc.RetriableException", "org.apache.hadoop.hdfs.server.namenode.SafeModeException: NameNode still not started"),
        _ => context.WriteAsync(status, Pages.Html, $"<html><head><title>Error {status}</title></head><body><h2>HTTP ERROR {status}</h2></body></html>"),
    };

    private static bool IsHdfs(HttpContext context) => context.Request.Path.StartsWithSegments("/webhdfs", StringComparison.Ordinal);
}
