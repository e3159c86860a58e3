namespace Flink.Resources.Testing.Servers;

/// <summary>What goes wrong with a request.</summary>
public enum ServerFault
{
    /// <summary>Nothing: the request is answered as it should be.</summary>
    None = 0,

    /// <summary>The request is read and never answered; it has no effect.</summary>
    TimeoutBeforeEffect,

    /// <summary>The request takes effect and is never answered.</summary>
    TimeoutAfterEffect,

    /// <summary>401 as the server says it; no effect.</summary>
    Unauthorized,

    /// <summary>403 as the server says it; no effect.</summary>
    Forbidden,

    /// <summary>404 as the server itself says it of a thing that is not there; no effect.</summary>
    NotFound,

    /// <summary>404 with the HTML page of a proxy that knows no such site; no effect.</summary>
    LyingNotFound,

    /// <summary>404 with the JSON of another server; no effect.</summary>
    ForeignNotFound,

    /// <summary>409 as the server says it; no effect.</summary>
    Conflict,

    /// <summary>429 with <c>Retry-After</c> (<see cref="FakeServer.RetryAfter"/>); no effect.</summary>
    TooManyRequests,

    /// <summary>500 as the server says it; no effect.</summary>
    InternalServerError,

    /// <summary>503 as the server says it; no effect.</summary>
    ServiceUnavailable,

    /// <summary>The request takes effect; the connection ends in the middle of the answer.</summary>
    TruncatedBody,

    /// <summary>200 with the HTML page of a login form; no effect.</summary>
    HtmlPage,
}
