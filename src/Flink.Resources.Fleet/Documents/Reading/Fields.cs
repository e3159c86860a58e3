namespace Flink.Resources.Fleet;

/// <summary>What a section or a map holds after its values were read.</summary>
internal sealed class Fields(SourcePosition at)
{
    private readonly SortedDictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <summary>Where it begins: at its key.</summary>
    public SourcePosition At { get; } = at;

    /// <summary>The names that were written and could be read.</summary>
    public IEnumerable<KeyValuePair<string, object>> Readable => _values.Where(static p => p.Value is not null)!;

    public int Count => _values.Count;

    /// <summary>Whether the name was written, be its value right or not.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>Keeps a value; null for one that could not be read and is named already.</summary>
    public bool TryAdd(string name, object? value) => _values.TryAdd(name, value);

    public T? Class<T>(string name)
        where T : class => _values.GetValueOrDefault(name) as T;

    public T? Value<T>(string name)
        where T : struct => _values.GetValueOrDefault(name) is T value ? value : null;

    public string? Text(string name) => Class<string>(name);

    /// <summary>These fields where they are written, and else those: the sections and maps in them key by key, what stands deeper as a whole.</summary>
    public Fields Over(Fields others, bool isDeep = true)
    {
        var merged = new Fields(At);
        foreach (var (name, value) in _values)
        {
            merged.TryAdd(name, isDeep && value is Fields mine && others._values.GetValueOrDefault(name) is Fields theirs ? mine.Over(theirs, isDeep: false) : value);
        }
        foreach (var (name, value) in others._values)
        {
            merged.TryAdd(name, value);
        }
        return merged;
    }
}
