using System.Globalization;

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
        if (lease is null && record.Kind != JournalRecordKind.Request)
        {
            throw new ArgumentException($"A record of kind {record.Kind} needs the lease of {record.Job}; only requests go without.", nameof(lease));
        }
        if (lease is not null && lease.Job != record.Job)
        {
            throw new ArgumentException($"The lease is of {lease.Job}, the record of {record.Job}.", nameof(lease));
        }
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
}
