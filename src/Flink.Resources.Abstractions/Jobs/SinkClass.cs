namespace Flink.Resources;

/// <summary>What happens to output that was written after the snapshot from which a job goes on.</summary>
public enum SinkClass
{
    /// <summary>Not said: treated like <see cref="ExternalEffects"/>.</summary>
    Unknown = 0,

    /// <summary>Written by key: the same record again changes nothing.</summary>
    Idempotent,

    /// <summary>Appended at least once: the same record again is a duplicate.</summary>
    Append,

    /// <summary>Transactions that commit with checkpoints, as the exactly-once Kafka sink's.</summary>
    Transactional,

    /// <summary>Calls, mails, payments: the same record again is another effect.</summary>
    ExternalEffects,

    /// <summary>Commits of a table format, whose committer may skip what it takes for done.</summary>
    TableCommits,
}
