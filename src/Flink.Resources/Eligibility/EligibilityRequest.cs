namespace Flink.Resources.Eligibility;

/// <summary>Which move is to be judged, and what nobody can read from a cluster.</summary>
public sealed record EligibilityRequest
{
    /// <summary>The move. Nothing of it is begun.</summary>
    public required MoveRequest Move { get; init; }

    /// <summary>What owners and the platform say. An owner that is not named is the job's team.</summary>
    public EligibilityDeclarations Declared { get; init; } = new();

    /// <summary>What counts as too much or too little.</summary>
    public EligibilityLimits Limits { get; init; } = new();

    /// <summary>
    /// Tries the directories of snapshots from both sides, which starts a container on each for a moment. Without it what E03 asks for is not known.
    /// </summary>
    public bool TriesDirectories { get; init; } = true;

    /// <summary>
    /// Tries them from the source too. A source that is full has no room for that, and its job writes there already: without it only the target is tried.
    /// </summary>
    public bool TriesDirectoriesFromSource { get; init; } = true;

    /// <summary>
    /// Tries no directory where that could be done, and takes it as usable: a move tries its own before its source is touched, and stays where it is when
    /// it is not. For judging again shortly before a move. What can't try directories at all is told as ever.
    /// </summary>
    public bool LeavesDirectoriesToMove { get; init; }

    /// <summary>What tries of other jobs have told; null: each request tries by itself. Means something together with <see cref="DirectoryGroup"/>.</summary>
    public DirectoryTries? Tries { get; init; }

    /// <summary>
    /// Names the jobs of which one's try holds for the others on the same backend: directories under one root, of one user, and specifications with one
    /// image, place, environment and access to storage. Who asks says so; null: what this request tries holds for it alone.
    /// </summary>
    public string? DirectoryGroup { get; init; }

    /// <summary>The job's health score, when somebody has one.</summary>
    public Lookup<double> Score { get; init; }

    /// <summary>The paths that the target's image holds, when somebody has their list.</summary>
    public Lookup<System.Collections.Immutable.ImmutableSortedSet<string>> ImageContent { get; init; }

    /// <summary>A read that takes longer is given up: what it should have told is not known. Above zero.</summary>
    /// <value>1 min.</value>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The same of a container that tries a directory: it has to find room, and its image may have to be pulled. Above zero.</summary>
    /// <value>5 min.</value>
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How old a snapshot of the target's queues and nodes may be. Zero reads them anew.</summary>
    public TimeSpan SnapshotAge { get; init; } = TimeSpan.FromSeconds(30);
}
