using System.Collections.Immutable;
using System.Text;

namespace Flink.Resources.Testing.Servers;

/// <summary>The files of a fake HDFS. Paths are absolute, <c>/flink/lib/flink-dist.jar</c>. Safe for concurrent use.</summary>
public sealed class FakeHdfs
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal) { ["/"] = new Entry(null, 0, 16385) };
    private readonly TimeProvider _timeProvider;
    private long _lastId = 16385;

    internal FakeHdfs(TimeProvider timeProvider) => _timeProvider = timeProvider;

    /// <summary>All files, sorted by path; directories are left out.</summary>
    public ImmutableArray<string> Files
    {
        get
        {
            lock (_gate)
            {
                return [.. _entries.Where(static e => e.Value.Content is not null).Select(static e => e.Key)];
            }
        }
    }

    /// <summary>Writes a file, in place of an older one; missing directories are made.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="text">Its content.</param>
    public void Write(string path, string text) => Create(path, Encoding.UTF8.GetBytes(text), overwrite: true);

    /// <summary>The content of a file; null when there is none.</summary>
    /// <param name="path">The absolute path.</param>
    public string? Read(string path) => Find(path)?.Content is { } content ? Encoding.UTF8.GetString(content) : null;

    internal Entry? Find(string path)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(Clean(path));
        }
    }

    /// <summary>False when there is a file, and it may not be replaced, or a directory.</summary>
    internal bool Create(string path, byte[] content, bool overwrite)
    {
        var clean = Clean(path);
        lock (_gate)
        {
            if (_entries.TryGetValue(clean, out var old) && (old.Content is null || !overwrite))
            {
                return false;
            }
            Parents(clean);
            _entries[clean] = New(content);
            return true;
        }
    }

    internal bool MakeDirectory(string path)
    {
        var clean = Clean(path);
        lock (_gate)
        {
            Parents(clean);
            _entries.TryAdd(clean, New(null));
            return _entries[clean].Content is null;
        }
    }

    /// <summary>As HDFS does it: false when the source is missing, the target is a file or has no directory; into a directory it moves.</summary>
    internal bool Rename(string from, string to)
    {
        var (source, target) = (Clean(from), Clean(to));
        lock (_gate)
        {
            if (_entries.TryGetValue(target, out var standing) && standing.Content is null)
            {
                target = $"{target.TrimEnd('/')}/{source[(source.LastIndexOf('/') + 1)..]}";
                standing = _entries.GetValueOrDefault(target);
            }
            if (!_entries.TryGetValue(source, out var moved) || standing is not null || !_entries.ContainsKey(ParentOf(target)))
            {
                return false;
            }
            foreach (var (path, entry) in Below(source).Append(KeyValuePair.Create(source, moved)).ToList())
            {
                _entries.Remove(path);
                _entries[target + path[source.Length..]] = entry;
            }
            return true;
        }
    }

    /// <summary>False when there is nothing; null when a directory has entries and these may not go.</summary>
    internal bool? Delete(string path, bool recursive)
    {
        var clean = Clean(path);
        lock (_gate)
        {
            var below = Below(clean).Select(static e => e.Key).ToList();
            if (below.Count > 0 && !recursive)
            {
                return null;
            }
            below.ForEach(p => _entries.Remove(p));
            return _entries.Remove(clean);
        }
    }

    internal List<(string Name, Entry Entry)> List(string path)
    {
        var clean = Clean(path).TrimEnd('/');
        lock (_gate)
        {
            return [.. Below(clean).Where(e => e.Key.LastIndexOf('/') == clean.Length).Select(e => (e.Key[(clean.Length + 1)..], e.Value))];
        }
    }

    private IEnumerable<KeyValuePair<string, Entry>> Below(string path)
    {
        var prefix = path.TrimEnd('/') + "/";
        return _entries.Where(e => e.Key.Length > prefix.Length && e.Key.StartsWith(prefix, StringComparison.Ordinal));
    }

    private void Parents(string path)
    {
        for (var parent = ParentOf(path); _entries.TryAdd(parent, New(null)); parent = ParentOf(parent))
        {
        }
    }

    private Entry New(byte[]? content) => new(content, _timeProvider.GetUtcNow().ToUnixTimeMilliseconds(), ++_lastId);

    private static string ParentOf(string path) => path.LastIndexOf('/') is var end && end <= 0 ? "/" : path[..end];

    private static string Clean(string path) => "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>A file, or a directory when it has no content.</summary>
    internal sealed record Entry(byte[]? Content, long ModificationTime, long Id);
}
