using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Reflection;

namespace Flink.Resources.Storage;

/// <summary>
/// The numbered files of the package: each takes the schema from the version before to its own and writes that into
/// <c>journal_schema</c>.
/// </summary>
internal sealed class JournalSchema(JournalDialect dialect)
{
    private static readonly ImmutableArray<(int Version, string Resource)> Scripts =
    [
        .. typeof(JournalSchema).Assembly.GetManifestResourceNames()
            .Where(static n => n.EndsWith(".sql", StringComparison.Ordinal))
            .Select(static n => (int.Parse(n.AsSpan(0, n.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture), n))
            .Order(),
    ];

    /// <summary>The version that this program writes.</summary>
    public static int Current => Scripts[^1].Version;

    /// <summary>The version that is there, 0 for none.</summary>
    /// <exception cref="JournalException">It is newer than this program.</exception>
    public async Task<int> FindVersionAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        var find = transaction.Command(dialect.FindVersionTable);
        await using var _ = find.ConfigureAwait(false);
        if (await find.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is null or DBNull)
        {
            return 0;
        }
        var read = transaction.Command($"SELECT COALESCE(MAX(version), 0) FROM {dialect.Prefix}journal_schema");
        await using var __ = read.ConfigureAwait(false);
        var version = Convert.ToInt32(await read.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture);
        return version <= Current
            ? version
            : throw new JournalException(string.Create(
                CultureInfo.InvariantCulture,
                $"{dialect.Where} has schema version {version}, and this program knows versions up to {Current}: use a version of Flink.Resources that is not older than the one that wrote it."));
    }

    /// <summary>Takes the schema to a version, one file after the other.</summary>
    public static async Task UpgradeAsync(DbTransaction transaction, int from, int to, CancellationToken cancellationToken)
    {
        foreach (var (version, resource) in Scripts)
        {
            if (version <= from || version > to)
            {
                continue;
            }
            var script = transaction.Command(await ReadAsync(resource, cancellationToken).ConfigureAwait(false));
            await using var _ = script.ConfigureAwait(false);
            await script.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<string> ReadAsync(string resource, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }
}
