using System.IO.Pipelines;
using System.Text;

namespace Flink.Resources.Kubernetes;

public sealed class WatchReaderTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Next_LinesInOddPieces_AreWholeEvents()
    {
        var pipe = new Pipe();
        var reader = new WatchReader(pipe.Reader.AsStream());
        var text = Encoding.UTF8.GetBytes($"{Answers.Event("ADDED", Answers.Item("ä"))}\r\n\n{Answers.Bookmark("9")}\n");
        foreach (var part in text)
        {
            await pipe.Writer.WriteAsync(new[] { part }, Cancellation);
        }
        await pipe.Writer.CompleteAsync();

        var first = await reader.NextAsync(Cancellation);
        Assert.Equal(WatchLineKind.Put, first.Kind);
        Assert.Equal("ä", first.Item.Name());
        Assert.Equal(WatchLineKind.Bookmark, (await reader.NextAsync(Cancellation)).Kind);
        Assert.Equal(WatchLineKind.End, (await reader.NextAsync(Cancellation)).Kind);
    }

    [Fact]
    public async Task Next_LineLongerThanTheLimit_IsBad()
    {
        var line = Encoding.UTF8.GetBytes(Answers.Event("ADDED", Answers.Item(new string('a', 70_000))));

        var kind = (await new WatchReader(new MemoryStream(line), longestLine: 32_000).NextAsync(Cancellation)).Kind;

        Assert.Equal(WatchLineKind.Bad, kind);
    }

    [Fact]
    public async Task Next_CancelledWhileItWaits_Ends()
    {
        var pipe = new Pipe();
        using var cancel = new CancellationTokenSource();
        var next = new WatchReader(pipe.Reader.AsStream()).NextAsync(cancel.Token).AsTask();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Cancellation));
    }
}
