namespace Flink.Resources.Autoscaling;

/// <summary>What kind of value a configuration key takes.</summary>
public enum AutoscalerOptionKind
{
    /// <summary>Not a kind.</summary>
    Unknown = 0,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A whole number of 32 bits.</summary>
    WholeNumber,

    /// <summary>A floating-point number.</summary>
    Number,

    /// <summary>A length of time.</summary>
    Duration,

    /// <summary>A number of bytes.</summary>
    Memory,

    /// <summary>One word.</summary>
    Word,

    /// <summary>A list of words.</summary>
    List,
}

/// <summary>One configuration key.</summary>
/// <param name="Key">The key in full.</param>
/// <param name="Kind">What it takes.</param>
/// <param name="OldKey">An older spelling that is still read when the key is missing.</param>
public sealed record AutoscalerOption(string Key, AutoscalerOptionKind Kind, string? OldKey = null)
{
    internal const string Prefix = "job.autoscaler.";
    internal const string OldPrefix = "kubernetes.operator.job.autoscaler.";

    /// <summary>All spellings, the one that wins first.</summary>
    public IEnumerable<string> Spellings()
    {
        yield return Key;
        if (OldKey is not null)
        {
            yield return OldKey;
        }
        foreach (var key in (string?[])[Key, OldKey])
        {
            if (key?.StartsWith(Prefix, StringComparison.Ordinal) is true)
            {
                yield return OldPrefix + key[Prefix.Length..];
            }
        }
    }
}
