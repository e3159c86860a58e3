namespace Flink.Resources.Kinds;

/// <summary>
/// Which moment is right for a stop: any for a streaming job, the border of a cycle for a near-real-time one, none for a batch job that could not go
/// on from where it was. A cycle's results are committed with a checkpoint, so the border is just after one.
/// </summary>
public static class StopTimingPolicy
{
    /// <summary>Between two looks that are further apart a border may lie anywhere: the next one is awaited.</summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(30);

    /// <summary>Decides.</summary>
    /// <param name="facts">What is known.</param>
    public static StopTimingDecision Decide(StopTimingFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        return facts.Kind switch
        {
            JobKind.Batch => facts.Checkpoints switch
            {
                true => new StopTimingDecision(StopTiming.Now, "A batch job that checkpoints goes on from its savepoint."),
                false => new StopTimingDecision(StopTiming.AfterCompletion, "A batch job without checkpoints would begin anew: it runs to its end where it is, and its next run is placed on the target."),
                null => new StopTimingDecision(StopTiming.Unknown, "Whether the batch job checkpoints is not known."),
            },
            JobKind.NearRealTime => Cycle(facts),
            JobKind.Streaming => new StopTimingDecision(StopTiming.Now, "A streaming job may be stopped at any moment."),
            _ => new StopTimingDecision(StopTiming.Now, "Its kind is not stated: it is stopped like a streaming job."),
        };
    }

    private static StopTimingDecision Cycle(StopTimingFacts facts) => facts switch
    {
        { CheckpointNow: null } => new(StopTiming.AfterCycle, "Its checkpoints could not be read."),
        { CheckpointBefore: null } or { LookedAt: null } => new(StopTiming.AfterCycle, "The end of its cycle is awaited."),
        _ when facts.Now - facts.LookedAt > LongestGap => new(StopTiming.AfterCycle, "It was not looked at for a while: the end of the next cycle is awaited."),
        { InProgress: > 0 } => new(StopTiming.AfterCycle, "Its cycle is being committed."),
        _ when facts.CheckpointNow > facts.CheckpointBefore => new(StopTiming.Now, FormattableString.Invariant($"Its cycle ended with checkpoint {facts.CheckpointNow}.")),
        _ => new(StopTiming.AfterCycle, "It is in the midst of a cycle."),
    };
}
