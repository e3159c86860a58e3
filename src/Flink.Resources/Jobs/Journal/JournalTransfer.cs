using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Flink.Resources;

/// <summary>Takes a run from one journal to another as lines of JSON, without loss.</summary>
public static class JournalTransfer
{
    extension(IJournal journal)
    {
        /// <summary>Writes a run, one record a line.</summary>
        /// <param name="run">The run.</param>
        /// <param name="target">Where to.</param>
        /// <param name="cancellationToken">Stops writing.</param>
        /// <exception cref="KeyNotFoundException">There is no such run.</exception>
        public async Task ExportAsync(string run, Stream target, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(journal);
            ArgumentNullException.ThrowIfNull(target);
            var records = await journal.ReadAsync(run, 0, cancellationToken).ConfigureAwait(false);
            if (records.IsEmpty)
            {
                throw new KeyNotFoundException($"The journal holds no run '{run}'.");
            }
            foreach (var record in records)
            {
                await JsonSerializer.SerializeAsync(target, record, JournalJson.Default.JournalRecord, cancellationToken).ConfigureAwait(false);
                await target.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            }
        }

        /// <summary>Reads a run that <see cref="ExportAsync"/> wrote, and takes it over.</summary>
        /// <param name="source">Where from.</param>
        /// <param name="cancellationToken">Stops reading; nothing is taken over then.</param>
        /// <exception cref="FormatException">A line is no record; the message has its number.</exception>
        /// <exception cref="ArgumentException">As <see cref="IJournal.ImportAsync"/> says.</exception>
        public async Task<string> ImportAsync(Stream source, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(journal);
            ArgumentNullException.ThrowIfNull(source);
            using var reader = new StreamReader(source, Encoding.UTF8, leaveOpen: true);
            var records = ImmutableArray.CreateBuilder<JournalRecord>();
            while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                try
                {
                    records.Add(JsonSerializer.Deserialize(line, JournalJson.Default.JournalRecord) ?? throw new JsonException("null"));
                }
                catch (JsonException exception)
                {
                    throw new FormatException($"Line {records.Count + 1} is no record of a journal: {exception.Message}", exception);
                }
            }
            await journal.ImportAsync(records.ToImmutable(), cancellationToken).ConfigureAwait(false);
            return records[0].Run;
        }
    }
}
