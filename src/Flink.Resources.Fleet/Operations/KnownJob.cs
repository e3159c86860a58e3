using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>What the journal says of one job, with what it takes to act on it.</summary>
/// <param name="Standing">What it says.</param>
/// <param name="Handle">The application where it lives, or lived last.</param>
/// <param name="Spec">What started that application; null when this library did not.</param>
/// <param name="Runs">Its runs, oldest first.</param>
/// <param name="Marks">What people said about it, oldest first.</param>
internal sealed record KnownJob(
    JobStanding Standing, ApplicationHandle? Handle, ApplicationSpec? Spec, ImmutableArray<RunHead> Runs, ImmutableArray<JobMark> Marks);
