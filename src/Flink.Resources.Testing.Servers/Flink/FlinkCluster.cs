using System.Collections.Immutable;
using Flink.Resources.Testing.Servers.Http;
using Microsoft.AspNetCore.Http;

namespace Flink.Resources.Testing.Servers.Flink;

/// <summary>Dispatcher and JobMasters of one Flink cluster. It is up from <c>upAt</c> on.</summary>
internal sealed class FlinkCluster(FlinkStart start, TimeProvider timeProvider, DateTimeOffset upAt)
{
    /// <summary>How long a JobManager stays after its job's end when it ends with it.</summary>
    private static readonly TimeSpan _lingers = TimeSpan.FromMilliseconds(300);

    private readonly Lock _gate = new();
    private readonly List<FlinkJob> _jobs = [];
    private DateTimeOffset? _leftAt;

    public FlinkStart Start => start;

    public DateTimeOffset UpAt => upAt;

    /// <summary>Submits a job, as the main method of an application does.</summary>
    public string Run(FakeJob script, FlinkStart? job = null)
    {
        lock (_gate)
        {
            var id = Identifiers.Hex(FormattableString.Invariant($"{start.Application}/{_jobs.Count}"), 32);
            var now = timeProvider.GetUtcNow();
            _jobs.Add(new FlinkJob(id, script, job ?? start, now > upAt ? now : upAt));
            return id;
        }
    }

    /// <summary>When the JobManager left by itself; null while it stays.</summary>
    public DateTimeOffset? LeftAt()
    {
        var now = timeProvider.GetUtcNow();
        return Locked(now, jobs =>
        {
            if (start.EndsWithItsJob && jobs.Count > 0 && jobs.TrueForAll(static j => j.HasEnded))
            {
                _leftAt ??= jobs.Max(static j => j.EndedAt) + _lingers;
            }
            return _leftAt <= now ? _leftAt : null;
        });
    }

    /// <summary>How it ended, in YARN's words for a final status.</summary>
    public string FinalStatus() => Locked(timeProvider.GetUtcNow(), static jobs =>
        jobs.Exists(static j => j.State == "FAILED") ? "FAILED" : jobs.Exists(static j => j.State == "CANCELED") ? "KILLED" : "SUCCEEDED");

    public bool IsUp() => timeProvider.GetUtcNow() >= upAt && LeftAt() is null;

    /// <summary>Whether its job has ended: a JobManager with high availability that comes after it does not run it again.</summary>
    public bool HasEnded() => Locked(timeProvider.GetUtcNow(), static jobs => jobs.Exists(static j => j.HasEnded && j.State != "SUSPENDED"));

    public void Kill()
    {
        var now = timeProvider.GetUtcNow();
        Locked(now, jobs =>
        {
            jobs.ForEach(j => j.Kill(now));
            return _leftAt ??= now;
        });
    }

    public void ShutDown()
    {
        var now = timeProvider.GetUtcNow();
        Locked(now, jobs =>
        {
            jobs.ForEach(j => j.Cancel(now));
            return _leftAt ??= now + _lingers;
        });
    }

    public ImmutableArray<FakeRun> Runs() => Locked(timeProvider.GetUtcNow(), jobs => jobs.Select(j => new FakeRun(
        start.Application, j.Name, j.Id, j.RestoredFrom, j.StartedAt, j.EndedAt, j.StoppedInto)).ToImmutableArray());

    /// <summary>Answers one request; <paramref name="path"/> is relative to the root of the REST API.</summary>
    public async Task HandleAsync(HttpContext context, string path)
    {
        var now = timeProvider.GetUtcNow();
        var body = HttpMethods.IsGet(context.Request.Method) ? null : await context.ReadJsonAsync().ConfigureAwait(false);
        var request = new FlinkRequest(context.Request.Method, path.Trim('/'), context.Query("mode"), body, now);
        var answer = Locked(now, jobs => FlinkRoutes.Answer(this, jobs, request));
        await context.WriteAsync(answer.Status, "application/json; charset=UTF-8", answer.Body).ConfigureAwait(false);
    }

    private T Locked<T>(DateTimeOffset now, Func<List<FlinkJob>, T> use)
    {
        lock (_gate)
        {
            _jobs.ForEach(j => j.Advance(now));
            return use(_jobs);
        }
    }
}
