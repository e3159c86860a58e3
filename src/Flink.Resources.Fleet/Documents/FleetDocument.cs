using System.Collections.Immutable;
using System.Text;

namespace Flink.Resources.Fleet;

/// <summary>
/// What users want of a fleet, as <see cref="FleetDocumentReader"/> read it: whole, with defaults put in, and without contradictions. It
/// never holds a secret but in <see cref="Journal"/>.
/// </summary>
public sealed record FleetDocument
{
    /// <summary>The name of its file; null when it has none.</summary>
    public string? Path { get; init; }

    /// <summary>Where moves are journalled.</summary>
    public required FleetJournal Journal { get; init; }

    /// <summary>The clusters by name.</summary>
    public ImmutableSortedDictionary<string, FleetCluster> Clusters { get; init; } = Maps.Empty<FleetCluster>();

    /// <summary>The runtimes by name.</summary>
    public ImmutableSortedDictionary<string, FleetRuntime> Runtimes { get; init; } = Maps.Empty<FleetRuntime>();

    /// <summary>The queues by dotted path. Empty: every queue is taken as it is called.</summary>
    public ImmutableSortedDictionary<string, QueueEntry> Queues { get; init; } = Maps.Empty<QueueEntry>();

    /// <summary>The jobs by key, in the order of their keys.</summary>
    public ImmutableSortedDictionary<JobKey, JobEntry> Jobs { get; init; } = ImmutableSortedDictionary<JobKey, JobEntry>.Empty.WithComparers(Maps.JobKeys);

    /// <summary>How jobs are moved together.</summary>
    public CampaignEntry Campaign { get; init; } = new();

    /// <summary>Where each field stands, by its path (<c>jobs.ads/clicks.cluster</c>).</summary>
    public ImmutableDictionary<string, SourcePosition> Positions { get; init; } = ImmutableDictionary<string, SourcePosition>.Empty;

    /// <summary>Where a field stands, or else what contains it; 1,1 for what the document does not have.</summary>
    /// <param name="field">Its path, such as <c>jobs.ads/clicks.cluster</c>.</param>
    public SourcePosition PositionOf(string field)
    {
        ArgumentNullException.ThrowIfNull(field);
        for (var path = field; path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('.'))])
        {
            if (Positions.TryGetValue(path, out var found))
            {
                return found;
            }
        }
        return new SourcePosition(1, 1);
    }

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(System.Globalization.CultureInfo.InvariantCulture, $"{Path}, {Clusters.Count} clusters, {Jobs.Count} jobs");
        return true;
    }
}

/// <summary>Where moves are journalled.</summary>
public abstract record FleetJournal
{
    private FleetJournal()
    {
    }

    /// <summary>A SQLite file.</summary>
    /// <param name="File">The file, seen from the folder of the document when it is relative there.</param>
    public sealed record Sqlite(string File) : FleetJournal;

    /// <summary>A PostgreSQL database.</summary>
    public sealed record Postgres : FleetJournal
    {
        /// <summary>Creates it.</summary>
        /// <param name="connectionString">As Npgsql writes it.</param>
        public Postgres(string connectionString) => ConnectionString = connectionString;

        /// <summary>How to reach it; a secret.</summary>
        public string ConnectionString { get; }

        /// <inheritdoc/>
        protected override bool PrintMembers(StringBuilder builder)
        {
            builder.Append("ConnectionString = ***");
            return true;
        }
    }

    /// <summary>The memory of the process, for trying things out: simulated clusters only.</summary>
    public sealed record Memory : FleetJournal;
}

internal static class Maps
{
    public static IComparer<JobKey> JobKeys { get; } = Comparer<JobKey>.Create(static (a, b) => string.CompareOrdinal(a.Value, b.Value));

    public static ImmutableSortedDictionary<string, T> Empty<T>() => ImmutableSortedDictionary<string, T>.Empty.WithComparers(StringComparer.Ordinal);
}
