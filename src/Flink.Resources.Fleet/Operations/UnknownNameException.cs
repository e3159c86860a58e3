namespace Flink.Resources.Fleet;

/// <summary>A command was given a job or a queue that there is not. Nothing was touched.</summary>
public sealed class UnknownNameException : KeyNotFoundException
{
    /// <summary>Without a message.</summary>
    public UnknownNameException()
    {
    }

    /// <summary>With a message.</summary>
    /// <param name="message">What there is not.</param>
    public UnknownNameException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and what caused it.</summary>
    /// <param name="message">What there is not.</param>
    /// <param name="innerException">What caused it.</param>
    public UnknownNameException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    internal UnknownNameException(string kind, string name, string expected)
        : base($"{kind} is '{name}': {expected}") => (Kind, Name, Expected) = (kind, name, expected);

    /// <summary><c>job</c> or <c>queue</c>.</summary>
    public string Kind { get; } = string.Empty;

    /// <summary>The name that was given.</summary>
    public string Name { get; } = string.Empty;

    /// <summary>Who does not know it, and the name that is nearest, or those that there are.</summary>
    public string Expected { get; } = string.Empty;
}
