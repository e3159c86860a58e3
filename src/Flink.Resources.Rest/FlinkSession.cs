using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Flink.Resources.Rest.Wire;

namespace Flink.Resources.Rest;

/// <summary>Runs jars in a session cluster.</summary>
public sealed class FlinkSession
{
    private readonly RestClient _client;

    internal FlinkSession(RestClient client) => _client = client;

    /// <summary>The ids of the jars that lie in the JobManager's upload directory.</summary>
    /// <param name="cancellationToken">Stops the question.</param>
    /// <exception cref="ResourceBackendException">Flink does not answer, or not as it should.</exception>
    public Task<ImmutableArray<string>> ListJarsAsync(CancellationToken cancellationToken = default) =>
        _client.GetAsync("jars", RestJson.Default.JarsWire, static w => w.Files.Select(static f => f.Id).ToImmutableArray(), cancellationToken);

    /// <summary>
    /// Runs the main method of a jar in the JobManager. With a <c>jobId</c> in the request, Flink takes the job once; a second request of the
    /// same id is answered with an error, and so is one whose job has ended.
    /// </summary>
    /// <param name="jar">The jar's id.</param>
    /// <param name="request">The body of Flink's <c>/jars/:jarid/run</c>.</param>
    /// <param name="cancellationToken">Stops waiting; the job may run.</param>
    public Task<TriggerOutcome> RunJarAsync(string jar, JsonObject request, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(jar);
        ArgumentNullException.ThrowIfNull(request);
        return _client.WriteAsync(HttpMethod.Post, $"jars/{Uri.EscapeDataString(jar)}/run", System.Text.Encoding.UTF8.GetBytes(request.ToJsonString()), null, cancellationToken);
    }
}
