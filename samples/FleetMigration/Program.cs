using System.CommandLine;
using FleetMigration.Commands;
using FleetMigration.Demo;

var root = new RootCommand("Moves a fleet of Flink jobs between Hadoop YARN and Kubernetes. Without a command: the demo, on two simulated clusters.");
DemoCommand.AddTo(root);
FleetCommands.AddTo(root);
return await CommandLine.RunAsync(root, args).ConfigureAwait(false);
