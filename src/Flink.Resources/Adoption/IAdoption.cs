using System.Collections.Immutable;
using Flink.Resources.Translation;

namespace Flink.Resources;

/// <summary>Takes up jobs that somebody else started: reads what they are, and says how they can be moved. Touches nothing.</summary>
public interface IAdoption
{
    /// <summary>Reads a running application as a job: what its cluster and its JobManager say of it.</summary>
    /// <param name="application">The application.</param>
    /// <param name="job">The job that it is from now on.</param>
    /// <param name="kind">How it lives.</param>
    /// <param name="variables">What is known of its containers' environment.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>Absent when the application has ended or is not there, Unknown when somebody did not answer.</returns>
    /// <exception cref="KeyNotFoundException">No backend has that name.</exception>
    Task<Lookup<SourceJob>> DescribeAsync(
        ApplicationHandle application, JobKey job, JobKind kind, ImmutableSortedDictionary<string, string> variables, CancellationToken cancellationToken = default);

    /// <summary>Describes an application, translates its definition for the target, and makes the request for its move.</summary>
    /// <param name="request">The application, and where its job shall run.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="KeyNotFoundException">No backend has that name.</exception>
    /// <exception cref="ArgumentException">The two places are not one on YARN and one on Kubernetes, or the digest key is too short.</exception>
    Task<AdoptionOutcome> PlanAsync(AdoptionRequest request, CancellationToken cancellationToken = default);
}

internal sealed class Adoption(IBackendCatalog backends, TimeProvider timeProvider) : IAdoption
{
    public async Task<Lookup<SourceJob>> DescribeAsync(
        ApplicationHandle application, JobKey job, JobKind kind, ImmutableSortedDictionary<string, string> variables, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        ArgumentNullException.ThrowIfNull(variables);
        var backend = backends.GetRequired(application.Backend);
        try
        {
            var found = await backend.FindAsync(application, cancellationToken).ConfigureAwait(false);
            return await found.Match(
                r => DescribeAsync(backend, r, job, kind, variables, cancellationToken),
                static e => Task.FromResult(Lookup.Absent<SourceJob>(e)),
                static e => Task.FromResult(Lookup.Unknown<SourceJob>(e))).ConfigureAwait(false);
        }
        catch (ResourceBackendException exception)
        {
            return Lookup.Unknown<SourceJob>(new Evidence(application.Backend, timeProvider.GetUtcNow(), exception.Message));
        }
    }

    public async Task<AdoptionOutcome> PlanAsync(AdoptionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var target = backends.GetRequired(request.TargetBackend);
        var described = await DescribeAsync(request.Application, request.Job, request.Kind, request.Variables, cancellationToken).ConfigureAwait(false);
        return described.Match(
            s => Plan(request, s, target),
            static e => new AdoptionOutcome.Refused([new SpecError("Application", e.Seen, "an application that runs")], null),
            static e => new AdoptionOutcome.Unknown(e));
    }

    private AdoptionOutcome Plan(AdoptionRequest request, SourceJob source, IResourceBackend target)
    {
        var own = SourceDefinition.Read(source, request.SuppliedKeys);
        var errors = own is SourceDefinitionResult.Incomplete incomplete ? incomplete.Errors.Select(static e => e with { Field = $"Source.{e.Field}" }) : [];
        if (target.Info.Kind != request.Target.Backend)
        {
            errors = errors.Append(new SpecError("Target.Backend", request.Target.Backend.ToString(), $"{target.Info.Name} is {target.Info.Kind}"));
        }
        var profile = request.TargetJar is { } jar && JarOf(source, own) is { } here
            ? request.Target with { Artifacts = request.Target.Artifacts.SetItem(here, jar) }
            : request.Target;
        var translated = JobTranslator.Translate(source, profile, request.DigestKey);
        if (translated is TranslationResult.Blocked blocked)
        {
            errors = errors.Concat(blocked.Blockers.Select(static b => b with { Field = $"Target.{b.Field}" }));
        }
        var all = errors.ToImmutableArray();
        return (own, translated) is (SourceDefinitionResult.Complete { Spec: var before }, TranslationResult.Translated { Spec: var after }) && all.IsEmpty
            ? new AdoptionOutcome.Ready(
                new MoveRequest
                {
                    Job = request.Job,
                    Source = new CopyRef(request.Application),
                    SourceSpec = before,
                    TargetBackend = request.TargetBackend,
                    TargetSpec = after,
                    SnapshotDirectory = request.SnapshotDirectory,
                    // The files of its start are not ours: they go with its end, or with its client.
                    KeepSourceFiles = backends.GetRequired(request.Application.Backend).TryGetFeature<IDefinitionKeeper>(out _),
                    Options = request.Options,
                },
                translated.Report)
            : new AdoptionOutcome.Refused(all, translated.Report);
    }

    private static string? JarOf(SourceJob source, SourceDefinitionResult own) =>
        source.Jar?.Uri ?? (own as SourceDefinitionResult.Complete)?.Spec.Jar.Uri;

    private async Task<Lookup<SourceJob>> DescribeAsync(
        IResourceBackend backend, ApplicationReport report, JobKey job, JobKind kind, ImmutableSortedDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        var connected = await backend.ConnectAsync(report.Application, cancellationToken).ConfigureAwait(false);
        return await connected.Match(
            async c => Lookup.Found(
                await ReadAsync(backend, report, c, job, kind, variables, cancellationToken).ConfigureAwait(false),
                new Evidence(backend.Info.Name, timeProvider.GetUtcNow(), $"{report.Application} was read through its JobManager.")),
            static e => Task.FromResult(Lookup.Absent<SourceJob>(e)),
            static e => Task.FromResult(Lookup.Unknown<SourceJob>(e))).ConfigureAwait(false);
    }

    private static async Task<SourceJob> ReadAsync(
        IResourceBackend backend, ApplicationReport report, IFlinkCluster cluster, JobKey job, JobKind kind, ImmutableSortedDictionary<string, string> variables, CancellationToken cancellationToken)
    {
        var overview = await cluster.GetOverviewAsync(cancellationToken).ConfigureAwait(false);
        var configuration = await cluster.GetConfigurationAsync(cancellationToken).ConfigureAwait(false);
        var flink = await cluster.GetEnvironmentAsync(cancellationToken).ConfigureAwait(false);
        var workers = await cluster.GetTaskManagersAsync(cancellationToken).ConfigureAwait(false);
        var environment = JobEnvironment.Of(flink, variables);
        return new SourceJob
        {
            Job = job,
            Kind = kind,
            Backend = backend.Info.Kind,
            FlinkVersion = overview.FlinkVersion,
            Configuration = configuration,
            Queue = report.Queue,
            Priority = report.Priority,
            // Configured sizes first; a TaskManager that tells its own serves where none is configured.
            TaskManager = workers.Select(static w => w.ProcessMemory).FirstOrDefault(static m => m is { Bytes: > 0 }) is { } memory ? new ObservedContainer(memory) : null,
            Environment = environment with
            {
                TimeZone = variables.GetValueOrDefault("TZ") ?? environment.TimeZone,
                User = environment.User ?? report.User,
            },
        };
    }
}
