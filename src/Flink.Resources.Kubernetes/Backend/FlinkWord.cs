using System.Text.Json.Nodes;
using Flink.Resources.Flink;
using Flink.Resources.Http;

namespace Flink.Resources.Kubernetes;

/// <summary>What the Dispatcher says about its jobs.</summary>
/// <param name="States">Flink's words for the states.</param>
/// <param name="Ended">How it ended, when no job of it goes on.</param>
internal sealed record FlinkJobs(string States, (ApplicationResult Result, DateTimeOffset? At, string? Cause)? Ended)
{
    /// <summary>No job was submitted yet, or it had ended before this JobManager started.</summary>
    public bool IsEmpty => States.Length == 0;
}

/// <summary>Asks Flink whether its job has ended, for a short time only.</summary>
internal sealed class FlinkWord(Site site)
{
    /// <summary>Null when Flink does not answer.</summary>
    public async Task<FlinkJobs?> AskAsync(ApplicationHandle handle, CancellationToken cancellationToken)
    {
        var overview = await GetAsync(handle, "jobs/overview", cancellationToken).ConfigureAwait(false);
        if (overview?["jobs"] is not JsonArray)
        {
            return null;
        }
        var jobs = overview.Items("jobs").ToList();
        var states = string.Join(',', jobs.Select(static j => j.Text("state")));
        if (jobs.Count == 0 || !jobs.TrueForAll(static j => j.Text("state") is "FINISHED" or "FAILED" or "CANCELED"))
        {
            return new FlinkJobs(states, null);
        }
        var worst = jobs.Find(static j => j.Text("state") == "FAILED") ?? jobs.Find(static j => j.Text("state") == "CANCELED") ?? jobs[0];
        var result = worst.Text("state") switch
        {
            "FAILED" => ApplicationResult.Failed,
            "CANCELED" => ApplicationResult.Canceled,
            _ => ApplicationResult.Succeeded,
        };
        var cause = result == ApplicationResult.Failed ? await CauseAsync(handle, worst.Text("jid"), cancellationToken).ConfigureAwait(false) : null;
        return new FlinkJobs(states, (result, site.TimeProvider.GetUtcNow(), cause));
    }

    private async Task<string?> CauseAsync(ApplicationHandle handle, string? job, CancellationToken cancellationToken)
    {
        var exceptions = job is null ? null : await GetAsync(handle, $"jobs/{job}/exceptions", cancellationToken).ConfigureAwait(false);
        var trace = exceptions.Items("exceptionHistory", "entries").FirstOrDefault().Text("stacktrace") ?? exceptions.Text("root-exception");
        return LastWords.Of(trace);
    }

    private async Task<JsonObject?> GetAsync(ApplicationHandle handle, string path, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(site.Options.FlinkTimeout, site.TimeProvider);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(site.RestAddress(handle), path));
            using var response = await BackendHttp.SendAsync(site.Calls.Api.Http, request, site.Name, both.Token).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(both.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? KubernetesAnswer.Read((int)response.StatusCode, text, null).Json : null;
        }
        catch (ResourceBackendException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
