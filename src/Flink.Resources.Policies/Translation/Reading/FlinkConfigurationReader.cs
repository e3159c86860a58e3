using System.Collections.Immutable;

namespace Flink.Resources.Translation;

/// <summary>Reads a configuration file exactly as Flink reads it, quirks included: what counts is how the job ran.</summary>
public static class FlinkConfigurationReader
{
    /// <summary>The longest text that is read, in characters.</summary>
    public const int MaximumLength = 1 << 20;

    // Java's trim(): everything up to the blank.
    private static readonly char[] JavaBlanks = [.. Enumerable.Range(0, 0x21).Select(static c => (char)c)];

    /// <summary>Reads a text in the given format. Never throws for what the text holds: see <see cref="FlinkConfigurationText.Errors"/>.</summary>
    /// <param name="text">The file.</param>
    /// <param name="format">Its format.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="format"/> is not one of the two.</exception>
    public static FlinkConfigurationText Read(string text, FlinkConfigurationFormat format)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaximumLength)
        {
            return new FlinkConfigurationText
            {
                Errors = [new ConfigurationLine(1, null, FormattableString.Invariant($"The text has {text.Length} characters; at most {MaximumLength} are read."))],
            };
        }
        return format switch
        {
            FlinkConfigurationFormat.Legacy => ReadLegacy(text),
            FlinkConfigurationFormat.Yaml => YamlConfiguration.Read(text),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "Say whether it is a legacy flink-conf.yaml or a config.yaml."),
        };
    }

    /// <summary>The rules of Flink's <c>GlobalConfiguration.loadLegacyYAMLResource</c>: cut at the first <c>#</c>, split at the first <c>": "</c>, the last of equal keys wins.</summary>
    private static FlinkConfigurationText ReadLegacy(string text)
    {
        var entries = new Dictionary<string, (string Value, int Line)>(StringComparer.Ordinal);
        var ignored = new List<ConfigurationLine>();
        var number = 0;
        foreach (var line in Lines(text))
        {
            number++;
            var content = line.Split('#', 2)[0].Trim(JavaBlanks);
            if (content.Length == 0)
            {
                continue;
            }
            var parts = content.Split(": ", 2);
            var key = parts[0].Trim(JavaBlanks);
            if (parts.Length == 1)
            {
                ignored.Add(new ConfigurationLine(number, KeyOf(content), "Flink passes over a line without a colon and a blank after its key."));
            }
            else if (key.Length == 0 || parts[1].Trim(JavaBlanks).Length == 0)
            {
                ignored.Add(new ConfigurationLine(number, key.Length == 0 ? null : key, "Flink passes over a line without a key or a value."));
            }
            else if (key[0] == '\uFEFF')
            {
                ignored.Add(new ConfigurationLine(number, key[1..], "The byte order mark is part of the key for Flink, which knows no such key."));
            }
            else
            {
                if (entries.TryGetValue(key, out var earlier))
                {
                    ignored.Add(new ConfigurationLine(earlier.Line, key, FormattableString.Invariant($"Line {number} has the same key; Flink takes the last.")));
                }
                entries[key] = (parts[1].Trim(JavaBlanks), number);
            }
        }
        return new FlinkConfigurationText
        {
            Entries = entries.ToImmutableSortedDictionary(static e => e.Key, static e => e.Value.Value, StringComparer.Ordinal),
            Ignored = [.. ignored.OrderBy(static i => i.Line)],
        };
    }

    private static string? KeyOf(string content)
    {
        var colon = content.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? content[..colon].Trim(JavaBlanks).TrimStart('\uFEFF') : null;
    }

    private static IEnumerable<string> Lines(string text)
    {
        using var reader = new StringReader(text);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
