using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>A job's Flink configuration, read value by value; what cannot be read is collected.</summary>
internal sealed class ConfigurationSource(IReadOnlyDictionary<string, string> configuration)
{
    public ImmutableArray<AutoscalerSettingError>.Builder Errors { get; } =
        ImmutableArray.CreateBuilder<AutoscalerSettingError>();

    public ImmutableArray<string>.Builder Warnings { get; } = ImmutableArray.CreateBuilder<string>();

    public (string Key, string Text)? Find(AutoscalerOption option)
    {
        foreach (var key in option.Spellings())
        {
            if (configuration.TryGetValue(key, out var text) && text is not null)
            {
                return (key, text);
            }
        }
        return null;
    }

    public void Fail(string key, string text, string wanted) =>
        Errors.Add(new(key, text, $"{key} must be {wanted}, it is '{text}'."));

    public bool Boolean(AutoscalerOption option, bool otherwise)
    {
        if (Find(option) is not var (key, text))
        {
            return otherwise;
        }
        if (bool.TryParse(text, out var value))
        {
            return value;
        }
        Fail(key, text, "true or false");
        return otherwise;
    }

    public int Integer(AutoscalerOption option, int otherwise)
    {
        if (Find(option) is not var (key, text))
        {
            return otherwise;
        }
        if (int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }
        Fail(key, text, "a whole number");
        return otherwise;
    }

    public double? Number(AutoscalerOption option)
    {
        if (Find(option) is not var (key, text))
        {
            return null;
        }
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }
        Fail(key, text, "a number");
        return null;
    }

    public TimeSpan Duration(AutoscalerOption option, TimeSpan otherwise)
    {
        if (Find(option) is not var (key, text))
        {
            return otherwise;
        }
        if (FlinkValue.TryDuration(text, out var value))
        {
            return value;
        }
        Fail(key, text, "a duration such as '5 min' or 'PT5M'");
        return otherwise;
    }

    public long? Memory(AutoscalerOption option)
    {
        if (Find(option) is not var (key, text))
        {
            return null;
        }
        if (FlinkValue.TryMemory(text, out var value))
        {
            return value;
        }
        Fail(key, text, "a memory size such as '8 gb' or a number of bytes");
        return null;
    }

    public ImmutableArray<string> List(AutoscalerOption option) =>
        Find(option) is var (_, text) ? FlinkValue.List(text) : [];
}
