using Flink.Resources.Testing.Servers.Http;

namespace Flink.Resources.Testing.Servers.Flink;

/// <summary>A savepoint or checkpoint that was asked for.</summary>
internal sealed record Operation(DateTimeOffset Done, bool Stops, string? Location, string? Failure);

/// <summary>A job on a JobManager. What it does follows from its script and the time; only what was asked of it is stored.</summary>
internal sealed class FlinkJob(string id, FakeJob script, FlinkStart start, DateTimeOffset startedAt)
{
    private readonly Dictionary<string, Operation> _operations = new(StringComparer.Ordinal);

    public const int Tasks = 2;

    public string Id => id;

    public string Name => start.Name;

    public string? RestoredFrom => start.RestoredFrom;

    public DateTimeOffset StartedAt => startedAt;

    public DateTimeOffset RunsAt => startedAt + script.RunsAfter;

    public string State { get; private set; } = "RUNNING";

    public DateTimeOffset? EndedAt { get; private set; }

    public string? Cause { get; private set; }

    public string? StoppedInto { get; private set; }

    public bool HasEnded => EndedAt is not null;

    public IReadOnlyDictionary<string, string> Configuration => start.Configuration;

    public bool AllTasksRun(DateTimeOffset now) => !HasEnded && now >= RunsAt;

    /// <summary>Lets happen what happened since.</summary>
    public void Advance(DateTimeOffset now)
    {
        var endsAt = RunsAt + script.EndsAfter;
        var stop = _operations.Values.Where(o => o is { Stops: true, Location: not null } && o.Done <= now).MinBy(static o => o.Done);
        if (stop is not null && !(endsAt < stop.Done))
        {
            End("FINISHED", stop.Done, null);
            StoppedInto ??= stop.Location;
        }
        else if (endsAt <= now)
        {
            End(script.FailsBecause is null ? "FINISHED" : "FAILED", endsAt.Value, script.FailsBecause);
        }
    }

    public void Cancel(DateTimeOffset now) => End("CANCELED", now, null);

    /// <summary>Its process was killed: no state is reported any more.</summary>
    public void Kill(DateTimeOffset now) => End("SUSPENDED", now, null);

    public Operation? Find(string kind, string trigger) => _operations.GetValueOrDefault($"{kind}/{trigger}");

    /// <summary>The same trigger is the same operation.</summary>
    public void Ask(string kind, string trigger, string? directory, bool stops, DateTimeOffset now)
    {
        var key = $"{kind}/{trigger}";
        if (_operations.ContainsKey(key))
        {
            return;
        }
        var failure = HasEnded
            ? $"org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job ({id})"
            : !AllTasksRun(now)
            ? $"org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint triggering task Source: events (1/{Tasks}) of job {id} is not being executed at the moment. Aborting checkpoint. Failure reason: Not all required tasks are currently running."
            : script.SavepointFailsBecause is { } because ? $"org.apache.flink.runtime.checkpoint.CheckpointException: {because}" : null;
        _operations[key] = failure is null
            ? new Operation(now + script.SavepointTakes, stops, $"{directory?.TrimEnd('/')}/savepoint-{id[..6]}-{Identifiers.Hex(key + id, 12)}", null)
            : new Operation(now, stops, null, failure);
    }

    private void End(string state, DateTimeOffset at, string? cause)
    {
        if (HasEnded)
        {
            return;
        }
        State = state;
        EndedAt = at;
        Cause = cause;
    }
}
