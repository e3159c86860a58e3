namespace Flink.Resources;

/// <summary>A run that is the fold of its records. Immutable; each event makes the next one.</summary>
/// <typeparam name="TSelf">The run.</typeparam>
internal interface IJournalledRun<TSelf>
    where TSelf : class, IJournalledRun<TSelf>
{
    /// <summary>The run.</summary>
    string Id { get; }

    /// <summary>Its job.</summary>
    JobKey Job { get; }

    /// <summary>The name of the state it is in.</summary>
    string StateName { get; }

    /// <summary>Why it is where it is; null while all goes well. Each new one is told.</summary>
    string? Reason { get; }

    /// <summary>When it was last evaluated: each evaluation is told, as each state is. Null in a run that is not evaluated.</summary>
    DateTimeOffset? EvaluatedAt { get; }

    /// <summary>Nothing follows.</summary>
    bool IsFinal { get; }

    /// <summary>Nothing follows before a person says something.</summary>
    bool WaitsForPerson { get; }

    /// <summary>The highest epoch that it asked for.</summary>
    long Epoch { get; }

    /// <summary>What is to be done next.</summary>
    JobEffect? Pending { get; }

    /// <summary>Not before then.</summary>
    DateTimeOffset? NotBefore { get; }

    /// <summary>The kind of run in the journal.</summary>
    static abstract string Machine { get; }

    /// <summary>The first state, from the payload of the first record.</summary>
    static abstract TSelf Create(string id, string payload, DateTimeOffset at);

    /// <summary>The next state.</summary>
    static abstract TSelf Step(TSelf run, JobEvent happened);

    /// <summary>The same, as far as the journal is concerned.</summary>
    bool IsSameAs(TSelf other);
}
