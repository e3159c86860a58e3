using System.Text.Json.Serialization;
using Flink.Resources.Health;

namespace Flink.Resources;

/// <summary>
/// Something that a machine wants done. Those that change the world are journalled before they are performed; the others only look.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "effect")]
[JsonDerivedType(typeof(PrepareApplication), nameof(PrepareApplication))]
[JsonDerivedType(typeof(StartApplication), nameof(StartApplication))]
[JsonDerivedType(typeof(StopWithSavepoint), nameof(StopWithSavepoint))]
[JsonDerivedType(typeof(TriggerCheckpoint), nameof(TriggerCheckpoint))]
[JsonDerivedType(typeof(RemoveApplication), nameof(RemoveApplication))]
[JsonDerivedType(typeof(ForgetFence), nameof(ForgetFence))]
[JsonDerivedType(typeof(KeepDefinition), nameof(KeepDefinition))]
[JsonDerivedType(typeof(BringUpStandby), nameof(BringUpStandby))]
[JsonDerivedType(typeof(LookAtStandby), nameof(LookAtStandby))]
[JsonDerivedType(typeof(LookAtCopy), nameof(LookAtCopy))]
[JsonDerivedType(typeof(LookForFences), nameof(LookForFences))]
[JsonDerivedType(typeof(ProbeDeath), nameof(ProbeDeath))]
[JsonDerivedType(typeof(FindSnapshot), nameof(FindSnapshot))]
[JsonDerivedType(typeof(CollectEvidence), nameof(CollectEvidence))]
[JsonDerivedType(typeof(ProbeDirectory), nameof(ProbeDirectory))]
internal abstract record JobEffect
{
    /// <summary>Performing it changes something outside: needs an intent before, and an outcome after it.</summary>
    [JsonIgnore]
    public abstract bool ChangesTheWorld { get; }

    /// <summary>Names the effect: the same key is the same effect, however often it is performed.</summary>
    [JsonIgnore]
    public abstract string Key { get; }
}

/// <summary>Takes the fence and brings everything there that a start needs.</summary>
internal sealed record PrepareApplication(string Backend, Fence Fence, ApplicationSpec Spec) : JobEffect
{
    public override bool ChangesTheWorld => true;

    public override string Key => $"{Fence}.{Backend}.prepare";
}

/// <summary>Starts what was prepared.</summary>
internal sealed record StartApplication(PreparedApplication Application, RestorePoint Restore) : JobEffect
{
    public override bool ChangesTheWorld => true;

    public override string Key => $"{Application.Fence}.{Application.Application.Backend}.start";
}

/// <summary>Asks a copy to stop with a savepoint; the trigger id makes it the same request when it is asked again.</summary>
internal sealed record StopWithSavepoint(CopyRef Copy, SavepointRequest Request) : JobEffect
{
    public override bool ChangesTheWorld => true;

    public override string Key => $"{Copy.Application}.stop.{Request.Trigger}";
}

/// <summary>Asks a copy for a checkpoint now.</summary>
internal sealed record TriggerCheckpoint(CopyRef Copy, TriggerId Trigger) : JobEffect
{
    public override bool ChangesTheWorld => true;

    public override string Key => $"{Copy.Application}.checkpoint.{Trigger}";
}

/// <summary>Ends an application and everything that could bring it back.</summary>
internal sealed record RemoveApplication(ApplicationHandle Application, HaMetadata Metadata) : JobEffect
{
    public override bool ChangesTheWorld => true;

    public override string Key => $"{Application}.remove.{Metadata}";
}

/// <summary>Gives a fence back under which nothing was ever started.</summary>
internal sealed record ForgetFence(string Backend, Fence Fence) : JobEffect
{
    public override bool ChangesTheWorld => true;

    public override string Key => $"{Fence}.{Backend}.forget";
}

/// <summary>Copies what is needed to start an application again, byte for byte, to where its end does not delete it.</summary>
internal sealed record KeepDefinition(ApplicationHandle Application, string Run) : JobEffect
{
    public override bool ChangesTheWorld => true;

    public override string Key => $"{Application}.keep.{Run}";
}

/// <summary>Brings up what the start of a prepared application will need.</summary>
internal sealed record BringUpStandby(PreparedApplication Application, StandbyLevel Level) : JobEffect
{
    public override bool ChangesTheWorld => true;

    public override string Key => $"{Application.Fence}.{Application.Application.Backend}.standby.{Level}";
}

/// <summary>Looks how far that is.</summary>
internal sealed record LookAtStandby(PreparedApplication Application, StandbyLevel Level) : JobEffect
{
    public override bool ChangesTheWorld => false;

    public override string Key => $"{Application.Fence}.{Application.Application.Backend}.standby.look";
}

/// <summary>
/// Tries a directory of snapshots from inside a cluster, as the job's user there. It starts a container and leaves nothing; the same name is the same
/// probe.
/// </summary>
internal sealed record ProbeDirectory(string Backend, string Name, string Directory, ApplicationSpec Spec) : JobEffect
{
    public override bool ChangesTheWorld => true;

    public override string Key => $"{Backend}.probe.{Name}";
}

/// <summary>Looks at a copy: the backend's word, Flink's word, and a savepoint if a trigger is given.</summary>
/// <param name="Copy">The copy.</param>
/// <param name="Trigger">The savepoint to look for.</param>
/// <param name="Thorough">With settings and environment, which cost more calls.</param>
internal sealed record LookAtCopy(CopyRef Copy, TriggerId? Trigger = null, bool Thorough = false) : JobEffect
{
    public override bool ChangesTheWorld => false;

    public override string Key => $"{Copy.Application}.look";
}

/// <summary>Looks at a copy, and at how healthy it is. Never journalled: what it is asked is made anew from the run.</summary>
/// <param name="Copy">The copy.</param>
/// <param name="Question">What is known of it from elsewhere.</param>
/// <param name="Watched">What the evaluations before came to; comes back with the answer.</param>
internal sealed record ReadHealth(CopyRef Copy, HealthQuestion Question, MigrationWatch Watched) : JobEffect
{
    public override bool ChangesTheWorld => false;

    public override string Key => $"{Copy.Application}.health";

    /// <summary>How things stand around the run.</summary>
    public MigrationSituation Situation { get; init; } = MigrationSituation.Usual;
}

/// <summary>Looks for all fences of a job on all backends, and for the highest epoch in the journal.</summary>
internal sealed record LookForFences(JobKey Job) : JobEffect
{
    public override bool ChangesTheWorld => false;

    public override string Key => $"{Job}.fences";
}

/// <summary>One observation on whether a copy is dead.</summary>
internal sealed record ProbeDeath(CopyRef Copy) : JobEffect
{
    public override bool ChangesTheWorld => false;

    public override string Key => $"{Copy.Application}.death";
}

/// <summary>Reads storage for the newest completed snapshot under a directory.</summary>
internal sealed record FindSnapshot(string Directory) : JobEffect
{
    public override bool ChangesTheWorld => false;

    public override string Key => $"{Directory}.find";
}

/// <summary>Reads what explains a failure before a rollback destroys it.</summary>
internal sealed record CollectEvidence(CopyRef Copy) : JobEffect
{
    public override bool ChangesTheWorld => false;

    public override string Key => $"{Copy.Application}.evidence";
}
