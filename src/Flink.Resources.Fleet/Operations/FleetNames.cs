using System.Globalization;

namespace Flink.Resources.Fleet;

/// <summary>The jobs and queues that there are: a name that nothing has is a slip of the pen, and no fleet in which all is well.</summary>
internal sealed class FleetNames(FleetDocument document, JournalReader journal)
{
    private const string Nobody = "neither the document nor the journal knows it.";
    private const int MostNames = 10;

    /// <summary>Whether a queue is another one, or below it.</summary>
    public static bool IsIn(string queue, string other) => queue == other || queue.StartsWith($"{other}.", StringComparison.Ordinal);

    /// <summary>Throws when neither document nor journal has a queue, or one below it.</summary>
    /// <exception cref="UnknownNameException">The queue is not known.</exception>
    public async Task RequireAsync(string queue, CancellationToken cancellationToken)
    {
        var queues = document.Queues.Keys.Concat(document.Jobs.Values.Select(static j => j.Queue)).SelectMany(WithParents).ToHashSet(StringComparer.Ordinal);
        if (queues.Contains(queue))
        {
            return;
        }
        queues.UnionWith((await journal.ReadAsync(null, cancellationToken).ConfigureAwait(false)).Values.Select(static k => k.Standing.Placement?.Queue).OfType<string>().SelectMany(WithParents));
        if (!queues.Contains(queue))
        {
            throw Unknown("queue", queue, Nobody, queues);
        }
    }

    /// <summary>A job that neither document nor journal has.</summary>
    public async Task<UnknownNameException> UnknownAsync(JobKey job, CancellationToken cancellationToken)
    {
        var known = (await journal.ReadAsync(null, cancellationToken).ConfigureAwait(false)).Keys;
        return Unknown("job", job.Value, Nobody, known.Concat(document.Jobs.Keys).Select(static j => j.Value));
    }

    /// <summary>A job that the document does not have.</summary>
    public UnknownNameException NotInDocument(JobKey job) =>
        Unknown("job", job.Value, "the document does not name it, and what starts a job stands there.", document.Jobs.Keys.Select(static j => j.Value));

    /// <summary>A queue is named for all below it.</summary>
    private static IEnumerable<string> WithParents(string queue)
    {
        for (var path = queue; ; path = path[..path.LastIndexOf('.')])
        {
            yield return path;
            if (!path.Contains('.', StringComparison.Ordinal))
            {
                yield break;
            }
        }
    }

    private static UnknownNameException Unknown(string kind, string name, string why, IEnumerable<string> known)
    {
        string[] names = [.. known.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var more = names.Length > MostNames ? string.Create(CultureInfo.InvariantCulture, $" and {names.Length - MostNames} more") : string.Empty;
        var hint = Similar.Hint(name, names) is { Length: > 0 } nearest ? nearest
            : names.Length == 0 ? $" There is no {kind} yet."
            : $" There are: {string.Join(", ", names.Take(MostNames))}{more}.";
        return new UnknownNameException(kind, name, why + hint);
    }
}
