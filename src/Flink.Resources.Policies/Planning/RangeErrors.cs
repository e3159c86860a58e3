using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Flink.Resources.Planning;

/// <summary>Collects what is wrong with options, so that all of it is said at once.</summary>
internal sealed class RangeErrors
{
    private readonly ImmutableArray<string>.Builder _errors = ImmutableArray.CreateBuilder<string>();

    public void Add(string error) => _errors.Add(error);

    public void Add(ImmutableArray<string> errors) => _errors.AddRange(errors);

    public ImmutableArray<string> ToImmutable() => _errors.ToImmutable();

    public static void ThrowIfAny(ImmutableArray<string> errors, string parameter)
    {
        if (!errors.IsEmpty)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, errors), parameter);
        }
    }

    /// <summary>Not a number is in no range.</summary>
    public void Within<T>(string place, T value, T least, T most)
        where T : INumber<T>
    {
        if (!(value >= least && value <= most))
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{place} is {value}; it is {least} to {most}."));
        }
    }

    /// <inheritdoc cref="Within{T}"/>
    public void Above(string place, double value, double least, double most)
    {
        if (!(value > least && value <= most))
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{place} is {value}; it is more than {least} and at most {most}."));
        }
    }

    public void Within(string place, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            Add(string.Create(CultureInfo.InvariantCulture, $"{place} is {value:c}; it is {least:c} to {most:c}."));
        }
    }
}
