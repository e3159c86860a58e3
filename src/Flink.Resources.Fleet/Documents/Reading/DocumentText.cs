using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Flink.Resources.Fleet;

/// <summary>
/// YAML to nodes, by the parser's events and without recursion. Bounded: size, depth and number of nodes; anchors, aliases, merge keys and
/// tags are refused, so that what is read is what is written and a short text can't unfold into a huge one.
/// </summary>
internal sealed class DocumentText(DocumentErrors errors, Func<string, string?> environment)
{
    /// <summary>The longest text in characters.</summary>
    public const int MaximumLength = 32 << 20;

    /// <summary>How deep maps and lists may stand in each other.</summary>
    public const int MaximumDepth = 16;

    /// <summary>How many keys and values a document may have.</summary>
    public const int MaximumNodes = 2_000_000;

    private readonly Stack<Frame> _open = new();
    private DocumentNode? _root;
    private int _nodes;

    /// <summary>Reads a text; null when it has no usable structure, which is an error then.</summary>
    public MapNode? Read(string text)
    {
        if (text.Length > MaximumLength)
        {
            errors.Add(new SourcePosition(1, 1), string.Empty, null, $"A fleet document has at most {MaximumLength >> 20} MiB.");
            return null;
        }
        // What breaks is not before what was read: some exceptions know no place.
        var read = new SourcePosition(1, 1);
        try
        {
            var parser = new Parser(new StringReader(text.TrimStart('\uFEFF')));
            var documents = 0;
            while (parser.MoveNext())
            {
                read = At(parser.Current!.End);
                if (parser.Current is DocumentStart start && ++documents > 1)
                {
                    errors.Add(At(start.Start), string.Empty, null, "A fleet document is one YAML document; here a second begins.");
                    return null;
                }
                if (!Take(parser.Current!))
                {
                    return null;
                }
            }
        }
        catch (YamlException exception)
        {
            errors.Add(At(exception.Start).CompareTo(read) < 0 ? read : At(exception.Start), string.Empty, null, $"This is not YAML: {Words(exception)}");
            return null;
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            // The scanner gives up on some broken texts (half a surrogate, an escape beyond Unicode) with an exception that knows no place.
            errors.Add(read, string.Empty, null, "This is not YAML: a character or an escape in it can't be read.");
            return null;
        }
        switch (_root)
        {
            case MapNode map:
                return map;
            case null or ScalarNode { IsNull: true }:
                errors.Add(new SourcePosition(1, 1), string.Empty, null, "The document is empty: it needs journal, clusters, runtimes and jobs.");
                return null;
            default:
                errors.Add(_root.At, string.Empty, null, "A fleet document has keys with values at its top, such as 'clusters:'.");
                return null;
        }
    }

    private bool Take(ParsingEvent @event)
    {
        switch (@event)
        {
            case AnchorAlias alias:
                errors.Add(At(alias.Start), string.Empty, null, "Aliases (*name) are not read: write the value out, or put it into 'defaults'.");
                // Goes on as if nothing were there, so that the other mistakes are found too.
                Put(new ScalarNode(At(alias.Start), string.Empty, isPlain: true, isFromVariable: true) { IsBroken = true });
                return IsWithinBounds(alias);
            case NodeEvent node:
                CheckDecoration(node);
                if (!IsWithinBounds(node))
                {
                    return false;
                }
                Begin(node);
                return true;
            case MappingEnd or SequenceEnd:
                _open.Pop();
                return true;
            default:
                return true;
        }
    }

    private bool IsWithinBounds(ParsingEvent node)
    {
        if (_open.Count >= MaximumDepth && node is not Scalar)
        {
            errors.Add(At(node.Start), string.Empty, null, $"Maps and lists stand in each other at most {MaximumDepth} deep.");
            return false;
        }
        if (++_nodes > MaximumNodes)
        {
            errors.Add(At(node.Start), string.Empty, null, $"A fleet document has at most {MaximumNodes} keys and values.");
            return false;
        }
        return true;
    }

    private void CheckDecoration(NodeEvent node)
    {
        if (!node.Anchor.IsEmpty)
        {
            errors.Add(At(node.Start), string.Empty, null, "Anchors (&name) are not read: put what jobs share into 'defaults'.");
        }
        if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific)
        {
            errors.Add(At(node.Start), string.Empty, null, "Tags (!name) are not read: leave it out.");
        }
    }

    private void Begin(NodeEvent node)
    {
        switch (node)
        {
            case Scalar scalar:
                Put(IsKeyNext
                    ? new ScalarNode(At(scalar.Start), scalar.Value, scalar.Style == ScalarStyle.Plain, isFromVariable: false)
                    : Substitute(scalar));
                break;
            case MappingStart:
                Open(new MapNode(At(node.Start)));
                break;
            default:
                Open(new ListNode(At(node.Start)));
                break;
        }
    }

    private bool IsKeyNext => _open.TryPeek(out var frame) && frame is { Node: MapNode, Key: null };

    private void Open(DocumentNode node)
    {
        if (IsKeyNext)
        {
            errors.Add(node.At, string.Empty, null, "A key is a word, not a list or a map.");
        }
        Put(node);
        _open.Push(new Frame(node));
    }

    private void Put(DocumentNode node)
    {
        if (!_open.TryPeek(out var frame))
        {
            _root ??= node;
        }
        else if (frame.Node is ListNode list)
        {
            list.Items.Add(node);
        }
        else if (frame.Key is { } key)
        {
            frame.Key = null;
            if (key is ScalarNode name)
            {
                ((MapNode)frame.Node).Entries.Add((name, node));
            }
        }
        else
        {
            frame.Key = node;
        }
    }

    private ScalarNode Substitute(Scalar scalar)
    {
        var (value, at) = (scalar.Value, At(scalar.Start));
        if (!value.Contains("${", StringComparison.Ordinal))
        {
            return new ScalarNode(at, value, scalar.Style == ScalarStyle.Plain, isFromVariable: false);
        }
        var text = new StringBuilder();
        var (isFromVariable, isBroken) = (false, false);
        for (var i = 0; i < value.Length; i++)
        {
            if (value.AsSpan(i).StartsWith("$${", StringComparison.Ordinal))
            {
                text.Append("${");
                i += 2;
            }
            else if (value.AsSpan(i).StartsWith("${", StringComparison.Ordinal))
            {
                isFromVariable = true;
                var end = value.IndexOf('}', i);
                var name = end < 0 ? value[(i + 2)..] : value[(i + 2)..end];
                var replaced = Variable(at, name, end >= 0);
                isBroken |= replaced is null;
                text.Append(replaced);
                i = end < 0 ? value.Length : end;
            }
            else
            {
                text.Append(value[i]);
            }
        }
        return new ScalarNode(at, text.ToString(), scalar.Style == ScalarStyle.Plain, isFromVariable) { IsBroken = isBroken };
    }

    private string? Variable(SourcePosition at, string name, bool isClosed)
    {
        var isName = isClosed && name.Length is > 0 and <= 200 && !char.IsAsciiDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
        if (!isName)
        {
            errors.Add(at, string.Empty, null, "A variable is written ${NAME}, of letters, digits and _; for the characters themselves write $${.");
            return null;
        }
        if (environment(name) is not { } value)
        {
            errors.Add(at, string.Empty, null, $"The variable {name} is not set in the environment: set it, or write $${{{name}}} for the characters themselves.");
            return null;
        }
        return value;
    }

    private static SourcePosition At(Mark mark) =>
        new((int)Math.Clamp(mark.Line, 1, int.MaxValue), (int)Math.Clamp(mark.Column, 1, int.MaxValue));

    /// <summary>The parser's words when they are fixed ones: those with quotes may repeat what is written, and that may be a secret.</summary>
    private static string Words(YamlException exception)
    {
        var words = exception.InnerException?.Message ?? exception.Message;
        return words.StartsWith("While ", StringComparison.Ordinal) && words.Length < 200 && words.AsSpan().IndexOfAny('\'', '"', '`') < 0
            ? words
            : "look for a tab in the indentation, a ':' or '#' inside of a text without quotes, or quotes and brackets that are not closed.";
    }

    private sealed class Frame(DocumentNode node)
    {
        public DocumentNode Node { get; } = node;

        public DocumentNode? Key { get; set; }
    }
}
