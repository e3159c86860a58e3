using System.Collections.Immutable;

namespace Flink.Resources.Fleet;

/// <summary>From fields to the collections of records.</summary>
internal static class FieldValues
{
    extension(Fields fields)
    {
        public ImmutableArray<T> List<T>(string name) => fields.Class<List<object>>(name) is { } list ? [.. list.Cast<T>()] : [];

        public ImmutableSortedDictionary<string, string> Map(string name) => fields.Map(name, static value => (string)value);

        public ImmutableSortedDictionary<string, T> Map<T>(string name, Func<object, T> convert) => fields.Map(name, (_, value) => convert(value));

        public ImmutableSortedDictionary<string, T> Map<T>(string name, Func<string, object, T> convert) =>
            fields.Class<Fields>(name)?.Readable.ToImmutableSortedDictionary(static p => p.Key, p => convert(p.Key, p.Value), StringComparer.Ordinal) ?? Maps.Empty<T>();

        public bool Flag(string name) => fields.Value<bool>(name) ?? false;
    }
}
