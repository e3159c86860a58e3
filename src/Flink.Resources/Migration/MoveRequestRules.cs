using System.Globalization;
using Flink.Resources.Health;

namespace Flink.Resources;

/// <summary>What is wrong with a request for a move, all of it at once.</summary>
internal static class MoveRequestRules
{
    /// <summary>Parts of keys whose values are secrets: Flink's own list (<c>GlobalConfiguration</c>), and what passwords are called elsewhere.</summary>
    private static readonly string[] _secretParts =
    [
        "password", "passwd", "secret", "fs.azure.account.key", "apikey", "api-key", "auth-params", "service-key", "token", "basic-auth",
        "jaas.config", "http-headers", "access-key", "accesskey", "private-key", "credential",
    ];

    /// <summary>Checks a request.</summary>
    /// <exception cref="ArgumentException">Something is wrong.</exception>
    public static void Check(MoveRequest request, IBackendCatalog backends)
    {
        ArgumentNullException.ThrowIfNull(request);
        var errors = new List<SpecError>();
        CheckBackend("Source.Application.Backend", request.Source.Application.Backend, backends, errors);
        CheckBackend("TargetBackend", request.TargetBackend, backends, errors);
        CheckSpec("SourceSpec", request.SourceSpec, request.Job, errors);
        CheckSpec("TargetSpec", request.TargetSpec, request.Job, errors);
        if (!Uri.TryCreate(request.SnapshotDirectory, UriKind.Absolute, out var directory) || directory.IsFile)
        {
            errors.Add(new SpecError("SnapshotDirectory", request.SnapshotDirectory, "a URI of storage that both backends reach, such as hdfs://ns1/flink/savepoints"));
        }
        var options = request.Options;
        CheckTime(nameof(options.ValidationTimeout), options.ValidationTimeout, TimeSpan.FromSeconds(1), errors);
        CheckTime(nameof(options.PreparationTimeout), options.PreparationTimeout, TimeSpan.FromSeconds(1), errors);
        CheckTime(nameof(options.CycleTimeout), options.CycleTimeout, TimeSpan.FromSeconds(1), errors);
        CheckTime(nameof(options.StopTimeout), options.StopTimeout, TimeSpan.FromSeconds(1), errors);
        CheckTime(nameof(options.DeathTimeout), options.DeathTimeout, TimeSpan.FromSeconds(1), errors);
        CheckTime(nameof(options.SubmissionTimeout), options.SubmissionTimeout, TimeSpan.FromSeconds(1), errors);
        CheckTime(nameof(options.RestoreTimeout), options.RestoreTimeout, TimeSpan.FromSeconds(1), errors);
        CheckTime(nameof(options.PollInterval), options.PollInterval, TimeSpan.FromMilliseconds(50), errors);
        CheckTime(nameof(options.Soak), options.Soak, TimeSpan.Zero, errors);
        CheckTime(nameof(options.Baseline), options.Baseline, TimeSpan.Zero, errors);
        if (options.Baseline > TimeSpan.FromDays(1))
        {
            errors.Add(new SpecError("Options.Baseline", options.Baseline.ToString("c", CultureInfo.InvariantCulture), "at most one day; give a KnownBaseline for more"));
        }
        if (options.LagSlo is { } slo)
        {
            CheckTime(nameof(options.LagSlo), slo, TimeSpan.FromMilliseconds(1), errors);
        }
        if (options.Health is { } health)
        {
            errors.AddRange(HealthOptionsValidator.Validate(health).Select(static e => new SpecError("Options.Health", e, "within its range")));
        }
        if (errors.Count > 0)
        {
            throw new ArgumentException($"The move of {request.Job} can't be begun. {string.Join("; ", errors)}", nameof(request));
        }
    }

    /// <summary>Whether the value of a key must not be written down.</summary>
    public static bool IsSecret(string key) =>
        // Names of Secrets are no secrets.
        key is not ("kubernetes.env.secretKeyRef" or "kubernetes.secrets")
        && _secretParts.Any(p => key.Contains(p, StringComparison.OrdinalIgnoreCase));

    private static void CheckBackend(string field, string name, IBackendCatalog backends, List<SpecError> errors)
    {
        if (!backends.TryGet(name, out _))
        {
            errors.Add(new SpecError(field, name, $"one of {string.Join(", ", backends.Backends.Select(static b => b.Info.Name))}"));
        }
    }

    private static void CheckSpec(string field, ApplicationSpec spec, JobKey job, List<SpecError> errors)
    {
        if (spec.Job != job)
        {
            errors.Add(new SpecError($"{field}.Job", spec.Job.Value, $"{job}, which is to be moved"));
        }
        foreach (var (map, entries) in new[] { ("Configuration", spec.Configuration), ("Environment", spec.Environment) })
        {
            foreach (var key in entries.Keys.Where(IsSecret))
            {
                errors.Add(new SpecError($"{field}.{map}[{key}]", "***", "no secret, since it would stand in the journal: put it into the backend's profile, or a Secret of the cluster"));
            }
        }
    }

    private static void CheckTime(string field, TimeSpan value, TimeSpan least, List<SpecError> errors)
    {
        if (value < least)
        {
            errors.Add(new SpecError($"Options.{field}", value.ToString("c", CultureInfo.InvariantCulture), $"at least {least.ToString("c", CultureInfo.InvariantCulture)}"));
        }
    }
}
