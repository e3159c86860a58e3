using System.Collections.Immutable;

namespace Flink.Resources.Eligibility;

/// <summary>What owners and the platform say of a job. Null: they said nothing.</summary>
public sealed record EligibilityDeclarations
{
    /// <summary>Who answers for the job.</summary>
    public string? Owner { get; init; }

    /// <summary>Why its owner does not want it moved; null when they do not object.</summary>
    public string? Veto { get; init; }

    /// <summary>Why nothing of it may be changed for the time being; null when it may.</summary>
    public string? Freeze { get; init; }

    /// <summary>It keeps no state: it may start from nothing.</summary>
    public bool IsStateless { get; init; }

    /// <summary>
    /// Its <c>main()</c> was looked at and runs in the cluster as well as in the client: it reads no files and no environment of the client, executes
    /// once, returns no results.
    /// </summary>
    public bool MainRunsInCluster { get; init; }

    /// <summary>Jar, entry class and arguments of the source's definition are those that it was started with. A per-job cluster can't be asked.</summary>
    public bool IsProgramDeclared { get; init; } = true;

    /// <summary>Whether it logs in with Kerberos; null: its configuration tells.</summary>
    public bool? UsesKerberos { get; init; }

    /// <summary>Whether keytab, principal and krb5.conf are there on the target though the specification does not name them; null when not said.</summary>
    public bool? TargetHasKerberos { get; init; }

    /// <summary>Native libraries and programs that it loads, as paths (<c>/usr/lib/libsnappy.so.1</c>) or file names.</summary>
    public ImmutableArray<string> NativeLibraries { get; init; } = [];

    /// <summary>How long its sources keep records, of the shortest; null when not said.</summary>
    public TimeSpan? SourceRetention { get; init; }

    /// <summary>The transaction timeout of its exactly-once sinks, of the shortest; null: its configuration tells.</summary>
    public TimeSpan? TransactionTimeout { get; init; }
}

/// <summary>What counts as too much or too little; it comes from the plan.</summary>
public sealed record EligibilityLimits
{
    /// <summary>So many savepoints in a row that failed are too many. 1 to 100.</summary>
    /// <value>3.</value>
    public int FailedSavepoints { get; init; } = 3;

    /// <summary>So many checkpoints in a row that failed are too many. 1 to 100.</summary>
    /// <value>2.</value>
    public int FailedCheckpoints { get; init; } = 2;

    /// <summary>A stop may take so long. Above zero.</summary>
    /// <value>10 min, Flink's own limit of a savepoint.</value>
    public TimeSpan LongestStop { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>A job with a lower score is sick. 0 to 10.</summary>
    /// <value>6.0.</value>
    public double LeastScore { get; init; } = 6.0;

    /// <summary>From the last output on the source to the first on the target, at worst. Zero or more.</summary>
    /// <value>30 min.</value>
    public TimeSpan WorstDowntime { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long the target is watched before the move is final. Zero or more.</summary>
    /// <value>30 min.</value>
    public TimeSpan Soak { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long after the move a way back must be open. Zero or more.</summary>
    /// <value>24 h.</value>
    public TimeSpan RollbackHorizon { get; init; } = TimeSpan.FromHours(24);
}
