using System.Globalization;

namespace Flink.Resources.Flink;

/// <summary>
/// The arithmetic against Flink's own: each line of flink-memory.txt is a configuration and what JobManagerProcessUtils and
/// TaskExecutorProcessUtils of Flink 1.20.5 make of it (bytes, or a refusal), and where they differ those of 2.3.0 after a bar.
/// </summary>
public sealed class FlinkMemoryTests
{
    private const long Mebibyte = 1L << 20;

    private static readonly Line[] _lines = [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Flink", "flink-memory.txt")).Select(Line.Parse)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Division_IsFlinks(bool isFirst)
    {
        Assert.All(_lines, line => Assert.Equal((line.Text, isFirst ? line.First : line.Second), (line.Text, Divided(line, isFirst))));
        Assert.InRange(_lines.Count(static l => l.First == "refused"), 50, _lines.Length - 50);
    }

    [Fact]
    public void Refusal_NamesTheSmallestSizeThatDoes()
    {
        var named = 0;
        foreach (var line in _lines)
        {
            var error = line.Check();
            Assert.Equal(line.First == "refused", error is not null);
            if (error is { Field: "JobManager.Memory" or "TaskManager.Memory" } && error.Expected.StartsWith("at ", StringComparison.Ordinal))
            {
                named++;
                var size = MemorySize.Parse(error.Expected.Split([' ', ':'])[2]);
                Assert.True(line.Check(size) is null, $"{line.Text}: {error}");
                var beyond = error.Expected.StartsWith("at least", StringComparison.Ordinal) ? -Mebibyte : Mebibyte;
                Assert.True(line.Check(new MemorySize(size.Bytes + beyond)) is not null, $"{line.Text}: {error}");
            }
        }
        Assert.InRange(named, 30, _lines.Length);
    }

    [Theory]
    [InlineData("jm jobmanager.memory.process.size=600m", null, null)]
    [InlineData("jm jobmanager.memory.process.size=578m", "JobManager.Memory", "at least 579m: 576m of it are not heap (metaspace 256m, overhead 192m, off-heap 128m), and Flink recommends 128m of heap.")]
    [InlineData("jm jobmanager.memory.process.size=512m jobmanager.memory.jvm-metaspace.size=128m jobmanager.memory.jvm-overhead.min=96m jobmanager.memory.off-heap.size=64m", null, null)]
    [InlineData("jm jobmanager.memory.process.size=700m jobmanager.memory.jvm-metaspace.size=512m", "JobManager.Memory", "at least 835m: 832m of it are not heap")]
    [InlineData("jm jobmanager.memory.process.size=4g jobmanager.memory.heap.size=1g", "JobManager.Memory", "at most 2432m: the keys give 1152m to Flink")]
    [InlineData("jm jobmanager.memory.process.size=4g jobmanager.memory.jvm-overhead.min=2g", "Configuration[jobmanager.memory.jvm-overhead.min]", "it is above jobmanager.memory.jvm-overhead.max, which is 1g.")]
    [InlineData("jm jobmanager.memory.process.size=4g jobmanager.memory.off-heap.size=lots", "Configuration[jobmanager.memory.off-heap.size]", "write a memory size such as 1600m.")]
    [InlineData("jm jobmanager.memory.process.size=1g jobmanager.memory.flink.size=100m", "Configuration[jobmanager.memory.flink.size]", "at least 131m: 128m of it are off-heap.")]
    [InlineData("tm taskmanager.memory.process.size=640m", "TaskManager.Memory", "at least 982m: Flink takes 256m for metaspace, 192m for overhead, 128m of heap and 128m off-heap for itself, 76m of managed memory, and 64m for network.")]
    [InlineData("tm taskmanager.memory.process.size=982m", null, null)]
    [InlineData("tm taskmanager.memory.process.size=8g taskmanager.memory.managed.fraction=0.5 taskmanager.memory.network.fraction=0.6", "TaskManager.Memory", "other keys of taskmanager.memory.*: no size does.")]
    public void Check_SaysWhatIsRight(string text, string? field, string? expected)
    {
        var error = Line.Parse($"{text} => ?").Check();

        Assert.Equal(field, error?.Field);
        Assert.StartsWith(expected ?? string.Empty, error?.Expected ?? string.Empty, StringComparison.Ordinal);
    }

    private static string Divided(Line line, bool isFirst)
    {
        try
        {
            if (line.IsJobManager)
            {
                var jm = FlinkMemory.ForJobManager(line.Configuration);
                return Bytes(jm.Heap, jm.OffHeap, jm.Metaspace, jm.Overhead, jm.Process);
            }
            var tm = FlinkMemory.ForTaskManager(line.Configuration, countsBuffers: isFirst);
            return Bytes(tm.FrameworkHeap + tm.TaskHeap, tm.TaskHeap, tm.TaskOffHeap, tm.Network, tm.Managed, tm.Metaspace, tm.Overhead, tm.Process);
        }
        catch (FormatException)
        {
            return "refused";
        }
    }

    private static string Bytes(params long[] sizes) => string.Join(',', sizes.Select(static s => s.ToString(CultureInfo.InvariantCulture)));

    private sealed record Line(string Text, bool IsJobManager, Dictionary<string, string> Configuration, string First, string Second)
    {
        public static Line Parse(string line)
        {
            var parts = line.Split(" => ");
            var results = parts[1].Split(" | ");
            var words = parts[0].Split(' ');
            return new Line(parts[0], words[0] == "jm", words[1..].Select(static w => w.Split('=')).ToDictionary(static w => w[0], static w => w[1]), results[0], results[^1]);
        }

        public SpecError? Check(MemorySize? process = null)
        {
            var configuration = new Dictionary<string, string>(Configuration, StringComparer.Ordinal);
            if (process is { } size)
            {
                configuration[$"{(IsJobManager ? "job" : "task")}manager.memory.process.size"] = size.ToString();
            }
            return IsJobManager ? FlinkMemory.CheckJobManager(configuration) : FlinkMemory.CheckTaskManager(configuration, countsBuffers: true);
        }
    }
}
