using System.Globalization;
using System.Text.Json;
using Flink.Resources.Http;
using Flink.Resources.Yarn.Submission;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>YARN's words in ours.</summary>
internal static class ReportMapping
{
    public static ApplicationReport Report(JsonElement app, ApplicationHandle handle)
    {
        var state = app.Text("state");
        var final = app.Text("finalStatus");
        var mapped = State(state);
        return new ApplicationReport
        {
            Application = handle,
            Fence = FenceOf(app),
            Name = app.Text("name") ?? string.Empty,
            State = mapped,
            Result = mapped == ApplicationState.Finished ? Result(state, final) : ApplicationResult.Unknown,
            NativeState = mapped == ApplicationState.Finished ? $"{state}/{final}" : state,
            Diagnostics = Diagnostics(app.Text("diagnostics")),
            Queue = app.Text("queue") is { } queue ? (queue.StartsWith("root", StringComparison.Ordinal) ? queue : $"root.{queue}") : null,
            Priority = app.Text("priority") is null ? null : new JobPriority((int)app.Number("priority")),
            User = app.Text("user"),
            StartedAt = Time(app.Number("startedTime")),
            FinishedAt = Time(app.Number("finishedTime")),
            AllocatedMemory = MemorySize.FromMebibytes(Math.Max(0, app.Number("allocatedMB"))),
            AllocatedCpuMillicores = Math.Max(0, app.Number("allocatedVCores")) * 1000,
            Containers = (int)Math.Max(0, app.Number("runningContainers")),
            RestAddress = mapped == ApplicationState.Running && app.Text("amRPCAddress") is { } address
                && address.Contains(':', StringComparison.Ordinal) && !address.Contains('/', StringComparison.Ordinal)
                && Uri.TryCreate($"http://{address}/", UriKind.Absolute, out var uri) && uri.Port > 0
                    ? uri
                    : null,
        };
    }

    public static ApplicationState State(string? state) => state switch
    {
        "NEW" or "NEW_SAVING" or "SUBMITTED" or "ACCEPTED" => ApplicationState.Starting,
        "RUNNING" or "FINAL_SAVING" or "FINISHING" or "KILLING" => ApplicationState.Running,
        "FINISHED" or "FAILED" or "KILLED" => ApplicationState.Finished,
        _ => ApplicationState.Unknown,
    };

    /// <summary>Flink ends its application in state FINISHED whatever became of the job; a cancelled job has final status KILLED.</summary>
    private static ApplicationResult Result(string? state, string? final) => (state, final) switch
    {
        ("KILLED", _) => ApplicationResult.Killed,
        ("FAILED", _) or ("FINISHED", "FAILED") => ApplicationResult.Failed,
        ("FINISHED", "SUCCEEDED") => ApplicationResult.Succeeded,
        ("FINISHED", "KILLED") => ApplicationResult.Canceled,
        _ => ApplicationResult.Unknown,
    };

    private static Fence? FenceOf(JsonElement app)
    {
        var epoch = app.Text("applicationTags")?.Split(',')
            .FirstOrDefault(static t => t.StartsWith(ApplicationSubmission.EpochTag, StringComparison.Ordinal));
        return epoch is not null
            && JobKey.TryParse(app.Text("name"), out var job)
            && long.TryParse(epoch.AsSpan(ApplicationSubmission.EpochTag.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                ? new Fence(job, n)
                : null;
    }

    private static string? Diagnostics(string? text) => string.IsNullOrWhiteSpace(text) ? null : BackendHttp.Shorten(text, 2000);

    private static DateTimeOffset? Time(long milliseconds) =>
        milliseconds > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
}
