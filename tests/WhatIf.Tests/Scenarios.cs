using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace WhatIf;

internal static class Scenarios
{
    public static (int ExitCode, JsonObject Answer) Answer(ICapability capability, JsonNode? scenario) =>
        ScenarioCommand.Answer(capability, JsonSerializer.SerializeToUtf8Bytes(scenario), batch: false);

    public static IEnumerable<(JsonNode Scenario, JsonObject Answer)> Answered(ICapability capability, byte[] examples)
    {
        foreach (var scenario in JsonNode.Parse(examples)!["cases"]!.AsArray())
        {
            yield return (scenario!, Answer(capability, scenario).Answer);
        }
    }

    /// <summary>What a person would see at a terminal.</summary>
    public static string Shown(ICapability capability, JsonNode scenario, JsonObject answer)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });
        console.Profile.Width = 200;
        using var document = JsonDocument.Parse(scenario.ToJsonString());
        capability.Show(new ScenarioValue(document.RootElement, "$"), answer, console);
        return writer.ToString();
    }

    /// <summary>Every value of a document with its place, the document itself first.</summary>
    public static IEnumerable<(string Path, JsonNode? Value)> Places(JsonNode? node, string path = "$")
    {
        yield return (path, node);
        var children = node switch
        {
            JsonObject members => members.Select(m => ($"{path}.{m.Key}", m.Value)),
            JsonArray elements => elements.Select((e, i) => ($"{path}[{i}]", e)),
            _ => [],
        };
        foreach (var place in children.SelectMany(c => Places(c.Item2, c.Item1)))
        {
            yield return place;
        }
    }

    /// <summary>A copy in which one value is another, or gone.</summary>
    public static JsonNode? With(JsonNode document, string path, JsonNode? value, bool remove = false)
    {
        if (path == "$")
        {
            return value;
        }
        var copy = document.DeepClone();
        var place = Places(copy).Single(p => p.Path == path).Value;
        var parentPath = path[..path.LastIndexOfAny(['.', '['])];
        var parent = Places(copy).Single(p => p.Path == parentPath).Value!;
        if (parent is JsonArray list)
        {
            var index = list.IndexOf(place);
            list.RemoveAt(index);
            if (!remove)
            {
                list.Insert(index, value);
            }
        }
        else if (remove)
        {
            parent.AsObject().Remove(path[(parentPath.Length + 1)..]);
        }
        else
        {
            parent.AsObject()[path[(parentPath.Length + 1)..]] = value;
        }
        return copy;
    }
}
