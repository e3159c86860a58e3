using Microsoft.Extensions.Options;
using Npgsql;

namespace Flink.Resources.Storage.Postgres;

/// <summary>All mistakes of the options at once. What a connection string says is in no message.</summary>
internal sealed class PostgresJournalOptionsValidator(PostgresDataSource? given = null) : IValidateOptions<PostgresJournalOptions>
{
    private const string Example = "write Host=…;Database=…;Username=…;Password=…, values with ; or = in quotes";

    public ValidateOptionsResult Validate(string? name, PostgresJournalOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        if (given is null)
        {
            CheckConnection(options.ConnectionString, result);
        }
        if (options.Schema is not { Length: > 0 and <= 63 } schema
            || !(char.IsAsciiLetterLower(schema[0]) || schema[0] == '_')
            || !schema.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_'))
        {
            result.AddError($"Schema is '{options.Schema}': 1 to 63 lower-case letters, digits and underscores, not starting with a digit.");
        }
        if (options.RetryTimeout < TimeSpan.Zero || options.RetryTimeout > TimeSpan.FromMinutes(1))
        {
            result.AddError($"RetryTimeout is '{options.RetryTimeout}': from 0 to 1 minute.");
        }
        return result.Build();
    }

    private static void CheckConnection(string? text, ValidateOptionsResultBuilder result)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            result.AddError($"ConnectionString is missing: {Example}.");
            return;
        }
        try
        {
            if (string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host))
            {
                result.AddError($"ConnectionString names no Host: {Example}.");
            }
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // The exception quotes the string, and with it perhaps a part of the password.
            result.AddError($"ConnectionString can't be read: {Example}.");
        }
    }
}
