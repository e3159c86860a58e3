using Flink.Resources.Testing.Xunit;
using Microsoft.Extensions.Time.Testing;

namespace Flink.Resources;

public sealed class MemoryJournalContract : JournalContract
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private MemoryJournal? _journal;

    protected override IJournal Journal => _journal ??= new MemoryJournal(_time);

    protected override IJournal Rival => Journal;

    protected override Task PassAsync(TimeSpan time)
    {
        _time.Advance(time);
        return Task.CompletedTask;
    }
}
