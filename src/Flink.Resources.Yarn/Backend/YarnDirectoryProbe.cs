using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Flink.Resources.Flink;
using Flink.Resources.Http;
using Flink.Resources.Yarn.Submission;
using Flink.Resources.Yarn.Wire;

namespace Flink.Resources.Yarn;

/// <summary>
/// Tries a directory from an application of one container that has what the JobManager's would have: user, libraries, configuration,
/// environment, queue. Its exit code and its last words come with the application's diagnostics.
/// </summary>
internal sealed partial class YarnDirectoryProbe(YarnPlace place, YarnPreparation preparation) : IDirectoryProbe
{
    private const int MemoryMebibytes = 512;
    private const string Submitted = "application";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public async Task<DirectoryProbeOutcome> ProbeAsync(DirectoryProbeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        DirectoryProbeProgram.CheckName(request.Name);
        try
        {
            var errors = await preparation.CheckPlaceAsync(request.Spec, cancellationToken).ConfigureAwait(false);
            if (!request.Directory.All(static c => char.IsAsciiLetterOrDigit(c) || ":/._-+=,@%~".Contains(c, StringComparison.Ordinal)))
            {
                errors.Add(new SpecError("Directory", request.Directory, "letters, digits and :/._-+=,@%~ only: it travels in the command of a container"));
            }
            return errors.Count > 0
                ? new DirectoryProbeOutcome.Refused([.. errors])
                : await RunAsync(request, $"{place.Root}/probes/{request.Name}", cancellationToken).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return new DirectoryProbeOutcome.Indeterminate(place.Seen(exception.Message));
        }
    }

    private async Task<DirectoryProbeOutcome> RunAsync(DirectoryProbeRequest request, string staging, CancellationToken cancellationToken)
    {
        await RemoveAsync(staging, cancellationToken).ConfigureAwait(false);
        try
        {
            var (id, _) = await place.ResourceManager.NewApplicationAsync(cancellationToken).ConfigureAwait(false);
            await place.Hdfs.MakeDirectoryAsync(staging, cancellationToken).ConfigureAwait(false);
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(id));
            // First: who takes this name up again finds what may run.
            await place.Hdfs.WriteAsync($"{staging}/{Submitted}", content, cancellationToken).ConfigureAwait(false);
            var input = await preparation.StageProbeAsync(
                request.Spec, staging, id, (DirectoryProbeProgram.ClassFile, DirectoryProbeProgram.Bytes()), cancellationToken).ConfigureAwait(false);
            var answer = await place.ResourceManager.SubmitAsync(Submission(input, request), cancellationToken).ConfigureAwait(false);
            return answer.Status == HttpStatusCode.Accepted
                ? await AwaitAsync(id, request.Directory, cancellationToken).ConfigureAwait(false)
                : new DirectoryProbeOutcome.Indeterminate(place.Seen($"The ResourceManager answered {(int)answer.Status} {answer.Exception}: {answer.Message}"));
        }
        finally
        {
            await TidyAsync(staging).ConfigureAwait(false);
        }
    }

    private async Task<DirectoryProbeOutcome> AwaitAsync(string id, string directory, CancellationToken cancellationToken)
    {
        var start = place.TimeProvider.GetTimestamp();
        JsonElement? app = null;
        while (place.TimeProvider.GetElapsedTime(start) < Limit)
        {
            app = await place.ResourceManager.FindAsync(id, cancellationToken).ConfigureAwait(false);
            if (app is { } found && ReportMapping.State(found.Text("state")) == ApplicationState.Finished)
            {
                var diagnostics = found.Text("diagnostics") ?? string.Empty;
                return ExitCode().Match(diagnostics) is { Success: true } exit
                    ? DirectoryProbeProgram.Outcome(int.Parse(exit.Groups["code"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), directory, WordsOf(diagnostics), place.Seen)
                    : new DirectoryProbeOutcome.Indeterminate(place.Seen($"{id} ended without a word of the probe: {BackendHttp.Shorten(diagnostics, 800)}"));
            }
            await Task.Delay(Poll, place.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        return new DirectoryProbeOutcome.Indeterminate(place.Seen(
            $"{id} did not end within {Limit.TotalSeconds:0} s: {app?.Text("state")}, {BackendHttp.Shorten(app?.Text("diagnostics") ?? string.Empty, 400)}"));
    }

    /// <summary>The NodeManager appends the tail of stderr to the diagnostics of a container that failed.</summary>
    private static string? WordsOf(string diagnostics)
    {
        var at = diagnostics.LastIndexOf(DirectoryProbeProgram.Mark, StringComparison.Ordinal);
        return at < 0 ? null : BackendHttp.Shorten(diagnostics[(at + DirectoryProbeProgram.Mark.Length)..].Split('\n')[0], 800);
    }

    private static JsonObject Submission(SubmissionInput input, DirectoryProbeRequest request)
    {
        var body = ApplicationSubmission.Build(input);
        body["application-name"] = $"directory-probe {request.Name}";
        body["application-type"] = "Flink directory probe";
        body["application-tags"] = new JsonObject { ["tag"] = new JsonArray("flink-resources-probe") };
        body["max-app-attempts"] = 1;
        body["keep-containers-across-application-attempts"] = false;
        body["resource"] = new JsonObject { ["memory"] = MemoryMebibytes, ["vCores"] = 1 };
        body["am-container-spec"]!["commands"]!["command"] = string.Join(
            ' ',
            "$JAVA_HOME/bin/java -Xmx256m", DirectoryProbeProgram.JavaOptions(input.Configuration), "-XX:+IgnoreUnrecognizedVMOptions",
            "-Dlog.file=<LOG_DIR>/probe.log -Dlog4j.configurationFile=file:log4j.properties", DirectoryProbeProgram.ClassName,
            ".", request.Directory, "1> <LOG_DIR>/probe.out 2> <LOG_DIR>/stderr");
        return body;
    }

    /// <summary>Ends what a call with this name left, and removes its files.</summary>
    private async Task RemoveAsync(string staging, CancellationToken cancellationToken)
    {
        if (await place.Hdfs.ReadAsync($"{staging}/{Submitted}", cancellationToken).ConfigureAwait(false) is { } left)
        {
            var id = Encoding.UTF8.GetString(left);
            if (await place.ResourceManager.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } app
                && ReportMapping.State(app.Text("state")) != ApplicationState.Finished)
            {
                await place.ResourceManager.KillAsync(id, cancellationToken).ConfigureAwait(false);
            }
        }
        await place.Hdfs.DeleteAsync(staging, cancellationToken).ConfigureAwait(false);
    }

    private async Task TidyAsync(string staging)
    {
        try
        {
            await RemoveAsync(staging, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ResourceBackendException)
        {
            // The application ends by itself; the next call with this name removes its files.
        }
    }

    [GeneratedRegex(@"exitCode:\s*(?<code>-?[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ExitCode();
}
