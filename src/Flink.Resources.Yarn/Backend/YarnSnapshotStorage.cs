using System.Globalization;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>Checkpoints and savepoints on the cluster's HDFS.</summary>
internal sealed class YarnSnapshotStorage(YarnPlace place) : ISnapshotStorage
{
    private const string CheckpointPrefix = "chk-";

    public async Task<Lookup<string>> FindNewestAsync(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        if (place.PathOf(directory) is not { } path)
        {
            return Lookup.Unknown<string>(place.Seen($"{directory} is not on {place.Options.FileSystem}."));
        }
        try
        {
            var folders = (await place.Hdfs.ListAsync(path, cancellationToken).ConfigureAwait(false)).Where(static f => f.IsDirectory)
                .OrderByDescending(static f => NumberOf(f)).ThenByDescending(static f => f.ModificationTime);
            foreach (var folder in folders)
            {
                // Flink writes it last: a folder without it is a snapshot that was never completed.
                if (await place.Hdfs.StatusAsync($"{folder.Path}/_metadata", cancellationToken).ConfigureAwait(false) is { Length: > 0 })
                {
                    return Lookup.Found(place.UriOf(folder.Path), place.Seen($"{folder.Path} is the newest completed one."));
                }
            }
            return Lookup.Absent<string>(place.Seen($"{path} holds no completed snapshot."));
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<string>(place.Seen(exception.Message));
        }
    }

    private static long NumberOf(HdfsFile folder)
    {
        var name = Path.GetFileName(folder.Path);
        return name.StartsWith(CheckpointPrefix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(CheckpointPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }
}
