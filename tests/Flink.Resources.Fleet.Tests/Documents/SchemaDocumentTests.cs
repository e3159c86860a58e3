using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Flink.Resources.Fleet;

/// <summary>The keys in docs/fleet.md and docs/fleet.schema.json are those that the reader knows. UPDATE_DOCS=1 writes them anew.</summary>
public sealed class SchemaDocumentTests
{
    private const string Begin = "<!-- keys: written by SchemaDocumentTests -->";
    private const string End = "<!-- end of keys -->";

    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static bool IsUpdate => Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1";

    [Fact]
    public void Page_HasEveryKey()
    {
        var path = Repository.Document("fleet.md");
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var keys = $"\n{Keys()}";
        if (IsUpdate)
        {
            File.WriteAllText(path, $"{text[..begin]}{keys}{text[end..]}");
            return;
        }

        Assert.Equal(keys, text[begin..end]);
    }

    [Fact]
    public void Page_ShowsTheExampleThatIsTested()
    {
        var text = File.ReadAllText(Repository.Document("fleet.md")).ReplaceLineEndings("\n");

        Assert.Contains($"```yaml\n{Texts.Example.TrimEnd()}\n```", text, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonSchema_HasEveryKey()
    {
        var path = Repository.Document("fleet.schema.json");
        var schema = FleetSchema.Root.ToJsonSchema();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "A fleet document of Flink.Resources");
        var text = $"{schema.ToJsonString(_indented)}\n";
        if (IsUpdate)
        {
            File.WriteAllText(path, text);
            return;
        }

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), text);
    }

    [Fact]
    public void EveryKey_SaysWhatItMeans() => Assert.All(
        SchemaWalk.Sections().SelectMany(static s => s.Keys), static k => Assert.True(k.Meaning.EndsWith('.') && k.Meaning.Length > 4, k.Name));

    private static string Keys()
    {
        var page = new StringBuilder();
        foreach (var section in SchemaWalk.Sections())
        {
            page.Append('\n').Append("### ").Append(section.Title).Append("\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n");
            foreach (var key in section.Keys)
            {
                page.Append("| `").Append(key.Name).Append("` | ").Append(key.Type.Word).Append(" | ")
                    .Append(key.IsRequired ? "required" : key.Default ?? string.Empty).Append(" | ").Append(key.Meaning.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
            }
        }
        return page.Append('\n').ToString();
    }
}
