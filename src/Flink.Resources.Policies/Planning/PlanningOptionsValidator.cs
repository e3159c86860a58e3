using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Checks the ranges of options, and facts that contradict themselves.</summary>
public static class PlanningOptionsValidator
{
    private const int Stages = 4;

    /// <summary>Everything out of its range, each with its name, its value and what would be right. Empty when all is right.</summary>
    public static ImmutableArray<string> Validate(PlanningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new RangeErrors();
        errors.Within(nameof(options.Revision), options.Revision, 1, int.MaxValue);
        if (!Enum.IsDefined(options.Scope))
        {
            errors.Add($"{nameof(options.Scope)} is {options.Scope}; it is {nameof(WaveScope.Queue)} or {nameof(WaveScope.Fleet)}.");
        }
        errors.Within(nameof(options.MaximumJobsPerWave), options.MaximumJobsPerWave, 1, 10_000);
        errors.Above(nameof(options.MaximumShare), options.MaximumShare, 0, 1);
        errors.Within(nameof(options.SmallQueue), options.SmallQueue, 0, 10_000);
        errors.Within(nameof(options.Volunteers), options.Volunteers, 0, 100);
        StageShares(errors, options);
        errors.Add([.. CapacityOptionsValidator.Validate(options.Capacity).Select(static e => $"{nameof(options.Capacity)}:{e}")]);
        return errors.ToImmutable();
    }

    /// <summary>What of the facts can't be so: jobs that are there twice, amounts below nothing. Empty when all can.</summary>
    public static ImmutableArray<string> Validate(PlanningFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var errors = new RangeErrors();
        var seen = new HashSet<JobKey>(facts.Jobs.Length);
        foreach (var job in facts.Jobs)
        {
            if (!seen.Add(job.Job))
            {
                errors.Add($"{nameof(facts.Jobs)}: {job.Job} is there twice; each job is there once.");
            }
            Check(errors, job);
        }
        foreach (var known in facts.Acknowledged.Where(static a => string.IsNullOrWhiteSpace(a.Rule)))
        {
            errors.Add($"{nameof(facts.Acknowledged)}: an entry for {known.Job?.Value ?? "all jobs"} names no rule; write its id, such as 'E06'.");
        }
        return errors.ToImmutable();
    }

    private static void StageShares(RangeErrors errors, PlanningOptions options)
    {
        if (options.StageShares.IsDefault || options.StageShares.Length != Stages)
        {
            var count = options.StageShares.IsDefault ? 0 : options.StageShares.Length;
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{nameof(options.StageShares)} has {count} shares; it has {Stages}, such as 0.01, 0.05, 0.10, 0.25."));
            return;
        }
        var least = 0d;
        for (var i = 0; i < Stages; i++)
        {
            errors.Within(string.Create(CultureInfo.InvariantCulture, $"{nameof(options.StageShares)}:{i}"), options.StageShares[i], least, 1d);
            least = options.StageShares[i] >= least ? options.StageShares[i] : least;
        }
    }

    private static void Check(RangeErrors errors, FleetJob job)
    {
        var need = job.Need;
        NotNegative(errors, job, "Need.TaskManagers", need.TaskManagers);
        NotNegative(errors, job, "Need.JobManager.Memory", need.JobManager.Memory.Bytes);
        NotNegative(errors, job, "Need.JobManager.CpuMillicores", need.JobManager.CpuMillicores);
        NotNegative(errors, job, "Need.TaskManager.Memory", need.TaskManager.Memory.Bytes);
        NotNegative(errors, job, "Need.TaskManager.CpuMillicores", need.TaskManager.CpuMillicores);
        NotNegative(errors, job, nameof(job.StateBytes), job.StateBytes ?? 0);
        NotNegative(errors, job, nameof(job.InputRate), job.InputRate ?? 0);
        NotNegative(errors, job, nameof(job.MaximumRate), job.MaximumRate ?? 0);
        NotNegative(errors, job, nameof(job.ExpectedDowntime), job.ExpectedDowntime?.TotalSeconds ?? 0);
        NotNegative(errors, job, nameof(job.ExpectedDuration), job.ExpectedDuration?.TotalSeconds ?? 0);
    }

    private static void NotNegative(RangeErrors errors, FleetJob job, string field, double value)
    {
        if (!(value >= 0) || double.IsInfinity(value))
        {
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"{job.Job}: {field} is {value}; it is a number of at least 0."));
        }
    }
}
