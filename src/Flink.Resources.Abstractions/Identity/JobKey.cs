using System.Diagnostics.CodeAnalysis;

namespace Flink.Resources;

/// <summary>
/// The name of a job as its owner knows it, <c>team/name</c>, stable across clusters, restarts and migrations.
/// Compared ordinally: <c>Ads/Clicks</c> and <c>ads/clicks</c> are two jobs.
/// </summary>
public readonly record struct JobKey
{
    /// <summary>The longest part (team or name) in characters.</summary>
    public const int MaximumPartLength = 100;

    private readonly string? _value;

    private JobKey(string value) => _value = value;

    /// <summary>The whole key, <c>team/name</c>; empty for the default value.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>The part before the slash.</summary>
    public string Team => Value.Split('/')[0];

    /// <summary>The part after the slash.</summary>
    public string Name => Value.Split('/') is [_, var name] ? name : string.Empty;

    /// <summary>Reads a key.</summary>
    /// <param name="value">Two parts joined by one slash, each of letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, not starting with a dot.</param>
    /// <exception cref="FormatException">The text is no job key.</exception>
    public static JobKey Parse(string value) => TryParse(value, out var key)
        ? key
        : throw new FormatException(
            $"'{value}' is no job key: write team/name, each part 1-{MaximumPartLength} of A-Z a-z 0-9 . _ - and not starting with a dot.");

    /// <summary>Reads a key, or says that the text is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? value, out JobKey key)
    {
        if (value?.Split('/') is [var team, var name] && IsPart(team) && IsPart(name))
        {
            key = new JobKey(value);
            return true;
        }
        key = default;
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsPart(string part) =>
        part.Length is > 0 and <= MaximumPartLength
        && part[0] != '.'
        && part.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
}
