using System.Globalization;
using Flink.Resources;
using Microsoft.Extensions.DependencyInjection;

// A process of its own for the tests of the journal: writes, and says on its output what was acknowledged.
//   append FILE RUN              records under a lease until it is killed
//   request FILE RUN NAME COUNT  COUNT requests in competition with others
var services = new ServiceCollection();
services.AddFlinkResources().AddSqliteJournal(args[1]);
await using var provider = services.BuildServiceProvider();
var journal = provider.GetRequiredService<IJournal>();
var run = args[2];
var job = JobKey.Parse("team-a/clicks");
var output = Console.Out;

if (args[0] == "append")
{
    var lease = await journal.TryAcquireAsync(job, "child", TimeSpan.FromHours(1))
        ?? throw new InvalidOperationException("Somebody holds the lease.");
    for (var sequence = 1L; ; sequence++)
    {
        var result = await journal.AppendAsync(Record(sequence, JournalRecordKind.Outcome, "child"), lease);
        await SayAsync(result == AppendResult.Appended ? sequence : throw new InvalidOperationException($"{sequence}: {result}"));
    }
}

for (var (written, sequence) = (0, 2L); written < int.Parse(args[4], CultureInfo.InvariantCulture); sequence++)
{
    if (await journal.AppendAsync(Record(sequence, JournalRecordKind.Request, args[3]), null) == AppendResult.Appended)
    {
        written++;
        await SayAsync(sequence);
    }
}
return 0;

async Task SayAsync(long sequence)
{
    await output.WriteLineAsync(sequence.ToString(CultureInfo.InvariantCulture));
    await output.FlushAsync();
}

JournalRecord Record(long sequence, JournalRecordKind kind, string by) => new()
{
    Run = run,
    Job = job,
    Sequence = sequence,
    Kind = kind,
    Machine = "test",
    State = "Writing",
    Payload = $"\"{new string('x', (int)(sequence * 37 % 4000))}\"",
    At = TimeProvider.System.GetUtcNow(),
    By = by,
};
