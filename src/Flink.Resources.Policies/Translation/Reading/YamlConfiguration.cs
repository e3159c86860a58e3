using System.Collections.Immutable;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Flink.Resources.Translation;

/// <summary>Reads <c>config.yaml</c> as Flink's loader does (YAML 1.2 core schema, nested maps made flat).</summary>
internal static class YamlConfiguration
{
    // Aliases let a short text unfold into a huge one; a real configuration has some hundred keys.
    private const int MaximumEntries = 20_000;
    private const int MaximumDepth = 50;

    public static FlinkConfigurationText Read(string text)
    {
        var stream = new YamlStream();
        try
        {
            using var reader = new StringReader(text.TrimStart('\uFEFF'));
            stream.Load(reader);
        }
        catch (YamlException exception)
        {
            // The parser's message can quote the text; its place is enough.
            return Failed(exception.Start, null, "This is not YAML 1.2; Flink does not start with it (a tab in the indentation, a key twice, or a value that needs quotes).");
        }
        if (stream.Documents.Count == 0)
        {
            return new FlinkConfigurationText();
        }
        if (stream.Documents.Count > 1)
        {
            return Failed(stream.Documents[1].RootNode.Start, null, "Flink reads one document; here is a second.");
        }
        return stream.Documents[0].RootNode switch
        {
            YamlMappingNode root => new Flattening().Read(root),
            YamlScalarNode { Style: ScalarStyle.Plain } scalar when CoreScalar.IsNull(scalar.Value ?? string.Empty) => new FlinkConfigurationText(),
            var root => Failed(root.Start, null, "Flink wants keys with values at the top."),
        };
    }

    private static FlinkConfigurationText Failed(Mark mark, string? key, string reason) => new() { Errors = [At(mark, key, reason)] };

    private static ConfigurationLine At(Mark mark, string? key, string reason) => new((int)Math.Clamp(mark.Line, 1, int.MaxValue), key, reason);

    private sealed class Flattening
    {
        private readonly SortedDictionary<string, string> _entries = new(StringComparer.Ordinal);
        private readonly List<ConfigurationLine> _ignored = [];
        private readonly List<ConfigurationLine> _errors = [];
        private int _visited;

        public FlinkConfigurationText Read(YamlMappingNode root)
        {
            Flatten(root, string.Empty, 0);
            return _errors.Count > 0
                ? new FlinkConfigurationText { Errors = [.. _errors] }
                : new FlinkConfigurationText { Entries = _entries.ToImmutableSortedDictionary(StringComparer.Ordinal), Ignored = [.. _ignored] };
        }

        private void Flatten(YamlMappingNode node, string prefix, int depth)
        {
            foreach (var (name, value) in node.Children)
            {
                if (_errors.Count > 0)
                {
                    return;
                }
                var key = name is YamlScalarNode scalar ? prefix + scalar.Value : null;
                if (key is null)
                {
                    _errors.Add(At(name.Start, null, "A key is a word, not a list or a map."));
                }
                else if (++_visited > MaximumEntries || depth > MaximumDepth)
                {
                    _errors.Add(At(name.Start, key, "The text unfolds into too many keys, or is nested too deeply."));
                }
                else if (value is YamlMappingNode map)
                {
                    Flatten(map, key + ".", depth + 1);
                }
                else
                {
                    Add(key, value);
                }
            }
        }

        private void Add(string key, YamlNode value)
        {
            if (Text(value, 0) is not { } text)
            {
                _errors.Add(At(value.Start, key, value is YamlScalarNode
                    ? "The value is null or begins with a character that YAML reserves; Flink does not start with it: write '' or quotes."
                    : "The list is nested too deeply."));
                return;
            }
            if (_entries.ContainsKey(key))
            {
                _ignored.Add(At(value.Start, key, "The same key stands above in another spelling (nested or flat); Flink takes the last."));
            }
            _entries[key] = text;
        }

        /// <summary>Flink's text form: entries of a list by semicolon, of a map by comma.</summary>
        private string? Text(YamlNode node, int depth)
        {
            if (depth > MaximumDepth || ++_visited > MaximumEntries)
            {
                return null;
            }
            switch (node)
            {
                case YamlScalarNode { Style: ScalarStyle.Plain } plain:
                    return CoreScalar.Resolve(plain.Value ?? string.Empty);
                case YamlScalarNode scalar:
                    return scalar.Value ?? string.Empty;
                case YamlSequenceNode list:
                    var items = list.Children.Select(c => Text(c, depth + 1)).ToList();
                    return items.Contains(null) ? null : string.Join(';', items.Select(static i => Escape(i!, ';')));
                case YamlMappingNode map:
                    var pairs = map.Children.Select(c => (Key: Text(c.Key, depth + 1), Value: Text(c.Value, depth + 1))).ToList();
                    return pairs.Exists(static p => p.Key is null || p.Value is null)
                        ? null
                        : string.Join(',', pairs.Select(static p => Escape($"{Escape(p.Key!, ':')}:{Escape(p.Value!, ':')}", ',')));
                default:
                    return null;
            }
        }

        private static string Escape(string text, char separator) => text.AsSpan().IndexOfAny([separator, '\'', '"']) >= 0
            ? string.Create(CultureInfo.InvariantCulture, $"'{text.Replace("'", "''", StringComparison.Ordinal)}'")
            : text;
    }
}
