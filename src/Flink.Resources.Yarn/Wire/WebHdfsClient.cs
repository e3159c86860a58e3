using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace Flink.Resources.Yarn.Wire;

/// <summary>A file or directory of HDFS.</summary>
internal sealed record HdfsFile(string Path, bool IsDirectory, long Length, long ModificationTime);

/// <summary>HDFS over WebHDFS. Paths are absolute paths inside the file system.</summary>
internal sealed class WebHdfsClient(HadoopHttp http, string user)
{
    public static bool IsStandby(HadoopAnswer answer) =>
        answer.Exception is "StandbyException" or "RetriableException" or "SafeModeException"
        || (answer.Status == HttpStatusCode.OK && answer.Json.ValueKind == JsonValueKind.Undefined && answer.Body is [(byte)'<', ..]);

    /// <summary>Null when the NameNode says that there is none.</summary>
    public async Task<HdfsFile?> StatusAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await http.RepeatAsync(HttpMethod.Get, Url(path, "GETFILESTATUS"), null, cancellationToken).ConfigureAwait(false);
        return IsMissing(answer) ? null : ToFile(path, Require(answer, HttpMethod.Get, path).Member("FileStatus"));
    }

    /// <summary>The entries of a directory; empty when there is none.</summary>
    public async Task<ImmutableArray<HdfsFile>> ListAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await http.RepeatAsync(HttpMethod.Get, Url(path, "LISTSTATUS"), null, cancellationToken).ConfigureAwait(false);
        return IsMissing(answer)
            ? []
            : [.. Require(answer, HttpMethod.Get, path).Member("FileStatuses").Member("FileStatus").Items
                .Where(static f => f.Text("pathSuffix") is { Length: > 0 })
                .Select(f => ToFile($"{path.TrimEnd('/')}/{f.Text("pathSuffix")}", f))];
    }

    public async Task<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var answer = await http.RepeatAsync(HttpMethod.Get, Url(path, "OPEN", "&noredirect=true"), null, cancellationToken).ConfigureAwait(false);
        if (IsMissing(answer))
        {
            return null;
        }
        var location = Require(answer, HttpMethod.Get, path).Text("Location");
        var data = await http.ToAsync(HttpMethod.Get, new Uri(location!), null, cancellationToken).ConfigureAwait(false);
        return data.Status == HttpStatusCode.OK ? data.Body : throw http.Fault(data, HttpMethod.Get, path);
    }

    /// <summary>The fault of a file whose content cannot be what was written.</summary>
    public ResourceBackendException Malformed(string path, string why) => http.Malformed(path, why);

    public async Task MakeDirectoryAsync(string path, CancellationToken cancellationToken) => Require(
        await http.RepeatAsync(HttpMethod.Put, Url(path, "MKDIRS", "&permission=700"), null, cancellationToken).ConfigureAwait(false),
        HttpMethod.Put,
        path);

    /// <summary>Writes a file, in place of an older one.</summary>
    public async Task WriteAsync(string path, HttpContent content, CancellationToken cancellationToken)
    {
        var answer = await http.RepeatAsync(
            HttpMethod.Put, Url(path, "CREATE", "&overwrite=true&permission=600&noredirect=true"), null, cancellationToken).ConfigureAwait(false);
        var location = Require(answer, HttpMethod.Put, path).Text("Location");
        var written = await http.ToAsync(HttpMethod.Put, new Uri(location!), content, cancellationToken).ConfigureAwait(false);
        if (written.Status != HttpStatusCode.Created)
        {
            throw http.Fault(written, HttpMethod.Put, path);
        }
    }

    /// <summary>False when the target exists: HDFS renames without overwriting, which makes a whole file appear at once or not at all.</summary>
    public async Task<bool> RenameAsync(string from, string to, CancellationToken cancellationToken)
    {
        var answer = await http.OnceAsync(
            HttpMethod.Put, Url(from, "RENAME", $"&destination={Uri.EscapeDataString(to)}"), null, cancellationToken).ConfigureAwait(false);
        return Require(answer, HttpMethod.Put, from).Text("boolean") == "true";
    }

    public async Task DeleteAsync(string path, CancellationToken cancellationToken) => Require(
        await http.RepeatAsync(HttpMethod.Delete, Url(path, "DELETE", "&recursive=true"), null, cancellationToken).ConfigureAwait(false),
        HttpMethod.Delete,
        path);

    private string Url(string path, string operation, string more = "") =>
        $"/webhdfs/v1{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}?op={operation}&user.name={Uri.EscapeDataString(user)}{more}";

    /// <summary>404 counts only when HDFS itself says so.</summary>
    private static bool IsMissing(HadoopAnswer answer) =>
        answer.Status == HttpStatusCode.NotFound && answer.Exception == "FileNotFoundException";

    private JsonElement Require(HadoopAnswer answer, HttpMethod method, string path) =>
        answer.Status == HttpStatusCode.OK && answer.Json.ValueKind == JsonValueKind.Object
            ? answer.Json
            : throw http.Fault(answer, method, path);

    private static HdfsFile ToFile(string path, JsonElement status) =>
        new(path, status.Text("type") == "DIRECTORY", status.Number("length"), status.Number("modificationTime"));
}
