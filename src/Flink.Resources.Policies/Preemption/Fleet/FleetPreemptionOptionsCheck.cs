using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Flink.Resources.Preemption.Fleet;

/// <summary>Ranges of the policy's numbers. All that is wrong is said at once.</summary>
internal sealed class FleetPreemptionOptionsCheck
{
    private readonly List<string> _errors = [];

    /// <summary>Checks all numbers.</summary>
    /// <exception cref="ArgumentException">Some numbers are out of range; the message names each with its value and its range.</exception>
    public static void ThrowIfOutOfRange(FleetPreemptionOptions options, [CallerArgumentExpression(nameof(options))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(options, name);
        var check = new FleetPreemptionOptionsCheck();
        check.Amounts(options);
        check.Times(options);
        check.Names(options);
        if (check._errors.Count > 0)
        {
            throw new ArgumentException(string.Join(' ', check._errors), name);
        }
    }

    private void Amounts(FleetPreemptionOptions options)
    {
        Fraction(options.MaximumBeingFreed);
        Fraction(options.MaximumStopsPerQueueAndHour);
        AtLeast(options.MaximumSavepoints, 0);
        AtLeast(options.MaximumSavepointsPerTeam, 0);
        AtLeast(options.MaximumStopsPerDay, 0);
        AtLeast(options.MaximumStopsPerDayRealTime, 0);
        AtLeast(options.RestoreBytesPerSecond, 1);
        AtLeast(options.SavepointBytesPerSecond, 1);
        AtLeast(options.MaximumSparedListed, 0);
        AtLeast(options.PortionSize, 1);
        AtLeast(options.MaximumSearchSteps, 0);
        if (!(options.DeadZone is >= 0 and <= 10))
        {
            Add(options.DeadZone, "a number from 0 to 10");
        }
    }

    private void Times(FleetPreemptionOptions options)
    {
        Duration(options.CoolDown);
        Duration(options.MinimumRunTime);
        Duration(options.PauseAfterDisplacement);
        Duration(options.MinimumWait);
        Duration(options.MaximumReplay);
        Duration(options.ShrinkRelease);
        Duration(options.StopTime);
        Duration(options.StartTime);
        Duration(options.ExpectedParking);
        Duration(options.ShrinkHorizon);
    }

    private void Names(FleetPreemptionOptions options)
    {
        foreach (var (budget, allowed) in options.DisruptionBudgets ?? ImmutableDictionary<string, int>.Empty)
        {
            AtLeast(allowed, 0, $"DisruptionBudgets[{budget}]");
        }
        foreach (var tier in options.UntouchableTiers ?? [])
        {
            if (!Enum.IsDefined(tier) || tier is WorkloadTier.Unknown or WorkloadTier.Online)
            {
                Add(tier, "bands of jobs: Batch, NearRealTime, RealTime", nameof(options.UntouchableTiers));
            }
        }
        if (options.DisruptionBudgets is null || options.UntouchableTiers is null)
        {
            Add("null", "given, and may be empty", options.DisruptionBudgets is null ? nameof(options.DisruptionBudgets) : nameof(options.UntouchableTiers));
        }
    }

    private void Fraction(double value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (!(value is > 0 and <= 1))
        {
            Add(value, "above 0 and at most 1", name);
        }
    }

    private void AtLeast(long value, long least, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < least)
        {
            Add(value, string.Create(CultureInfo.InvariantCulture, $"{least} or more"), name);
        }
    }

    /// <summary>A year is longer than anything that is waited for here, and sums of such times stay in range.</summary>
    private void Duration(TimeSpan value, [CallerArgumentExpression(nameof(value))] string name = "")
    {
        if (value < TimeSpan.Zero || value > TimeSpan.FromDays(365))
        {
            Add(value.ToString("c", CultureInfo.InvariantCulture), "from 0 to 365 days", name);
        }
    }

    private void Add<T>(T value, string range, [CallerArgumentExpression(nameof(value))] string name = "") =>
        _errors.Add(string.Create(CultureInfo.InvariantCulture, $"{name[(name.LastIndexOf('.') + 1)..]} is {value}, but has to be {range}."));
}
