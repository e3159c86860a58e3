using System.Globalization;
using System.Text.Json;

namespace WhatIf;

/// <summary>
/// One value of a scenario that knows its place, so that every error can name it. Missing and null are the same: not set.
/// Unknown fields are never looked at.
/// </summary>
internal readonly record struct ScenarioValue(JsonElement Element, string Path)
{
    public bool IsSet => Element.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    private string Name => Path == "$" ? "the scenario" : Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>A field of this object, set or not.</summary>
    /// <exception cref="ScenarioException">This is no object.</exception>
    public ScenarioValue this[string field]
    {
        get
        {
            try
            {
                return Object().TryGetProperty(field, out var value) ? new(value, $"{Path}.{field}") : new(default, $"{Path}.{field}");
            }
            catch (InvalidOperationException)
            {
                throw NoText();
            }
        }
    }

    public ScenarioException Wrong(string expected) => new($"{Name} must be {expected}", Path);

    private ScenarioValue Required() => IsSet ? this : throw new ScenarioException($"{Name} is required", Path);

    private JsonElement Object() =>
        Required().Element.ValueKind == JsonValueKind.Object ? Element : throw Wrong("an object");

    public string String()
    {
        if (Required().Element.ValueKind != JsonValueKind.String)
        {
            throw Wrong("a string");
        }
        try
        {
            return Element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw NoText();
        }
    }

    public string? StringOrNull() => IsSet ? String() : null;

    public bool Boolean() => Required().Element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public bool Boolean(bool missing) => IsSet ? Boolean() : missing;

    /// <summary>A whole number of 64 bits; 3.0 is one, too.</summary>
    public long Int64()
    {
        if (Required().Element.ValueKind != JsonValueKind.Number)
        {
            throw Wrong("a whole number");
        }
        if (Element.TryGetInt64(out var number))
        {
            return number;
        }
        return Element.TryGetDecimal(out var exact) && exact == decimal.Truncate(exact) && exact is >= long.MinValue and <= long.MaxValue
            ? (long)exact
            : throw Wrong("a whole number of at most 64 bits");
    }

    public long Int64(long missing) => IsSet ? Int64() : missing;

    public long? Int64OrNull() => IsSet ? Int64() : null;

    public int Int32() => Int64() is >= int.MinValue and <= int.MaxValue and var number ? (int)number : throw Wrong("a whole number of at most 32 bits");

    public int Int32(int missing) => IsSet ? Int32() : missing;

    public int? Int32OrNull() => IsSet ? Int32() : null;

    /// <summary>A count or a capacity: a whole number that is not negative.</summary>
    public long Count() => Int64() is >= 0 and var number ? number : throw Wrong("0 or more");

    public long Count(long missing) => IsSet ? Count() : missing;

    public long? CountOrNull() => IsSet ? Count() : null;

    /// <summary>A number; what is not finite is written as a string.</summary>
    public double Double() => Required().Element.ValueKind switch
    {
        JsonValueKind.Number => Element.GetDouble(),
        JsonValueKind.String => Element.GetString() switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => throw Wrong("a number"),
        },
        _ => throw Wrong("a number"),
    };

    public double Double(double missing) => IsSet ? Double() : missing;

    public double? DoubleOrNull() => IsSet ? Double() : null;

    /// <summary>A word out of a list.</summary>
    public T Word<T>(params ReadOnlySpan<(string Word, T Meaning)> words)
    {
        var given = String();
        foreach (var (word, meaning) in words)
        {
            if (string.Equals(word, given, StringComparison.Ordinal))
            {
                return meaning;
            }
        }
        var known = new List<string>();
        foreach (var (word, _) in words)
        {
            known.Add(word);
        }
        throw new ScenarioException($"{Name} is '{given}', known are {string.Join(", ", known)}", Path);
    }

    /// <summary>The elements of a list; one that is not set has none.</summary>
    public IReadOnlyList<ScenarioValue> ListOrEmpty() => IsSet ? List() : [];

    /// <summary>The elements of a list that must be there.</summary>
    public IReadOnlyList<ScenarioValue> List()
    {
        if (Required().Element.ValueKind != JsonValueKind.Array)
        {
            throw Wrong("a list");
        }
        var result = new List<ScenarioValue>(Element.GetArrayLength());
        foreach (var element in Element.EnumerateArray())
        {
            result.Add(new(element, string.Create(CultureInfo.InvariantCulture, $"{Path}[{result.Count}]")));
        }
        return result;
    }

    /// <summary>The members of an object, in the order of the document; the last of two of the same name counts.</summary>
    public IReadOnlyList<KeyValuePair<string, ScenarioValue>> MembersOrEmpty() => IsSet ? Members() : [];

    public IReadOnlyList<KeyValuePair<string, ScenarioValue>> Members()
    {
        var result = new OrderedDictionary<string, ScenarioValue>(StringComparer.Ordinal);
        foreach (var member in Object().EnumerateObject())
        {
            var name = NameOf(member);
            result[name] = new(member.Value, $"{Path}.{name}");
        }
        return [.. result];
    }

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw NoText();
        }
    }

    /// <summary>Half of a surrogate pair is valid JSON, but no text.</summary>
    private ScenarioException NoText() => new($"{Name} contains half a character (a lone surrogate)", Path);
}
