namespace Flink.Resources.Simulation;

/// <summary>What became of a job's records, over all copies that ever ran.</summary>
public sealed record SimulatedAccount
{
    /// <summary>Records that the source has produced so far.</summary>
    public required long Produced { get; init; }

    /// <summary>Different records whose output is visible.</summary>
    public required long Committed { get; init; }

    /// <summary>Records without output although the output of a later one is visible.</summary>
    public required long Lost { get; init; }

    /// <summary>Outputs beyond the first of a record, in a sink where they count twice.</summary>
    public required long Duplicated { get; init; }

    /// <summary>Outputs beyond the first of a record, in a sink where they change nothing.</summary>
    public required long Repeated { get; init; }

    /// <summary>Copies that began without a snapshot although output was visible already.</summary>
    public required int StartsFromNothing { get; init; }

    /// <summary>Records that were processed and are not in the state of the newest copy.</summary>
    public required long MissingInState { get; init; }

    /// <summary>Whether each record's output is there once.</summary>
    public bool IsExact => Lost == 0 && Duplicated == 0 && MissingInState == 0;
}

/// <summary>Something that can process a job's records, or bring such a thing back.</summary>
/// <param name="Copy">The copy.</param>
/// <param name="Job">The job's key, or the application's name when it was not started by this library.</param>
/// <param name="ProcessesRecords">Whether it processes records now.</param>
/// <param name="CanComeBack">Whether something would start it again.</param>
/// <param name="Why">What it is, in one sentence.</param>
public sealed record SimulatedCopy(CopyRef Copy, string Job, bool ProcessesRecords, bool CanComeBack, string Why);

/// <summary>Something that happened in a simulated fleet.</summary>
/// <param name="At">When.</param>
/// <param name="Backend">Where.</param>
/// <param name="Subject">To whom: an application, a node, a call.</param>
/// <param name="What">What.</param>
public readonly record struct SimulatedEvent(DateTimeOffset At, string Backend, string Subject, string What)
{
    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{At:O} {Backend} {Subject} {What}");
}
