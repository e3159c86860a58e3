using System.Globalization;

namespace Flink.Resources.Flink;

/// <summary>Why sizes do not fit together.</summary>
internal enum MemoryMisfitKind
{
    /// <summary>A key is not right by itself, or together with others: the size of the process changes nothing.</summary>
    Key,

    /// <summary>The process is too small for its parts.</summary>
    TooSmall,

    /// <summary>The parts are fixed, and less than the process by more than Flink lets be overhead.</summary>
    TooLarge,
}

/// <summary>The first thing that does not fit.</summary>
internal sealed record MemoryMisfit(MemoryMisfitKind Kind, string Key, string? Value, string Words)
{
    public FormatException ToException() => new(Kind switch
    {
        MemoryMisfitKind.TooSmall => $"{Key} is too small: {Words}",
        MemoryMisfitKind.TooLarge => $"{Key} is too large: {Words}",
        _ => Value is null ? $"{Key}: {Words}" : $"{Key} is '{Value}': {Words}",
    });
}

/// <summary>A part that is a share of another size, within bounds.</summary>
internal readonly record struct MemoryShare(long Least, long Most, double Fraction)
{
    /// <summary>The part of a whole.</summary>
    public long Of(long whole) => Clamp(whole, Fraction);

    /// <summary>The part beside a rest that is all but it.</summary>
    public long Beside(long rest) => Clamp(rest, Fraction / (1 - Fraction));

    /// <summary>Flink multiplies with the shortest decimal text of the number.</summary>
    private long Clamp(long size, double factor)
    {
        var exact = decimal.Parse(factor.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture);
        return (long)Math.Clamp(decimal.Truncate(size * exact), Least, Most);
    }
}

/// <summary>The memory keys of one process as Flink reads them: only those that it needs, the first that is not right is kept.</summary>
internal sealed class MemoryKeys(IReadOnlyDictionary<string, string> configuration, string prefix, long? process = null)
{
    public const string Process = "process.size";

    // Names that both versions still read.
    private static readonly Dictionary<string, string> OldNames = new(StringComparer.Ordinal)
    {
        ["taskmanager.memory.managed.size"] = "taskmanager.memory.size",
        ["taskmanager.memory.network.min"] = "taskmanager.network.memory.min",
        ["taskmanager.memory.network.max"] = "taskmanager.network.memory.max",
        ["taskmanager.memory.network.fraction"] = "taskmanager.network.memory.fraction",
    };

    public MemoryMisfit? Misfit { get; private set; }

    /// <summary>The size of the whole process; null when it follows from its parts.</summary>
    public long? ProcessSize => process ?? Size(Process);

    public bool Has(string key) => Find(key) is not null;

    public long? Size(string key)
    {
        if (Find(key) is not var (name, text))
        {
            return null;
        }
        if (MemorySize.TryParse(text, out var size))
        {
            return size.Bytes;
        }
        Refuse(name, text, "write a memory size such as 1600m.");
        return 0;
    }

    public long Size(string key, long usual) => Size(key) ?? usual;

    /// <summary>A share that has <c>.min</c>, <c>.max</c> and <c>.fraction</c>.</summary>
    public MemoryShare Share(string name, long least, long most, float fraction = 0.1f)
    {
        var (min, max, share) = (Size($"{name}.min", least), Size($"{name}.max", most), Fraction($"{name}.fraction", fraction));
        if (min > max)
        {
            Refuse($"{name}.min", $"it is above {prefix}{name}.max, which is {new MemorySize(max)}.");
            return new MemoryShare(min, min, share);
        }
        return new MemoryShare(min, max, share);
    }

    /// <summary>Flink takes fractions as 32-bit floats and widens them: 0.1 is 0.10000000149011612.</summary>
    public double Fraction(string key, float usual)
    {
        if (Find(key) is not var (name, text))
        {
            return usual;
        }
        if (float.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) && fraction is >= 0 and < 1)
        {
            return fraction;
        }
        Refuse(name, text, "write a fraction from 0 to below 1.");
        return 0;
    }

    /// <summary>The whole number of a key that stands outside the prefix; null when it is not written.</summary>
    public long? Number(string key)
    {
        if (configuration.GetValueOrDefault(key) is not { } text)
        {
            return null;
        }
        if (int.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 0)
        {
            return number;
        }
        Misfit ??= new MemoryMisfit(MemoryMisfitKind.Key, key, text, "write a whole number.");
        return 0;
    }

    /// <summary>What sizes make together.</summary>
    public long Sum(params ReadOnlySpan<long> sizes)
    {
        Int128 sum = 0;
        foreach (var size in sizes)
        {
            sum += size;
        }
        if (sum <= long.MaxValue)
        {
            return (long)sum;
        }
        Refuse(Process, "the sizes under it are more than anything has.");
        return 0;
    }

    public void Refuse(string key, string words) => Refuse(NameOf(key), Find(key)?.Text, words);

    public void TooSmall(string words) => Misfit ??= new MemoryMisfit(MemoryMisfitKind.TooSmall, prefix + Process, null, words);

    public void TooLarge(string words) => Misfit ??= new MemoryMisfit(MemoryMisfitKind.TooLarge, prefix + Process, null, words);

    private void Refuse(string name, string? text, string words) => Misfit ??= new MemoryMisfit(MemoryMisfitKind.Key, name, text, words);

    private string NameOf(string key) => Find(key)?.Name ?? prefix + key;

    private (string Name, string Text)? Find(string key)
    {
        var name = prefix + key;
        return configuration.TryGetValue(name, out var text) ? (name, text)
            : OldNames.TryGetValue(name, out var old) && configuration.TryGetValue(old, out var then) ? (old, then)
            : null;
    }
}
