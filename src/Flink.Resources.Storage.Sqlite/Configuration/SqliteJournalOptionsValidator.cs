using Microsoft.Extensions.Options;

namespace Flink.Resources.Storage.Sqlite;

/// <summary>All mistakes of the options at once.</summary>
internal sealed class SqliteJournalOptionsValidator : IValidateOptions<SqliteJournalOptions>
{
    public ValidateOptionsResult Validate(string? name, SqliteJournalOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.Path))
        {
            result.AddError("Path is missing: name the file of the journal, such as /var/lib/fleet/fleet.db.");
        }
        else if (options.Path.StartsWith(':') || options.Path.StartsWith("file:", StringComparison.OrdinalIgnoreCase) || Directory.Exists(options.Path))
        {
            result.AddError($"Path is '{options.Path}': name a file on a local disk, such as /var/lib/fleet/fleet.db. What is only in memory is no journal; for tests there is MemoryJournal.");
        }
        if (options.BusyTimeout < TimeSpan.FromMilliseconds(100) || options.BusyTimeout > TimeSpan.FromMinutes(1))
        {
            result.AddError($"BusyTimeout is '{options.BusyTimeout}': from 0.1 seconds to 1 minute.");
        }
        return result.Build();
    }
}
