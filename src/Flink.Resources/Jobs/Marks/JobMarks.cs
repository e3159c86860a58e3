using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Flink.Resources;

/// <summary>What people, and watchers, said about jobs beside any run: holds, releases, second tries. Kept in the journal.</summary>
public interface IJobMarks
{
    /// <summary>Writes a mark down. It is durable when this returns.</summary>
    /// <param name="job">The job.</param>
    /// <param name="kind">What is said.</param>
    /// <param name="by">Who says it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Stops waiting; the mark may have been written.</param>
    /// <exception cref="InvalidOperationException">Somebody else is changing the job, and did not let go of it in time.</exception>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    Task AddAsync(JobKey job, JobMarkKind kind, string by, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>All marks, oldest first.</summary>
    /// <param name="job">Of this job; null for all jobs.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="JournalException">The journal can't be reached.</exception>
    Task<ImmutableArray<JobMark>> ListAsync(JobKey? job = null, CancellationToken cancellationToken = default);
}

/// <summary>Each mark is a run of one record: it is over as soon as it stands, so that it is in no run's way.</summary>
internal sealed class JobMarks(IJournal journal, TimeProvider timeProvider) : IJobMarks
{
    internal const string Machine = "mark";
    private readonly string _owner = RunOwner.New();

    public async Task AddAsync(JobKey job, JobMarkKind kind, string by, string? reason = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        var mark = new JobMark(job, kind, by, reason, timeProvider.GetUtcNow());
        var name = string.Create(CultureInfo.InvariantCulture, $"m-{mark.At:yyyyMMddHHmmssfff}-{job.Value.Replace('/', '-')}-{kind}");
        // A mark is about the job and changes nothing of it: it has a lease of its own, so that it does not wait for a run.
        var desk = DeskOf(job);
        var keeper = await JobLeaseKeeper.TryAcquireAsync(journal, desk, _owner, TimeSpan.FromSeconds(15), timeProvider, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Somebody else marks {job} just now. Ask again in a moment.");
        await using var _ = keeper.ConfigureAwait(false);
        var record = new JournalRecord
        {
            Run = name,
            Job = desk,
            Sequence = 1,
            Kind = JournalRecordKind.Created,
            Machine = Machine,
            State = kind.ToString(),
            IsFinal = true,
            Payload = JsonSerializer.Serialize(mark, DeploymentJson.Default.JobMark),
            At = mark.At,
            By = by,
        };
        if (await journal.AppendAsync(record, keeper.Lease, cancellationToken).ConfigureAwait(false) is not AppendResult.Appended and var result)
        {
            throw new InvalidOperationException($"The mark {name} could not be written: {result}.");
        }
    }

    public async Task<ImmutableArray<JobMark>> ListAsync(JobKey? job = null, CancellationToken cancellationToken = default)
    {
        var heads = await journal.ListAsync(new RunQuery(job is { } one ? DeskOf(one) : null), cancellationToken).ConfigureAwait(false);
        var marks = ImmutableArray.CreateBuilder<JobMark>();
        foreach (var head in heads.Where(static h => h.Machine == Machine))
        {
            foreach (var record in await journal.ReadAsync(head.Run, 0, cancellationToken).ConfigureAwait(false))
            {
                marks.Add(JsonSerializer.Deserialize(record.Payload, DeploymentJson.Default.JobMark)!);
            }
        }
        return marks.ToImmutable();
    }

    private static JobKey DeskOf(JobKey job) => JobKey.Parse($"marks/{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(job.Value)).AsSpan(0, 16))}");
}
