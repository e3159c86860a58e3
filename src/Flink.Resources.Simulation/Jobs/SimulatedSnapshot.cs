namespace Flink.Resources.Simulation;

/// <summary>A savepoint or checkpoint in shared storage.</summary>
/// <param name="Uri">Its directory.</param>
/// <param name="Job">Whose it is.</param>
/// <param name="Id">The number of its checkpoint.</param>
/// <param name="IsSavepoint">Whether it is a savepoint.</param>
/// <param name="Offset">The first record that is not in it.</param>
/// <param name="CommittedTo">Up to here its sink had committed; what lies between is in transactions that a restore commits.</param>
/// <param name="StateBegins">The first record that is in its state.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="At">When it was complete, in ticks.</param>
internal sealed record SimulatedSnapshot(
    string Uri, string Job, long Id, bool IsSavepoint, long Offset, long CommittedTo, long StateBegins, long Bytes, long At);

/// <summary>The storage of snapshots, shared by all backends but for directories that one can't read.</summary>
internal sealed class SnapshotStorage
{
    private readonly Dictionary<string, SimulatedSnapshot> _savepoints = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FlinkRun> _checkpoints = new(StringComparer.Ordinal);
    private readonly List<(string Prefix, string Backend)> _unreadable = [];
    private readonly Dictionary<(string Prefix, string Backend), DirectoryProbeStep> _probeFaults = [];

    public void Hide(string prefix, string backend) => _unreadable.Add((prefix, backend));

    public void Show(string prefix, string backend) => _unreadable.Remove((prefix, backend));

    public bool IsReadable(string uri, string backend) =>
        !_unreadable.Exists(u => u.Backend == backend && uri.StartsWith(u.Prefix, StringComparison.Ordinal));

    /// <summary>What a probe from a backend fails at, below a directory; null takes that back.</summary>
    public void FailProbe(string prefix, string backend, DirectoryProbeStep? step)
    {
        if (step is { } failing)
        {
            _probeFaults[(prefix, backend)] = failing;
        }
        else
        {
            _probeFaults.Remove((prefix, backend));
        }
    }

    /// <summary>The step at which a probe fails; null when none does.</summary>
    public DirectoryProbeStep? FaultOf(string uri, string backend) => !IsReadable(uri, backend)
        ? DirectoryProbeStep.List
        : _probeFaults.Where(f => f.Key.Backend == backend && uri.StartsWith(f.Key.Prefix, StringComparison.Ordinal)).Select(static f => (DirectoryProbeStep?)f.Value).Min();

    public void Add(SimulatedSnapshot savepoint) => _savepoints[Normal(savepoint.Uri)] = savepoint;

    public bool Delete(string uri) => _savepoints.Remove(Normal(uri));

    /// <summary>A run keeps its checkpoints in a directory; only the newest is there.</summary>
    public void Own(string directory, FlinkRun run) => _checkpoints[Normal(directory)] = run;

    public void Disown(string directory) => _checkpoints.Remove(Normal(directory));

    public SimulatedSnapshot? Find(string uri, string backend)
    {
        var normal = Normal(uri);
        if (!IsReadable(normal, backend))
        {
            return null;
        }
        if (_savepoints.TryGetValue(normal, out var savepoint))
        {
            return savepoint;
        }
        return _checkpoints.TryGetValue(Parent(normal), out var run) && run.RetainedCheckpoint is { } checkpoint && Normal(checkpoint.Uri) == normal
            ? checkpoint
            : null;
    }

    public SimulatedSnapshot? FindNewest(string directory)
    {
        var normal = Normal(directory);
        var newest = _savepoints.Values.Where(s => Parent(Normal(s.Uri)) == normal).MaxBy(static s => s.At);
        var checkpoint = _checkpoints.TryGetValue(normal, out var run) ? run.RetainedCheckpoint : null;
        return checkpoint is not null && (newest is null || checkpoint.At > newest.At) ? checkpoint : newest;
    }

    private static string Normal(string uri)
    {
        var trimmed = uri.TrimEnd('/');
        return trimmed.EndsWith("/_metadata", StringComparison.Ordinal) ? trimmed[..^"/_metadata".Length] : trimmed;
    }

    private static string Parent(string uri) => uri.LastIndexOf('/') is > 0 and var at ? uri[..at] : string.Empty;
}
