using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Flink.Resources.Eligibility;
using Flink.Resources.Planning;

namespace Flink.Resources;

/// <summary>What a campaign's records say: folded in order they are its state.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(JobsChosen), nameof(JobsChosen))]
[JsonDerivedType(typeof(RunWritten), nameof(RunWritten))]
[JsonDerivedType(typeof(StartPutOff), nameof(StartPutOff))]
[JsonDerivedType(typeof(JobLeft), nameof(JobLeft))]
[JsonDerivedType(typeof(JobJudged), nameof(JobJudged))]
[JsonDerivedType(typeof(JobReached), nameof(JobReached))]
[JsonDerivedType(typeof(HoldsFound), nameof(HoldsFound))]
[JsonDerivedType(typeof(IncidentsFound), nameof(IncidentsFound))]
[JsonDerivedType(typeof(LikenessBlocked), nameof(LikenessBlocked))]
[JsonDerivedType(typeof(DemandMade), nameof(DemandMade))]
[JsonDerivedType(typeof(CampaignOver), nameof(CampaignOver))]
internal abstract record CampaignEvent
{
    /// <summary>When it was known.</summary>
    public required DateTimeOffset At { get; init; }
}

/// <summary>Jobs are about to be started: their runs are written next.</summary>
/// <param name="Jobs">Which.</param>
internal sealed record JobsChosen(ImmutableArray<JobKey> Jobs) : CampaignEvent;

/// <summary>The run of a job is in the journal.</summary>
/// <param name="Job">The job.</param>
/// <param name="Run">Its run.</param>
internal sealed record RunWritten(JobKey Job, string Run) : CampaignEvent;

/// <summary>A job could not be started for the moment.</summary>
/// <param name="Job">The job.</param>
/// <param name="Reason">Why.</param>
internal sealed record StartPutOff(JobKey Job, string Reason) : CampaignEvent;

/// <summary>A job stays where it is.</summary>
/// <param name="Job">The job.</param>
/// <param name="Reason">Why.</param>
internal sealed record JobLeft(JobKey Job, string Reason) : CampaignEvent;

/// <summary>A job was judged again when its turn had come: it may still be moved, or stays where it is.</summary>
/// <param name="Job">The job.</param>
/// <param name="JudgedAt">When its facts began to be read.</param>
/// <param name="Findings">What speaks against the move, the worst first; none when it may be moved.</param>
internal sealed record JobJudged(JobKey Job, DateTimeOffset JudgedAt, ImmutableArray<EligibilityFinding> Findings) : CampaignEvent;

/// <summary>The run of a job came to a state in which it counts otherwise.</summary>
/// <param name="Job">The job.</param>
/// <param name="State">The run's state.</param>
/// <param name="Reason">What the run says about it.</param>
/// <param name="Signature">What kind of failure it was; null without one.</param>
/// <param name="WasGoingBack">It had been on its way back.</param>
/// <param name="IsByChoice">A person wanted it so.</param>
/// <param name="IsHeld">It is unhealthy on the target, and a person decides.</param>
internal sealed record JobReached(JobKey Job, MigrationState State, string? Reason, string? Signature, bool WasGoingBack, bool IsByChoice, bool IsHeld = false) : CampaignEvent;

/// <summary>Other holds than before.</summary>
/// <param name="Holds">All that the rules found.</param>
internal sealed record HoldsFound(ImmutableArray<CampaignHold> Holds) : CampaignEvent;

/// <summary>Other incidents of what jobs share than before.</summary>
/// <param name="Incidents">All that are known.</param>
internal sealed record IncidentsFound(ImmutableArray<KnownIncident> Incidents) : CampaignEvent;

/// <summary>Jobs like those that failed are not started.</summary>
/// <param name="Likeness">What they have in common.</param>
internal sealed record LikenessBlocked(FailureLikeness Likeness) : CampaignEvent;

/// <summary>Somebody asked for something.</summary>
/// <param name="Demand">For what.</param>
/// <param name="By">Who.</param>
/// <param name="Reason">Why.</param>
internal sealed record DemandMade(CampaignDemand Demand, string By, string? Reason) : CampaignEvent;

/// <summary>Nothing follows.</summary>
/// <param name="State">How it ended.</param>
internal sealed record CampaignOver(CampaignState State) : CampaignEvent;
