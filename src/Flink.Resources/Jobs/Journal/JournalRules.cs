using System.Buffers;
using System.Globalization;
using System.Text;

namespace Flink.Resources;

/// <summary>What every journal checks before it writes, once for all stores.</summary>
public static class JournalRules
{
    /// <summary>Checks a record and the lease it comes with.</summary>
    /// <param name="record">The record.</param>
    /// <param name="lease">The lease, if any.</param>
    /// <exception cref="ArgumentException">As <see cref="IJournal.AppendAsync"/> says.</exception>
    public static void CheckAppend(JournalRecord record, JobLease? lease)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (string.IsNullOrWhiteSpace(record.Run) || record.Sequence < 1)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Run is '{record.Run}', Sequence is {record.Sequence}: a name, and 1 or more, are wanted."), nameof(record));
        }
        CheckText(record, nameof(record));
        if (record.Version is < JournalRecord.CurrentVersion - 1 or > JournalRecord.CurrentVersion)
        {
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"Version is {record.Version}: {JournalRecord.CurrentVersion - 1} and {JournalRecord.CurrentVersion} are known."), nameof(record));
        }
        if (lease is null && record.Kind != JournalRecordKind.Request)
        {
            throw new ArgumentException($"A record of kind {record.Kind} needs the lease of {record.Job}; only requests go without.", nameof(lease));
        }
        if (lease is not null && lease.Job != record.Job)
        {
            throw new ArgumentException($"The lease is of {lease.Job}, the record of {record.Job}.", nameof(lease));
        }
    }

    /// <summary>Checks that a record is of the job of its run: the lease of another job gives no right to it.</summary>
    /// <param name="record">The record.</param>
    /// <param name="job">The job of the run's first record.</param>
    /// <exception cref="ArgumentException">It is of another job.</exception>
    public static void CheckJob(JournalRecord record, JobKey job)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Job != job)
        {
            throw new ArgumentException($"Job is {record.Job}: run {record.Run} changes {job}.", nameof(record));
        }
    }

    /// <summary>Checks the name of a lease's holder.</summary>
    /// <param name="owner">The name.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static void CheckOwner(string owner)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(owner);
        CheckText("Owner", owner, nameof(owner));
    }

    /// <summary>Checks that records are one whole run.</summary>
    /// <param name="records">The records.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static void CheckImport(IReadOnlyList<JournalRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (records.Count == 0)
        {
            throw new ArgumentException("There is no record: a run has at least one.", nameof(records));
        }
        for (var i = 0; i < records.Count; i++)
        {
            var record = records[i];
            if (record.Sequence != i + 1 || record.Run != records[0].Run || record.Job != records[0].Job)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"Record {i + 1} is {record.Run} of {record.Job} with sequence {record.Sequence}: one whole run of {records[0].Run} is wanted, from 1 on without gaps."),
                    nameof(records));
            }
            if (record.Version is < 0 or > JournalRecord.CurrentVersion)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"Record {i + 1} has version {record.Version}: this reader knows {JournalRecord.CurrentVersion - 1} and {JournalRecord.CurrentVersion}."),
                    nameof(records));
            }
            CheckText(record, nameof(records));
        }
    }

    /// <summary>Checks that a run that is there already is the one that is imported.</summary>
    /// <param name="run">The run.</param>
    /// <param name="there">What is there.</param>
    /// <param name="records">What is imported.</param>
    /// <exception cref="ArgumentException">They differ.</exception>
    public static void CheckSame(string run, IReadOnlyList<JournalRecord> there, IReadOnlyList<JournalRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (!records.SequenceEqual(there))
        {
            throw new ArgumentException($"Run {run} is in the journal with other records: nothing was imported.", nameof(records));
        }
    }

    /// <summary>The head of a run.</summary>
    /// <param name="records">Its records in order, at least one.</param>
    public static RunHead HeadOf(IReadOnlyList<JournalRecord> records)
    {
        ArgumentNullException.ThrowIfNull(records);
        var (first, last) = (records[0], records[^1]);
        return new RunHead(
            first.Run, first.Job, first.Machine, last.State, last.IsFinal, last.Sequence, records.Max(static r => r.Epoch), first.At, last.At);
    }

    private static void CheckText(JournalRecord record, string parameter)
    {
        CheckText("Run", record.Run, parameter);
        CheckText("Machine", record.Machine, parameter);
        CheckText("State", record.State, parameter);
        CheckText("Operation", record.Operation, parameter);
        CheckText("Key", record.Key, parameter);
        CheckText("Payload", record.Payload, parameter);
        CheckText("By", record.By, parameter);
    }

    /// <summary>What no store, and no line of JSON, would give back as it came is refused rather than changed.</summary>
    private static void CheckText(string field, string? text, string parameter)
    {
        if (text is null)
        {
            return;
        }
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) != OperationStatus.Done || rune.Value == 0)
            {
                throw new ArgumentException(
                    string.Create(CultureInfo.InvariantCulture, $"{field} has U+{(int)rest[0]:X4} at {text.Length - rest.Length}: text without U+0000 and without half surrogate pairs is wanted."),
                    parameter);
            }
            rest = rest[length..];
        }
    }
}
