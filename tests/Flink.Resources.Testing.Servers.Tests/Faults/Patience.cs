namespace Flink.Resources.Testing.Servers.Faults;

/// <summary>How long a backend waits for a server.</summary>
internal enum Patience
{
    /// <summary>For servers that answer: longer than a busy machine can keep one waiting.</summary>
    Long = 0,

    /// <summary>For servers that never answer, so that a test of one takes seconds.</summary>
    Short,
}

internal static class PatienceTimes
{
    public static TimeSpan Attempt(this Patience patience) => TimeSpan.FromSeconds(patience == Patience.Short ? 1 : 20);

    public static TimeSpan Call(this Patience patience) => TimeSpan.FromSeconds(patience == Patience.Short ? 3 : 60);
}
