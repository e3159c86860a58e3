using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Flink.Resources.Eligibility;

public sealed class DirectoryTriesTests
{
    private readonly DirectoryTries _tries = new();
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly Channel<TaskCompletionSource<Lookup<DirectoryProbeStep>>> _waiting = Channel.CreateUnbounded<TaskCompletionSource<Lookup<DirectoryProbeStep>>>();

    private static Lookup<DirectoryProbeStep> Good => Lookup.Found(DirectoryProbeStep.Unknown, new Evidence("k8s-east", DateTimeOffset.UnixEpoch, "All went well."));

    private static Lookup<DirectoryProbeStep> Bad => Lookup.Found(DirectoryProbeStep.Write, new Evidence("k8s-east", DateTimeOffset.UnixEpoch, "Permission denied."));

    [Fact]
    public async Task Try_ThatWentWell_IsBelievedOfTheGroup_AndSaysWhoseItWas()
    {
        var (first, second) = (TryAsync("/a"), TryAsync("/b"));
        await AnswerAsync(Good);
        var third = TryAsync("/c");

        Assert.Equal(["/a"], _asked);
        Assert.Equal("All went well.", (await first).Evidence.Seen);
        Assert.Equal("All went well. That was /a; this one was not tried by itself: a move does so before it stops its source.", (await second).Evidence.Seen);
        Assert.Equal(DirectoryProbeStep.Unknown, (await third).Match(static s => s, static _ => DirectoryProbeStep.Delete, static _ => DirectoryProbeStep.Delete));
    }

    [Fact]
    public async Task Try_OfAnotherGroupOrBackend_IsItsOwn()
    {
        var tried = new[] { TryAsync("/a"), TryAsync("/b", group: "other"), TryAsync("/c", backend: "yarn-east") };
        await AnswerAsync(Bad, Good, Good);

        Assert.Equal(["/a", "/b", "/c"], _asked);
        Assert.Equal(["Permission denied.", "All went well.", "All went well."], (await Task.WhenAll(tried)).Select(static t => t.Evidence.Seen));
    }

    /// <summary>It may have been the first one's own directory.</summary>
    [Fact]
    public async Task Try_ThatDidNotGoWell_LetsTheNextTryItsOwn()
    {
        var tried = new[] { TryAsync("/a"), TryAsync("/b"), TryAsync("/c") };
        await AnswerAsync(Bad);
        await AnswerAsync(Good);

        var told = await Task.WhenAll(tried).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(["/a", "/b"], _asked);
        Assert.Equal(["Permission denied.", "All went well."], told[..2].Select(static t => t.Evidence.Seen));
        Assert.StartsWith("All went well. That was /b; ", told[2].Evidence.Seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tries_ThatNeverGoWell_EndAfterThree()
    {
        var tried = new[] { TryAsync("/a"), TryAsync("/b"), TryAsync("/c"), TryAsync("/d"), TryAsync("/e") };
        await AnswerAsync(Bad);
        await AnswerAsync(Lookup.Unknown<DirectoryProbeStep>(new Evidence("k8s-east", DateTimeOffset.UnixEpoch, "No room.")));
        await AnswerAsync(Bad);

        var told = await Task.WhenAll(tried).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(["/a", "/b", "/c"], _asked);
        Assert.All(told[3..], static t => Assert.StartsWith("Permission denied. That was /c; ", t.Evidence.Seen, StringComparison.Ordinal));
        Assert.Equal(LookupStatus.Unknown, told[1].Status);
    }

    [Fact]
    public async Task Try_ThatWasCalledOff_TellsNothing_AndTheNextGoesOn()
    {
        var (first, second) = (TryAsync("/a"), TryAsync("/b"));
        (await _waiting.Reader.ReadAsync(TestContext.Current.CancellationToken)).SetCanceled(TestContext.Current.CancellationToken);
        await AnswerAsync(Good);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("All went well.", (await second).Evidence.Seen);
    }

    private Task<Lookup<DirectoryProbeStep>> TryAsync(string directory, string group = "one", string backend = "k8s-east") => _tries.TryAsync(
        backend,
        group,
        directory,
        () =>
        {
            var answer = new TaskCompletionSource<Lookup<DirectoryProbeStep>>();
            _asked.Enqueue(directory);
            _waiting.Writer.TryWrite(answer);
            return answer.Task;
        },
        TestContext.Current.CancellationToken);

    /// <summary>Answers tries as they come.</summary>
    private async Task AnswerAsync(params Lookup<DirectoryProbeStep>[] answers)
    {
        foreach (var answer in answers)
        {
            (await _waiting.Reader.ReadAsync(TestContext.Current.CancellationToken)).SetResult(answer);
        }
    }
}
