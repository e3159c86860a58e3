using Microsoft.Extensions.Options;

namespace Flink.Resources.Kubernetes;

/// <summary>Checks all options at start and names every mistake at once.</summary>
internal sealed class KubernetesOptionsValidator : IValidateOptions<KubernetesOptions>
{
    public ValidateOptionsResult Validate(string? name, KubernetesOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        void Require(bool right, string error)
        {
            if (!right)
            {
                result.AddError($"Kubernetes backend '{name}': {error}");
            }
        }

        Require(KubernetesNames.IsLabel(options.Namespace), $"Namespace '{options.Namespace}' must be a DNS label, such as flink-jobs.");
        Require(KubernetesNames.IsSubdomain(options.ServiceAccount), $"ServiceAccount '{options.ServiceAccount}' must be a DNS name.");
        Require(
            Uri.TryCreate(options.HighAvailabilityDirectory, UriKind.Absolute, out _),
            $"HighAvailabilityDirectory '{options.HighAvailabilityDirectory}' must be an absolute URI of durable storage, such as hdfs://nn:8020/flink/ha. "
            + "Without it a JobManager whose container restarts would run its job again.");
        Require(double.IsFinite(options.CpuLimitFactor) && options.CpuLimitFactor >= 1, FormattableString.Invariant($"CpuLimitFactor {options.CpuLimitFactor} must be at least 1."));
        Require(
            options.AttemptTimeout >= TimeSpan.FromMilliseconds(100) && options.AttemptTimeout <= TimeSpan.FromMinutes(5),
            $"AttemptTimeout {options.AttemptTimeout} must be 0.1 seconds to 5 minutes.");
        Require(options.CallTimeout >= options.AttemptTimeout, $"CallTimeout {options.CallTimeout} must not be below AttemptTimeout {options.AttemptTimeout}.");
        Require(options.CircuitFailures is >= 2 and <= 1000, $"CircuitFailures {options.CircuitFailures} must be 2 to 1000.");
        Require(
            options.CircuitBreak >= TimeSpan.FromMilliseconds(500) && options.CircuitBreak <= TimeSpan.FromMinutes(1),
            $"CircuitBreak {options.CircuitBreak} must be 0.5 seconds to 1 minute.");
        Require(options.RemoveTimeout > TimeSpan.Zero, $"RemoveTimeout {options.RemoveTimeout} must be positive.");
        Require(options.FlinkTimeout > TimeSpan.Zero, $"FlinkTimeout {options.FlinkTimeout} must be positive.");
        Require(Enum.IsDefined(options.RestAccess), $"RestAccess '{options.RestAccess}' must be ApiServerProxy or Direct.");
        Require(options.Holder is null || !string.IsNullOrWhiteSpace(options.Holder), "Holder must not be blank.");
        foreach (var (queue, target) in options.Queues)
        {
            Require(KubernetesNames.IsLabel(target), $"Queues[{queue}] '{target}' must be a namespace, a DNS label.");
        }
        foreach (var (priority, priorityClass) in options.PriorityClasses)
        {
            Require(KubernetesNames.IsSubdomain(priorityClass), $"PriorityClasses[{priority}] '{priorityClass}' must be the name of a PriorityClass.");
        }
        foreach (var (queue, priorityClass) in options.QueuePriorityClasses)
        {
            Require(KubernetesNames.IsSubdomain(priorityClass), $"QueuePriorityClasses[{queue}] '{priorityClass}' must be the name of a PriorityClass.");
        }
        Require(options.Profiles.Count > 0, "Profiles is empty: name the image of at least one Flink version, such as Profiles[1.20].Image.");
        foreach (var (version, profile) in options.Profiles)
        {
            CheckProfile($"Profiles[{version}]", profile, Require);
        }
        return result.Build();
    }

    private static void CheckProfile(string field, KubernetesFlinkProfile profile, Action<bool, string> require)
    {
        require(!string.IsNullOrWhiteSpace(profile.Image), $"{field}.Image is missing.");
        require(
            profile.ImagePullPolicy is "IfNotPresent" or "Always" or "Never",
            $"{field}.ImagePullPolicy '{profile.ImagePullPolicy}' must be IfNotPresent, Always or Never.");
        foreach (var toleration in profile.Tolerations.Concat(profile.Zones.Values.SelectMany(static z => z.Tolerations)))
        {
            require(
                toleration.Split(':') is [{ Length: > 0 }, "NoSchedule" or "PreferNoSchedule" or "NoExecute"],
                $"{field}.Tolerations '{toleration}' must be key=value:Effect or key:Effect, Effect being NoSchedule, PreferNoSchedule or NoExecute.");
        }
    }
}
