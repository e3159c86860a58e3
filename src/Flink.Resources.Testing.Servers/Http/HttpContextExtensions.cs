using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers.Http;

/// <summary>Reads requests and writes whole answers.</summary>
internal static class HttpContextExtensions
{
    extension(HttpContext context)
    {
        public string Query(string name) => context.Request.Query[name].ToString();

        public bool IsWatch() => context.Query("watch") is "true" or "1";

        public Task WriteAsync(int status, string type, string text) => context.WriteAsync(status, type, Encoding.UTF8.GetBytes(text));

        public async Task WriteAsync(int status, string type, byte[] body)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }

        public async Task<byte[]> ReadBytesAsync()
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
            return body.ToArray();
        }

        /// <summary>Null when the body is no JSON object.</summary>
        public async Task<JsonObject?> ReadJsonAsync()
        {
            var bytes = await context.ReadBytesAsync().ConfigureAwait(false);
            try
            {
                return bytes.Length == 0 ? null : JsonNode.Parse(bytes) as JsonObject;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
