namespace Flink.Resources;

/// <summary>
/// Another process holds the lease that is wanted. One that died holds it until it runs out, at most 15 s after its last word: who waits
/// that long and asks again gets it.
/// </summary>
public sealed class LeaseHeldException : InvalidOperationException
{
    /// <summary>Without a message.</summary>
    public LeaseHeldException()
    {
    }

    /// <summary>With a message.</summary>
    /// <param name="message">What is held, and until when.</param>
    public LeaseHeldException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and what caused it.</summary>
    /// <param name="message">What is held, and until when.</param>
    /// <param name="innerException">The cause.</param>
    public LeaseHeldException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
