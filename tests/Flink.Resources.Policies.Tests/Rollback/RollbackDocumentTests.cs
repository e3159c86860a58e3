namespace Flink.Resources.Rollback;

/// <summary>The table that people read is what the code does.</summary>
public sealed class RollbackDocumentTests
{
    [Fact]
    public void Document_TableOfEffects_IsThatOfTheCode() =>
        Assert.Contains(Table(), File.ReadAllText(Repository.Document("rollback.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);

    private static string Table()
    {
        RollbackChoice[] choices = [RollbackChoice.CarryForward, RollbackChoice.TargetCheckpoint, RollbackChoice.ReturnToOrigin, RollbackChoice.Fresh];
        const string Head = "| Sink | B CarryForward | C TargetCheckpoint | A ReturnToOrigin | N Fresh | A without a person |\n|---|---|---|---|---|---|\n";
        var rows = new List<string>();
        foreach (var sink in Enum.GetValues<SinkClass>().Where(static s => s != SinkClass.Unknown).Append(SinkClass.Unknown))
        {
            var cells = choices.Select(c => Word(SinkEffects.Of(c, sink, wrote: true, tablesAreSetBack: false)));
            rows.Add($"| {sink} | {string.Join(" | ", cells)} | {Alone(sink)} |\n");
        }
        return Head + string.Concat(rows);
    }

    private static string Alone(SinkClass sink)
    {
        bool May(bool accepts, bool setBack) => SinkEffects.ObjectionToOrigin(
            SinkEffects.Of(RollbackChoice.ReturnToOrigin, new() { Now = default, Sinks = Combinations.Sinks(sink), TablesAreSetBack = setBack }), accepts) is null;
        return May(false, false) ? "yes" : May(true, false) ? "if duplicates were accepted" : May(false, true) ? "if the table is set back" : "never";
    }

    private static string Word(DataEffect effect) => effect switch
    {
        DataEffect.None => "nothing lost or repeated",
        DataEffect.Converges => "written again, same values",
        DataEffect.Duplicates => "duplicates",
        DataEffect.DuplicatesOrSkips => "duplicates, or skipped commits",
        DataEffect.RepeatedEffects => "effects happen again",
        _ => "state lost",
    };
}
