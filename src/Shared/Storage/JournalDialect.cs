using System.Data.Common;

namespace Flink.Resources.Storage;

/// <summary>Where the SQL of two databases differs. What a statement means is the same in both.</summary>
internal abstract class JournalDialect
{
    /// <summary>Names the store in messages; without credentials.</summary>
    public abstract string Where { get; }

    /// <summary>What stands before a table's name.</summary>
    public abstract string Prefix { get; }

    /// <summary>Keeps others from changing the rows that are read until the transaction ends.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>The same, but others may read them so too.</summary>
    public abstract string ForShare { get; }

    /// <summary>The time of the store's clock, in the type of <c>journal_lease.until</c>.</summary>
    public abstract string Now { get; }

    /// <summary><see cref="Now"/> and a duration.</summary>
    public abstract string Until { get; }

    /// <summary>One row when the version table is there.</summary>
    public abstract string FindVersionTable { get; }

    /// <summary>Gives a statement with <see cref="Now"/> in it what that needs.</summary>
    public abstract void AddNow(DbCommand command);

    /// <summary>Gives a statement with <see cref="Until"/> in it what that needs.</summary>
    public abstract void AddUntil(DbCommand command, TimeSpan duration);
}
