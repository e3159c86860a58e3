using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Http;

/// <summary>What stands between answers instead of the server.</summary>
internal static class Pages
{
    public const string Html = "text/html;charset=utf-8";

    public const string Json = "application/json";

    public const string Login =
        "<!DOCTYPE html><html><head><title>Sign in</title></head><body><form method=\"post\" action=\"/login\"><input name=\"user\"/></form></body></html>";

    public const string NotFound =
        "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

    public static string ForeignNotFound(string path) => new JsonObject
    {
        ["timestamp"] = "2026-11-25T13:24:53.000+00:00", ["status"] = 404, ["error"] = "Not Found", ["path"] = path,
    }.ToJsonString();
}
