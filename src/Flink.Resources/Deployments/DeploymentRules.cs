namespace Flink.Resources;

/// <summary>What is wrong with a request for a start or a stop, all of it at once.</summary>
internal static class DeploymentRules
{
    /// <summary>Checks a request.</summary>
    /// <exception cref="ArgumentException">Something is wrong.</exception>
    public static void Check(DeploymentRequest request, IBackendCatalog backends)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = new List<SpecError>();
        switch (request.Kind)
        {
            case DeploymentKind.Start:
                CheckStart(request, backends, errors);
                break;
            case DeploymentKind.Stop or DeploymentKind.Remove:
                CheckBackend("Copy.Application.Backend", request.Copy?.Application.Backend, backends, errors);
                if (request.Kind == DeploymentKind.Stop && (!Uri.TryCreate(request.SnapshotDirectory, UriKind.Absolute, out var directory) || directory.IsFile))
                {
                    errors.Add(new SpecError("SnapshotDirectory", request.SnapshotDirectory, "a URI of storage that every backend reaches, such as hdfs://ns1/flink/savepoints"));
                }
                break;
            default:
                errors.Add(new SpecError("Kind", request.Kind.ToString(), "Start, Stop or Remove"));
                break;
        }
        CheckTimes(request.Options, errors);
        if (errors.Count > 0)
        {
            throw new ArgumentException($"The {request.Kind} of {request.Job} can't be begun. {string.Join("; ", errors)}", nameof(request));
        }
    }

    private static void CheckStart(DeploymentRequest request, IBackendCatalog backends, List<SpecError> errors)
    {
        CheckBackend("Backend", request.Backend, backends, errors);
        if (request.Restore is null)
        {
            errors.Add(new SpecError("Restore", null, "a snapshot, or RestorePoint.None for a start without state"));
        }
        if (request.Spec is not { } spec)
        {
            errors.Add(new SpecError("Spec", null, "what starts the job"));
            return;
        }
        if (spec.Job != request.Job)
        {
            errors.Add(new SpecError("Spec.Job", spec.Job.Value, $"{request.Job}, which is to be started"));
        }
        foreach (var (map, entries) in new[] { ("Configuration", spec.Configuration), ("Environment", spec.Environment) })
        {
            foreach (var key in entries.Keys.Where(MoveRequestRules.IsSecret))
            {
                errors.Add(new SpecError($"Spec.{map}[{key}]", "***", "no secret, since it would stand in the journal: put it into the backend's profile, or a Secret of the cluster"));
            }
        }
    }

    private static void CheckBackend(string field, string? name, IBackendCatalog backends, List<SpecError> errors)
    {
        if (name is null || !backends.TryGet(name, out _))
        {
            errors.Add(new SpecError(field, name, $"one of {string.Join(", ", backends.Backends.Select(static b => b.Info.Name))}"));
        }
    }

    private static void CheckTimes(DeploymentOptions options, List<SpecError> errors)
    {
        foreach (var (field, value, least) in new[]
        {
            (nameof(options.CheckTimeout), options.CheckTimeout, TimeSpan.FromSeconds(1)),
            (nameof(options.PreparationTimeout), options.PreparationTimeout, TimeSpan.FromSeconds(1)),
            (nameof(options.SubmissionTimeout), options.SubmissionTimeout, TimeSpan.FromSeconds(1)),
            (nameof(options.VerificationTimeout), options.VerificationTimeout, TimeSpan.FromSeconds(1)),
            (nameof(options.StopTimeout), options.StopTimeout, TimeSpan.FromSeconds(1)),
            (nameof(options.DeathTimeout), options.DeathTimeout, TimeSpan.FromSeconds(1)),
            (nameof(options.PollInterval), options.PollInterval, TimeSpan.FromMilliseconds(50)),
        })
        {
            if (value < least)
            {
                errors.Add(new SpecError($"Options.{field}", $"{value:c}", $"at least {least:c}"));
            }
        }
    }
}
