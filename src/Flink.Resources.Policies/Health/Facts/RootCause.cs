namespace Flink.Resources.Health;

/// <summary>Why a job fails, where waiting or starting again does not heal it.</summary>
public enum RootCauseKind
{
    /// <summary>Another reason: nothing follows from it.</summary>
    Other = 0,

    /// <summary>State cannot be read or migrated.</summary>
    State,

    /// <summary>A class or method is missing.</summary>
    MissingClass,

    /// <summary>The snapshot cannot be restored.</summary>
    Restore,

    /// <summary>Kerberos or another login fails.</summary>
    Login,

    /// <summary>The platform killed a process for its memory.</summary>
    OutOfMemoryKill,

    /// <summary>The source asks for offsets that are gone.</summary>
    OffsetOutOfRange,

    /// <summary>The source began anew at its earliest or latest offset.</summary>
    SourceReset,

    /// <summary>A sink gave up on output it was to commit. The job runs on.</summary>
    FailedCommit,
}

/// <summary>A failure that was seen in exceptions, logs or exits.</summary>
/// <param name="Kind">What it comes to.</param>
/// <param name="At">When.</param>
/// <param name="Text">What was seen; no secrets.</param>
public sealed record RootCause(RootCauseKind Kind, DateTimeOffset At, string Text)
{
    // Names of classes and sentences as Flink 1.18 to 2.x and the Kafka client write them; the first that fits decides.
    private static readonly (string Words, RootCauseKind Kind)[] Known =
    [
        ("OffsetOutOfRangeException", RootCauseKind.OffsetOutOfRange),
        ("is out of range for partition", RootCauseKind.OffsetOutOfRange),
        ("Resetting offset for partition", RootCauseKind.SourceReset),
        ("Unable to commit transaction", RootCauseKind.FailedCommit),
        ("ProducerFencedException", RootCauseKind.FailedCommit),
        ("InvalidProducerEpochException", RootCauseKind.FailedCommit),
        ("StateMigrationException", RootCauseKind.State),
        ("InvalidClassException", RootCauseKind.State),
        ("KryoException", RootCauseKind.State),
        ("BackendBuildingException", RootCauseKind.Restore),
        ("Failed to rollback to checkpoint/savepoint", RootCauseKind.Restore),
        ("Could not restore operator state", RootCauseKind.Restore),
        ("Could not restore keyed state", RootCauseKind.Restore),
        ("ClassNotFoundException", RootCauseKind.MissingClass),
        ("NoClassDefFoundError", RootCauseKind.MissingClass),
        ("NoSuchMethodError", RootCauseKind.MissingClass),
        ("LoginException", RootCauseKind.Login),
        ("GSSException", RootCauseKind.Login),
        ("KrbException", RootCauseKind.Login),
        ("AccessControlException: SIMPLE authentication is not enabled", RootCauseKind.Login),
        ("OOMKilled", RootCauseKind.OutOfMemoryKill),
        ("running beyond physical memory limits", RootCauseKind.OutOfMemoryKill),
    ];

    /// <summary>What a text of an exception, a log line or an exit comes to.</summary>
    /// <param name="text">The text, stack trace included.</param>
    public static RootCauseKind Classify(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        foreach (var (words, kind) in Known)
        {
            if (text.Contains(words, StringComparison.Ordinal))
            {
                return kind;
            }
        }
        return RootCauseKind.Other;
    }
}
