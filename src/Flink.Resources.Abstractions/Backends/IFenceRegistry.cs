using System.Collections.Immutable;

namespace Flink.Resources;

/// <summary>Feature of a backend: all fences of a job that stand there, whoever took them.</summary>
public interface IFenceRegistry
{
    /// <summary>
    /// The fences of a job in ascending order of epoch, those of finished and removed applications included until they are forgotten.
    /// Absent when there is none.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Stops the look; nothing is changed.</param>
    Task<Lookup<ImmutableArray<FenceReport>>> FindFencesAsync(JobKey job, CancellationToken cancellationToken = default);
}

/// <summary>A fence as it stands on a backend.</summary>
/// <param name="Fence">The job and the epoch.</param>
/// <param name="Holder">Who took it.</param>
/// <param name="Application">The application whose identity it fixed.</param>
/// <param name="TakenAt">When it was taken, by the holder's clock; null when that was not recorded.</param>
public sealed record FenceReport(Fence Fence, string Holder, ApplicationHandle Application, DateTimeOffset? TakenAt);
