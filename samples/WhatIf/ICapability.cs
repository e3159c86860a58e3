using System.Text.Json.Nodes;
using Spectre.Console;

namespace WhatIf;

/// <summary>One question: reads a scenario of its kind and answers with the library's own policy.</summary>
internal interface ICapability
{
    string Name { get; }

    string Description { get; }

    /// <summary>Answers one scenario.</summary>
    /// <exception cref="ScenarioException">The scenario is invalid; the exception says what and where.</exception>
    JsonObject Answer(ScenarioValue scenario);

    /// <summary>Shows an answer to a person at a terminal.</summary>
    void Show(ScenarioValue scenario, JsonObject answer, IAnsiConsole console);
}

/// <summary>An invalid scenario: a sentence for a person, and the place (<c>$.running[3].node</c>).</summary>
internal sealed class ScenarioException(string message, string path) : Exception(message)
{
    public string Path { get; } = path;
}
