using System.Text.Json.Nodes;

namespace Flink.Resources.Testing.Servers.Flink;

internal sealed record FlinkRequest(string Method, string Path, string Mode, JsonObject? Body, DateTimeOffset Now);

internal sealed record FlinkAnswer(int Status, string Body)
{
    public static FlinkAnswer Ok(JsonNode json) => new(200, json.ToJsonString());

    public static FlinkAnswer Accepted(string trigger) => new(202, new JsonObject { ["request-id"] = trigger }.ToJsonString());

    public static FlinkAnswer Error(int status, params ReadOnlySpan<string> errors)
    {
        var list = new JsonArray();
        foreach (var error in errors)
        {
            list.Add((JsonNode?)error);
        }
        return new FlinkAnswer(status, new JsonObject { ["errors"] = list }.ToJsonString());
    }
}

/// <summary>Which question gets which answer. Called under the cluster's lock.</summary>
internal static class FlinkRoutes
{
    public static FlinkAnswer Answer(FlinkCluster cluster, List<FlinkJob> jobs, FlinkRequest request) =>
        (request.Method, request.Path.Split('/')) switch
        {
            ("GET", ["overview"]) => FlinkAnswer.Ok(FlinkAnswers.Overview(jobs)),
            ("GET", ["config"]) => FlinkAnswer.Ok(FlinkAnswers.Config()),
            ("GET", ["jobs", "overview"]) => FlinkAnswer.Ok(FlinkAnswers.Jobs(jobs, request.Now)),
            ("GET", ["taskmanagers"]) => FlinkAnswer.Ok(FlinkAnswers.TaskManagers(jobs, request.Now)),
            ("GET", ["jobmanager", "config"]) => FlinkAnswer.Ok(FlinkAnswers.Configuration(cluster.Start.Configuration)),
            ("GET", ["jobmanager", "environment"]) => FlinkAnswer.Ok(FlinkAnswers.Environment()),
            ("GET", [.., "metrics"]) => new FlinkAnswer(200, "[]"),
            ("DELETE", ["cluster"]) => ShutDown(cluster),
            (_, ["jobs", { Length: 32 } id, .. var rest]) => OfJob(jobs.Find(j => j.Id == id), id, request, rest),
            _ => FlinkAnswer.Error(404, $"Unable to load requested file /{request.Path}."),
        };

    private static FlinkAnswer ShutDown(FlinkCluster cluster)
    {
        cluster.ShutDown();
        return new FlinkAnswer(200, "{}");
    }

    private static FlinkAnswer OfJob(FlinkJob? job, string id, FlinkRequest request, string[] rest) => (request.Method, rest) switch
    {
        ("GET", ["savepoints" or "checkpoints", { Length: 32 } trigger]) => Status(job, id, rest[0], trigger, request.Now),
        ("POST", ["savepoints" or "checkpoints" or "stop"]) => Ask(job, id, rest[0], request),
        ("PATCH", []) => Cancel(job, request.Now),
        ("GET" or "PUT", ["resource-requirements"]) => Requirements(job, id, request.Method),
        _ when job is null => NoJob(id),
        ("GET", []) => FlinkAnswer.Ok(FlinkAnswers.Job(job, request.Now)),
        ("GET", ["checkpoints"]) => FlinkAnswer.Ok(FlinkCheckpoints.Statistics(job, request.Now)),
        ("GET", ["checkpoints", "config"]) => FlinkAnswer.Ok(FlinkCheckpoints.Settings(job)),
        ("GET", ["exceptions"]) => FlinkAnswer.Ok(FlinkAnswers.Exceptions(job)),
        _ => FlinkAnswer.Error(404, $"Unable to load requested file /{request.Path}."),
    };

    private static FlinkAnswer NoJob(string id) => FlinkAnswer.Error(
        404, $"org.apache.flink.runtime.rest.NotFoundException: Job {id} not found\n\tat org.apache.flink.runtime.rest.handler.job.AbstractExecutionGraphHandler.lambda$handleRequest$1(AbstractExecutionGraphHandler.java:99)\n");

    private static FlinkAnswer Ask(FlinkJob? job, string id, string kind, FlinkRequest request)
    {
        if (request.Body is not { } body)
        {
            return FlinkAnswer.Error(
                400, "org.apache.flink.runtime.rest.handler.RestHandlerException: Request did not match expected format SavepointTriggerRequestBody.\n\tat org.apache.flink.runtime.rest.handler.AbstractHandler.respondAsLeader(AbstractHandler.java:165)\n");
        }
        var trigger = (string?)body["triggerId"] ?? Http.Identifiers.Hex(id + kind + request.Now.Ticks, 32);
        var directory = (string?)(body["target-directory"] ?? body["targetDirectory"]);
        // An unknown job is accepted too; the operation then fails.
        job?.Ask(kind == "stop" ? "savepoints" : kind, trigger, directory, kind == "stop", request.Now);
        return FlinkAnswer.Accepted(trigger);
    }

    private static FlinkAnswer Status(FlinkJob? job, string id, string kind, string trigger, DateTimeOffset now) =>
        job?.Find(kind, trigger) is { } operation
            ? FlinkAnswer.Ok(FlinkAnswers.Operation(operation, now))
            : FlinkAnswer.Error(
                404, $"org.apache.flink.runtime.rest.handler.RestHandlerException: There is no savepoint operation with triggerId={trigger} for job {id}.\n\tat org.apache.flink.runtime.rest.handler.job.savepoints.SavepointHandlers$SavepointStatusHandler.maybeCreateNotFoundError(SavepointHandlers.java:325)\n");

    private static FlinkAnswer Cancel(FlinkJob? job, DateTimeOffset now)
    {
        switch (job)
        {
            case null:
                return FlinkAnswer.Error(404, "org.apache.flink.runtime.rest.handler.RestHandlerException: Job could not be found.\n\tat org.apache.flink.runtime.rest.handler.job.JobCancellationHandler.lambda$handleRequest$0(JobCancellationHandler.java:128)\n");
            case { HasEnded: true, State: not "CANCELED" }:
                return FlinkAnswer.Error(409, $"org.apache.flink.runtime.rest.handler.RestHandlerException: Job cancellation failed because the job has already reached another terminal state ({job.State}).\n\tat org.apache.flink.runtime.rest.handler.job.JobCancellationHandler.lambda$handleRequest$0(JobCancellationHandler.java:115)\n");
            default:
                job.Cancel(now);
                return new FlinkAnswer(202, "{}");
        }
    }

    private static FlinkAnswer Requirements(FlinkJob? job, string id, string method)
    {
        var call = method == "GET" ? "requestJobResourceRequirements" : "updateJobResourceRequirements";
        var cause = job is null
            ? $"org.apache.flink.runtime.messages.FlinkJobNotFoundException: Could not find Flink job ({id})"
            : "java.lang.UnsupportedOperationException: The DefaultScheduler does not support changing the parallelism without a job restart. This feature is currently only expected to work with the AdaptiveScheduler.";
        return FlinkAnswer.Error(
            500, "Internal server error.", $"<Exception on server side:\n{cause}\n\tat org.apache.flink.runtime.scheduler.SchedulerNG.{call}(SchedulerNG.java:216)\n\nEnd of exception on server side>");
    }
}
