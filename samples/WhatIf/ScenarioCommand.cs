using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace WhatIf;

/// <summary>The command line around a capability: input, batch, output, exit codes.</summary>
internal static class ScenarioCommand
{
    private const int RedirectedWidth = 240;

    private static readonly JsonSerializerOptions Output = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(ICapability capability)
    {
        var file = new Argument<string?>("file") { Arity = ArgumentArity.ZeroOrOne, Description = "The scenario; standard input when missing or '-'." };
        var batch = new Option<bool>("--batch") { Description = """{"cases":[…]} in, {"results":[…]} out.""" };
        var json = new Option<bool>("--json") { Description = "Print JSON at a terminal too." };
        var table = new Option<bool>("--table") { Description = "Print the table where there is no terminal too." };
        var command = new Command(capability.Name, capability.Description) { file, batch, json, table };
        command.SetAction(parsed =>
        {
            if (Read(parsed.GetValue(file), out var text) is { } unreadable)
            {
                Print(unreadable);
                return 2;
            }
            var plain = parsed.GetValue(json) || parsed.GetValue(batch) || (Console.IsOutputRedirected && !parsed.GetValue(table));
            return Run(capability, text, parsed.GetValue(batch), plain);
        });
        return command;
    }

    internal static (int ExitCode, JsonObject Answer) Answer(ICapability capability, ReadOnlySpan<byte> text, bool batch)
    {
        JsonDocument document;
        // Editors of some systems begin every file with it.
        text = text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = 256 });
            document = JsonDocument.ParseValue(ref reader);
            if (reader.Read())
            {
                document.Dispose();
                return (2, Error("the document goes on after its end", "$"));
            }
        }
        catch (JsonException exception)
        {
            return (2, Error($"this is no JSON: {exception.Message}", "$"));
        }
        using (document)
        {
            return batch ? AnswerAll(capability, document.RootElement) : AnswerOne(capability, document.RootElement);
        }
    }

    private static int Run(ICapability capability, byte[] text, bool batch, bool json)
    {
        var (exitCode, answer) = Answer(capability, text, batch);
        if (json || exitCode != 0)
        {
            Print(answer);
        }
        else
        {
            using var document = JsonDocument.Parse(text.AsMemory(text.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0));
            if (Console.IsOutputRedirected)
            {
                AnsiConsole.Console.Profile.Width = RedirectedWidth;
            }
            capability.Show(new(document.RootElement, "$"), answer, AnsiConsole.Console);
        }
        return exitCode;
    }

    private static void Print(JsonObject answer)
    {
        using var output = Console.OpenStandardOutput();
        output.Write(Encoding.UTF8.GetBytes(answer.ToJsonString(Output)));
        output.WriteByte((byte)'\n');
    }

    private static (int ExitCode, JsonObject Answer) AnswerOne(ICapability capability, JsonElement scenario)
    {
        try
        {
            return (0, capability.Answer(new(scenario, "$")));
        }
        catch (ScenarioException exception)
        {
            return (2, Error(exception.Message, exception.Path));
        }
    }

    private static (int ExitCode, JsonObject Answer) AnswerAll(ICapability capability, JsonElement document)
    {
        if (document.ValueKind != JsonValueKind.Object
            || !document.TryGetProperty("cases", out var cases) || cases.ValueKind != JsonValueKind.Array)
        {
            return (2, Error("cases is required, a list of scenarios", "$.cases"));
        }
        var exitCode = 0;
        var results = new JsonArray();
        foreach (var scenario in cases.EnumerateArray())
        {
            var (code, answer) = AnswerOne(capability, scenario);
            exitCode = Math.Max(exitCode, code);
            var result = Label(scenario);
            result["result"] = answer;
            results.Add(result);
        }
        return (exitCode, new JsonObject { ["results"] = results });
    }

    /// <summary>What identifies a case in a batch: its id, else its name, else nothing.</summary>
    private static JsonObject Label(JsonElement scenario)
    {
        foreach (var name in (ReadOnlySpan<string>)["id", "name"])
        {
            try
            {
                if (scenario.ValueKind == JsonValueKind.Object && new ScenarioValue(scenario, "$")[name] is { IsSet: true } value)
                {
                    var label = new JsonObject { [name] = JsonNode.Parse(value.Element.GetRawText()) };
                    // What cannot be written back identifies nothing.
                    _ = label.ToJsonString();
                    return label;
                }
            }
            catch (Exception exception) when (exception is ScenarioException or JsonException or InvalidOperationException)
            {
                return [];
            }
        }
        return [];
    }

    private static JsonObject Error(string message, string path) => new() { ["error"] = message, ["path"] = path };

    /// <summary>The text of a file, or of standard input.</summary>
    /// <returns>What is wrong with the file; null when nothing is.</returns>
    internal static JsonObject? Read(string? file, out byte[] text)
    {
        try
        {
            text = file is null or "-" ? ReadInput() : File.ReadAllBytes(file);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            text = [];
            return Error($"'{file}' cannot be read: {exception.Message}", "$");
        }
    }

    private static byte[] ReadInput()
    {
        using var input = Console.OpenStandardInput();
        using var buffer = new MemoryStream();
        input.CopyTo(buffer);
        return buffer.ToArray();
    }
}
