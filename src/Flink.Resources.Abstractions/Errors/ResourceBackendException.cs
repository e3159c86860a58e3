namespace Flink.Resources;

/// <summary>What kind of fault a backend met.</summary>
public enum BackendFault
{
    /// <summary>Not classified.</summary>
    Unknown = 0,

    /// <summary>The endpoint could not be reached.</summary>
    Unreachable,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>No valid credentials (401).</summary>
    Unauthenticated,

    /// <summary>Known, but not allowed (403).</summary>
    Forbidden,

    /// <summary>The thing asked for is not there (404).</summary>
    NotFound,

    /// <summary>Somebody else changed it or holds the name (409).</summary>
    Conflict,

    /// <summary>The server refused the request as wrong (400, 422).</summary>
    Invalid,

    /// <summary>The server asks to slow down (429).</summary>
    Throttled,

    /// <summary>The server is in trouble (5xx, standby, starting).</summary>
    Unavailable,

    /// <summary>The answer is not what the protocol says: HTML, truncated, another server's.</summary>
    Malformed,

    /// <summary>The call is not possible here.</summary>
    NotSupported,
}

/// <summary>A fault of a backend or of a Flink cluster. Expected endings are outcomes, not exceptions.</summary>
public class ResourceBackendException : Exception
{
    /// <summary>Creates an exception without details.</summary>
    public ResourceBackendException()
    {
    }

    /// <summary>Creates an exception of an unclassified fault.</summary>
    public ResourceBackendException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception of an unclassified fault with its cause.</summary>
    public ResourceBackendException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="fault">The kind of fault.</param>
    /// <param name="backend">The backend's name.</param>
    /// <param name="message">What happened and what to do next, without secrets.</param>
    /// <param name="innerException">The cause; must hold no secrets.</param>
    public ResourceBackendException(BackendFault fault, string backend, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Fault = fault;
        Backend = backend;
    }

    /// <summary>The kind of fault.</summary>
    public BackendFault Fault { get; }

    /// <summary>The backend's name.</summary>
    public string Backend { get; } = string.Empty;

    /// <summary>The HTTP status of the answer; null when there was none.</summary>
    public int? StatusCode { get; init; }

    /// <summary>How long the server asks to wait; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether the same call may succeed later. Says nothing about whether this one took effect.</summary>
    public bool IsTransient => Fault is BackendFault.Unreachable or BackendFault.Timeout or BackendFault.Throttled
        or BackendFault.Unavailable or BackendFault.Malformed;
}
