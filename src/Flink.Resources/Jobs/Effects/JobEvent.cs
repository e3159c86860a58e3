using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Flink.Resources.Health;

namespace Flink.Resources;

/// <summary>What came of an effect, or what somebody asked for: the only input of a machine.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(PrepareEnded), nameof(PrepareEnded))]
[JsonDerivedType(typeof(StartEnded), nameof(StartEnded))]
[JsonDerivedType(typeof(TriggerEnded), nameof(TriggerEnded))]
[JsonDerivedType(typeof(RemoveEnded), nameof(RemoveEnded))]
[JsonDerivedType(typeof(FenceForgotten), nameof(FenceForgotten))]
[JsonDerivedType(typeof(DefinitionKept), nameof(DefinitionKept))]
[JsonDerivedType(typeof(StandbyBegun), nameof(StandbyBegun))]
[JsonDerivedType(typeof(StandbySeen), nameof(StandbySeen))]
[JsonDerivedType(typeof(CopySeen), nameof(CopySeen))]
[JsonDerivedType(typeof(HealthSeen), nameof(HealthSeen))]
[JsonDerivedType(typeof(FencesSeen), nameof(FencesSeen))]
[JsonDerivedType(typeof(DeathSeen), nameof(DeathSeen))]
[JsonDerivedType(typeof(SnapshotSeen), nameof(SnapshotSeen))]
[JsonDerivedType(typeof(EvidenceSeen), nameof(EvidenceSeen))]
[JsonDerivedType(typeof(DirectoryTried), nameof(DirectoryTried))]
[JsonDerivedType(typeof(RequestMade), nameof(RequestMade))]
internal abstract record JobEvent
{
    /// <summary>When it was known.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Sources must not be stopped at that time. Only said to a run that may be about to stop its source.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AreStopsHeld { get; init; }
}

/// <summary>How a write ended.</summary>
internal enum WriteResult
{
    /// <summary>Not known: it may have happened.</summary>
    Unknown = 0,

    /// <summary>It happened, now or before.</summary>
    Done,

    /// <summary>It happened, and is not complete yet.</summary>
    Underway,

    /// <summary>It did not happen.</summary>
    Refused,
}

/// <summary>How a preparation ended.</summary>
/// <param name="Result">Done, Refused or Unknown.</param>
/// <param name="Application">What was prepared.</param>
/// <param name="Holder">Who has the fence, when somebody else has.</param>
/// <param name="Words">Why not.</param>
internal sealed record PrepareEnded(WriteResult Result, PreparedApplication? Application, string? Holder, string? Words) : JobEvent;

/// <summary>How a start ended.</summary>
/// <param name="Result">Done, Refused or Unknown.</param>
/// <param name="Words">Why not.</param>
internal sealed record StartEnded(WriteResult Result, string? Words) : JobEvent;

/// <summary>How a request to Flink ended.</summary>
/// <param name="Result">Done, Refused or Unknown.</param>
/// <param name="Words">Why not.</param>
internal sealed record TriggerEnded(WriteResult Result, string? Words) : JobEvent;

/// <summary>How a removal ended.</summary>
/// <param name="Result">Done, Underway, Refused or Unknown.</param>
/// <param name="Words">What was seen, or why not.</param>
internal sealed record RemoveEnded(WriteResult Result, string? Words) : JobEvent;

/// <summary>How giving a fence back ended.</summary>
/// <param name="Result">Done or Unknown.</param>
/// <param name="Words">Why not.</param>
internal sealed record FenceForgotten(WriteResult Result, string? Words) : JobEvent;

/// <summary>How keeping the files of an application ended.</summary>
/// <param name="Result">Done, Refused or Unknown.</param>
/// <param name="Definition">What was kept.</param>
/// <param name="Words">What was kept, or why not.</param>
internal sealed record DefinitionKept(WriteResult Result, KeptDefinition? Definition, string? Words) : JobEvent;

/// <summary>How bringing up a standby began.</summary>
/// <param name="Result">Done, Refused or Unknown.</param>
/// <param name="IsReady">There is nothing to wait for.</param>
/// <param name="Words">Why not.</param>
internal sealed record StandbyBegun(WriteResult Result, bool IsReady, string? Words) : JobEvent;

/// <summary>How far a standby is.</summary>
/// <param name="Status">Whether it is there.</param>
/// <param name="IsReady">The start finds all it needs.</param>
/// <param name="Words">What is awaited.</param>
/// <param name="IsStuck">Waiting is in vain.</param>
internal sealed record StandbySeen(LookupStatus Status, bool IsReady, string? Words, bool IsStuck = false) : JobEvent;

/// <summary>A look at a copy.</summary>
/// <param name="Copy">What was seen.</param>
internal sealed record CopySeen(CopyObservation Copy) : JobEvent;

/// <summary>A look at a copy and at its health.</summary>
/// <param name="Copy">What was seen.</param>
/// <param name="Answer">How healthy it is.</param>
/// <param name="Watched">What the evaluations before came to.</param>
/// <param name="Situation">How things stand around the run.</param>
internal sealed record HealthSeen(CopyObservation Copy, HealthAnswer Answer, MigrationWatch Watched, MigrationSituation Situation) : JobEvent;

/// <summary>A look at all fences of a job.</summary>
/// <param name="Fences">All fences of the job on all backends.</param>
/// <param name="Unknown">The backends that did not say, with the reason.</param>
/// <param name="HighestEpoch">The highest epoch in the journal.</param>
internal sealed record FencesSeen(ImmutableArray<FenceObservation> Fences, ImmutableArray<string> Unknown, long HighestEpoch) : JobEvent;

/// <summary>One observation on whether a copy is dead.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="CanComeBack">Something may still start its processes again.</param>
/// <param name="Evidence">What was seen.</param>
internal sealed record DeathSeen(DeathVerdict Verdict, bool CanComeBack, Evidence Evidence) : JobEvent;

/// <summary>A look at the storage of snapshots.</summary>
/// <param name="Status">Whether there is one.</param>
/// <param name="Snapshot">The newest completed one.</param>
/// <param name="Words">What was seen.</param>
internal sealed record SnapshotSeen(LookupStatus Status, string? Snapshot, string? Words) : JobEvent;

/// <summary>What a try of a directory showed.</summary>
internal enum DirectoryVerdict
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>It was listed, written, read back and cleared.</summary>
    Usable,

    /// <summary>Something of that failed.</summary>
    NotUsable,

    /// <summary>The backend can't try directories.</summary>
    NotOffered,
}

/// <summary>A directory of snapshots was tried.</summary>
/// <param name="Verdict">What came of it.</param>
/// <param name="Words">What was seen.</param>
internal sealed record DirectoryTried(DirectoryVerdict Verdict, string? Words) : JobEvent;

/// <summary>What explains a failure.</summary>
/// <param name="Copy">What was seen.</param>
/// <param name="Text">Exceptions and diagnostics, newest first, cut to a readable length.</param>
internal sealed record EvidenceSeen(CopyObservation Copy, string Text) : JobEvent;

/// <summary>Somebody asked for something.</summary>
/// <param name="Request">What is asked for.</param>
/// <param name="By">Who asks.</param>
/// <param name="Reason">Why.</param>
internal sealed record RequestMade(MigrationRequest Request, string By, string? Reason) : JobEvent;

/// <summary>A fence, and how its application is.</summary>
/// <param name="Fence">The fence.</param>
/// <param name="Holder">Who took it.</param>
/// <param name="Application">Its application.</param>
/// <param name="State">The application's state; Unknown when it could not be read.</param>
internal sealed record FenceObservation(Fence Fence, string Holder, ApplicationHandle Application, ApplicationState State);
