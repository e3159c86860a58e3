using System.Data.Common;
using System.Globalization;

namespace Flink.Resources.Storage;

/// <summary>A record and a head as rows. Times are texts: no database keeps ticks and offset of a DateTimeOffset.</summary>
internal static class RecordRows
{
    public const string RecordColumns = "sequence, kind, machine, state, is_final, epoch, of_sequence, operation, effect_key, payload, written_at, written_by, version";

    public const string RecordParameters =
        "@sequence, @kind, @machine, @state, @is_final, @epoch, @of_sequence, @operation, @effect_key, @payload, @written_at, @written_by, @version";

    public const string HeadColumns = "name, job, machine, state, is_final, sequence, epoch, created_at, updated_at";

    public static DbCommand With(this DbCommand command, JournalRecord record) => command
        .With("@sequence", record.Sequence)
        .With("@kind", record.Kind.ToString())
        .With("@machine", record.Machine)
        .With("@state", record.State)
        .With("@is_final", record.IsFinal)
        .With("@epoch", record.Epoch)
        .With("@of_sequence", record.Of)
        .With("@operation", record.Operation)
        .With("@effect_key", record.Key)
        .With("@payload", record.Payload)
        .With("@written_at", Text(record.At))
        .With("@written_by", record.By)
        .With("@version", record.Version);

    public static JournalRecord Record(DbDataReader row, string run, JobKey job)
    {
        var version = row.GetInt32(12);
        var sequence = row.GetInt64(0);
        if (version is < JournalRecord.CurrentVersion - 1 or > JournalRecord.CurrentVersion)
        {
            throw new JournalException(string.Create(
                CultureInfo.InvariantCulture,
                $"Record {sequence} of {run} has version {version}; this program reads {JournalRecord.CurrentVersion - 1} and {JournalRecord.CurrentVersion}. Read it with the version of Flink.Resources that wrote it, or a newer one."));
        }
        return new JournalRecord
        {
            Run = run,
            Job = job,
            Sequence = sequence,
            Kind = Enum.TryParse<JournalRecordKind>(row.GetString(1), out var kind) && Enum.IsDefined(kind) ? kind : JournalRecordKind.Unknown,
            Machine = row.GetString(2),
            State = row.GetString(3),
            IsFinal = row.GetBoolean(4),
            Epoch = row.GetInt64(5),
            Of = row.IsDBNull(6) ? null : row.GetInt64(6),
            Operation = row.Text(7),
            Key = row.Text(8),
            Payload = row.GetString(9),
            At = Time(row.GetString(10)),
            By = row.GetString(11),
            Version = version,
        };
    }

    public static RunHead Head(DbDataReader row) => new(
        row.GetString(0), JobKey.Parse(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetInt64(5), row.GetInt64(6),
        Time(row.GetString(7)), Time(row.GetString(8)));

    public static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, "O", CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
