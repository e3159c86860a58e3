namespace Flink.Resources;

/// <summary>Feature of a backend: looks at the storage of snapshots without Flink, which may be gone.</summary>
public interface ISnapshotStorage
{
    /// <summary>
    /// The newest completed snapshot (a folder with a <c>_metadata</c> file) directly under a directory, by the number of a checkpoint
    /// (<c>chk-17</c>), else by time. Absent when the storage answered and there is none. Unknown for a scheme that this backend does not read.
    /// </summary>
    /// <param name="directory">A URI such as <c>hdfs://ns1/checkpoints/&lt;job id&gt;</c>.</param>
    /// <param name="cancellationToken">Stops the look.</param>
    Task<Lookup<string>> FindNewestAsync(string directory, CancellationToken cancellationToken = default);
}
