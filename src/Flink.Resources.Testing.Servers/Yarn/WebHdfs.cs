using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Flink.Resources.Testing.Servers.Http;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers.Yarn;

/// <summary>NameNode and DataNode of WebHDFS over the files. Files are written and read in two steps, as with the real ones.</summary>
internal sealed class WebHdfs(FakeHdfs files, Func<Uri> dataNode)
{
    private const string Prefix = "/webhdfs/v1";

    public Task HandleAsync(HttpContext context, bool isDataNode)
    {
        var path = context.Request.Path.Value![Prefix.Length..];
        var operation = context.Query("op").ToUpperInvariant();
        return (context.Request.Method, operation, isDataNode) switch
        {
            ("PUT", "CREATE", true) => WriteAsync(context, path),
            ("GET", "OPEN", true) => ReadAsync(context, path),
            ("PUT", "CREATE", false) => SendOnAsync(context, path, "&createflag=&createparent=true"),
            ("GET", "OPEN", false) => OpenAsync(context, path),
            ("GET", "GETFILESTATUS", false) => StatusAsync(context, path),
            ("GET", "LISTSTATUS", false) => ListAsync(context, path),
            ("PUT", "MKDIRS", false) => MakeDirectoryAsync(context, path),
            ("PUT", "RENAME", false) => BooleanAsync(context, files.Rename(path, context.Query("destination"))),
            ("DELETE", "DELETE", false) => DeleteAsync(context, path),
            _ => HadoopAnswers.RemoteExceptionAsync(
                context, 400, "java.lang.IllegalArgumentException",
                $"Invalid value for webhdfs parameter \"op\": {operation} is not a valid {context.Request.Method} operation."),
        };
    }

    private Task OpenAsync(HttpContext context, string path) => files.Find(path) is null
        ? HadoopAnswers.RemoteExceptionAsync(context, 404, "java.io.FileNotFoundException", $"File {path} not found.")
        : SendOnAsync(context, path, "&offset=0");

    /// <summary>Names the DataNode: by redirect, or in the body when the client asked for that.</summary>
    private Task SendOnAsync(HttpContext context, string path, string more)
    {
        var query = new StringBuilder($"?op={context.Query("op")}&user.name={Uri.EscapeDataString(context.Query("user.name"))}&namenoderpcaddress=127.0.0.1:8020{more}");
        foreach (var name in (string[])["overwrite", "permission"])
        {
            if (context.Query(name) is { Length: > 0 } value)
            {
                query.Append(CultureInfo.InvariantCulture, $"&{name}={value}");
            }
        }
        var escaped = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var location = new Uri(dataNode(), $"{Prefix}{escaped}{query}").AbsoluteUri;
        if (context.Query("noredirect") == "true")
        {
            return HadoopAnswers.OkAsync(context, new JsonObject { ["Location"] = location });
        }
        context.Response.Headers.Location = location;
        return context.WriteAsync(307, "application/octet-stream", []);
    }

    private async Task WriteAsync(HttpContext context, string path)
    {
        var content = await context.ReadBytesAsync().ConfigureAwait(false);
        if (!files.Create(path, content, context.Query("overwrite") == "true"))
        {
            await HadoopAnswers.RemoteExceptionAsync(
                context, 403, "org.apache.hadoop.fs.FileAlreadyExistsException", $"{path} for client 127.0.0.1 already exists").ConfigureAwait(false);
            return;
        }
        context.Response.Headers.Location = $"hdfs://127.0.0.1:8020{path}";
        await context.WriteAsync(201, "application/octet-stream", []).ConfigureAwait(false);
    }

    private Task ReadAsync(HttpContext context, string path) => files.Find(path)?.Content is { } content
        ? context.WriteAsync(200, "application/octet-stream", content)
        : HadoopAnswers.RemoteExceptionAsync(context, 404, "java.io.FileNotFoundException", $"File does not exist: {path}");

    private Task StatusAsync(HttpContext context, string path) => files.Find(path) is { } entry
        ? HadoopAnswers.OkAsync(context, new JsonObject { ["FileStatus"] = Status(string.Empty, entry, path) })
        : HadoopAnswers.RemoteExceptionAsync(context, 404, "java.io.FileNotFoundException", $"File does not exist: {path}");

    private Task ListAsync(HttpContext context, string path)
    {
        if (files.Find(path) is not { } entry)
        {
            return HadoopAnswers.RemoteExceptionAsync(context, 404, "java.io.FileNotFoundException", $"File {path} does not exist.");
        }
        var entries = entry.Content is null ? files.List(path) : [(string.Empty, entry)];
        return HadoopAnswers.OkAsync(context, new JsonObject
        {
            ["FileStatuses"] = new JsonObject
            {
                ["FileStatus"] = new JsonArray([.. entries.Select(e => (JsonNode)Status(e.Item1, e.Item2, $"{path}/{e.Item1}"))]),
            },
        });
    }

    private Task MakeDirectoryAsync(HttpContext context, string path) => files.MakeDirectory(path)
        ? BooleanAsync(context, true)
        : HadoopAnswers.RemoteExceptionAsync(context, 403, "org.apache.hadoop.fs.FileAlreadyExistsException", $"Path is not a directory: {path}");

    private Task DeleteAsync(HttpContext context, string path) => files.Delete(path, context.Query("recursive") == "true") is { } isGone
        ? BooleanAsync(context, isGone)
        : HadoopAnswers.RemoteExceptionAsync(
            context, 403, "org.apache.hadoop.fs.PathIsNotEmptyDirectoryException", $"`{path} is non empty': Directory is not empty");

    private static Task BooleanAsync(HttpContext context, bool value) => HadoopAnswers.OkAsync(context, new JsonObject { ["boolean"] = value });

    private JsonObject Status(string suffix, FakeHdfs.Entry entry, string path) => new()
    {
        ["accessTime"] = entry.Content is null ? 0 : entry.ModificationTime,
        ["blockSize"] = entry.Content is null ? 0 : 16777216,
        ["childrenNum"] = entry.Content is null ? files.List(path).Count : 0,
        ["fileId"] = entry.Id,
        ["group"] = "supergroup",
        ["length"] = entry.Content?.Length ?? 0,
        ["modificationTime"] = entry.ModificationTime,
        ["owner"] = "flink",
        ["pathSuffix"] = suffix,
        ["permission"] = entry.Content is null ? "755" : "644",
        ["replication"] = entry.Content is null ? 0 : 1,
        ["storagePolicy"] = 0,
        ["type"] = entry.Content is null ? "DIRECTORY" : "FILE",
    };
}
