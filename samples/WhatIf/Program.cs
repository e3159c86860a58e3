using System.CommandLine;
using WhatIf;

var root = new RootCommand("Answers one question about one situation: what would the policy decide here? Touches nothing.");
foreach (var capability in Capabilities.All)
{
    root.Subcommands.Add(ScenarioCommand.Create(capability));
}

return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
