using Flink.Resources.Http;

namespace Flink.Resources.Rest;

/// <summary>Connects to Flink clusters over REST.</summary>
public static class FlinkRest
{
    /// <summary>A Flink cluster behind an address. Sends nothing yet.</summary>
    /// <param name="application">The application that the cluster belongs to.</param>
    /// <param name="baseAddress">Where its REST API is; a path prefix (of a proxy) is kept, with or without a slash at its end.</param>
    /// <param name="http">Sends the requests, credentials included. Never disposed here.</param>
    /// <param name="timeProvider">The clock of time-outs and evidence.</param>
    /// <param name="options">Time-outs; the defaults when null.</param>
    /// <exception cref="ArgumentException"><paramref name="baseAddress"/> is no absolute http or https address, or has a user, query or fragment.</exception>
    public static IFlinkCluster Connect(
        ApplicationHandle application,
        Uri baseAddress,
        HttpMessageInvoker http,
        TimeProvider timeProvider,
        FlinkRestOptions? options = null)
    {
        return new FlinkRestCluster(application, Client(application, baseAddress, http, timeProvider, options));
    }

    /// <summary>The part of a Flink cluster's REST API that runs jars, which only session clusters have. Sends nothing yet.</summary>
    /// <param name="application">The application that the cluster belongs to.</param>
    /// <param name="baseAddress">Where its REST API is; a path prefix (of a proxy) is kept, with or without a slash at its end.</param>
    /// <param name="http">Sends the requests, credentials included. Never disposed here.</param>
    /// <param name="timeProvider">The clock of time-outs and evidence.</param>
    /// <param name="options">Time-outs; the defaults when null.</param>
    /// <exception cref="ArgumentException"><paramref name="baseAddress"/> is no absolute http or https address, or has a user, query or fragment.</exception>
    public static FlinkSession ConnectSession(
        ApplicationHandle application, Uri baseAddress, HttpMessageInvoker http, TimeProvider timeProvider, FlinkRestOptions? options = null) =>
        new(Client(application, baseAddress, http, timeProvider, options));

    private static RestClient Client(
        ApplicationHandle application, Uri baseAddress, HttpMessageInvoker http, TimeProvider timeProvider, FlinkRestOptions? options)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(baseAddress);
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(timeProvider);
        if (!baseAddress.IsAbsoluteUri || baseAddress.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"'{baseAddress}' is no REST address: an absolute http or https address is wanted.", nameof(baseAddress));
        }
        if (baseAddress.UserInfo.Length + baseAddress.Query.Length + baseAddress.Fragment.Length > 0)
        {
            // Not repeated in the message: there may be a secret in it.
            throw new ArgumentException("A REST address has no user, query or fragment; credentials belong into http.", nameof(baseAddress));
        }
        options ??= new FlinkRestOptions();
        var pipelines = new BackendPipelines(timeProvider, options.AttemptTimeout, options.CallTimeout, options.ReadAttempts);
        return new RestClient(application.Backend, baseAddress, http, pipelines, timeProvider);
    }
}
