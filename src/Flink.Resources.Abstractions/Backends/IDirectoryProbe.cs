namespace Flink.Resources;

/// <summary>
/// Feature of a backend: tries a directory of snapshots from inside the cluster, as the user that a job's processes have there. A name service
/// that lists a directory for a controller says nothing about data nodes, users and credentials where the job will run.
/// </summary>
public interface IDirectoryProbe
{
    /// <summary>
    /// Lists the directory, creates it when it is not there (as Flink would), writes a small file into it, reads it back, compares, and deletes it;
    /// where a name service names several data nodes, each of them. Runs in a container of its own with the image, the service account, the user
    /// and the environment that the specification's job would have; the job itself is neither prepared nor started, and no fence is taken.
    /// </summary>
    /// <remarks>
    /// May take minutes: a container has to be found room for, and an image to be pulled. Calls for different names may run at the same time. What
    /// fails before the directory was tried (no room, no image, no answer) is <see cref="DirectoryProbeOutcome.Indeterminate"/>, what the storage
    /// itself refused is <see cref="DirectoryProbeOutcome.NotUsable"/>.
    /// </remarks>
    /// <param name="request">The directory, and as whom.</param>
    /// <param name="cancellationToken">Stops waiting. What was started ends by itself, or is removed by the next call with the same name.</param>
    Task<DirectoryProbeOutcome> ProbeAsync(DirectoryProbeRequest request, CancellationToken cancellationToken = default);
}

/// <summary>Which directory is to be tried, and as whom.</summary>
public sealed record DirectoryProbeRequest
{
    /// <summary>
    /// Names the probe, such as a run's id: letters, digits, <c>.</c>, <c>_</c> and <c>-</c>. A call with a name that was used before takes up that
    /// probe or removes what it left, so that a process that died leaves one container at most.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The directory as an absolute URI, such as <c>hdfs://ns1/flink/savepoints</c>.</summary>
    public required string Directory { get; init; }

    /// <summary>
    /// The job that is to read and write there: its queue and zone say where in the cluster, its Flink version chooses image, libraries and service
    /// account, its configuration and environment bring credentials and file systems' settings. Jar and sizes are not used.
    /// </summary>
    public required ApplicationSpec Spec { get; init; }
}

/// <summary>How a probe ended. More endings may come: treat an unfamiliar one as <see cref="Indeterminate"/>.</summary>
public abstract record DirectoryProbeOutcome
{
    private protected DirectoryProbeOutcome()
    {
    }

    /// <summary>Listed, written, read back and deleted.</summary>
    /// <param name="Evidence">From where and as whom.</param>
    public sealed record Usable(Evidence Evidence) : DirectoryProbeOutcome;

    /// <summary>The storage was asked and something failed.</summary>
    /// <param name="Failed">The first step that failed.</param>
    /// <param name="Evidence">From where, as whom, and the storage's own words; no secrets.</param>
    public sealed record NotUsable(DirectoryProbeStep Failed, Evidence Evidence) : DirectoryProbeOutcome;

    /// <summary>The specification can't run there at all: Prepare refuses it for the same reasons, before anything else.</summary>
    /// <param name="Errors">All of them.</param>
    public sealed record Refused(System.Collections.Immutable.ImmutableArray<SpecError> Errors) : DirectoryProbeOutcome;

    /// <summary>The directory was not tried, or nobody heard how it ended.</summary>
    /// <param name="Evidence">What was seen.</param>
    public sealed record Indeterminate(Evidence Evidence) : DirectoryProbeOutcome;
}

/// <summary>What a probe does, in this order.</summary>
public enum DirectoryProbeStep
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>Reaching the storage: scheme, address, login.</summary>
    Connect,

    /// <summary>Listing the directory, or creating it.</summary>
    List,

    /// <summary>Writing a file.</summary>
    Write,

    /// <summary>Reading it back, the same bytes.</summary>
    Read,

    /// <summary>Deleting it.</summary>
    Delete,
}
