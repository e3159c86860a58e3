namespace Flink.Resources.Health;

/// <summary>
/// One thing that is looked at, and how a number of it becomes a grade. The formula also serves where smaller is better: then
/// <see cref="Good"/> is the smaller one.
/// </summary>
public sealed record HealthItem
{
    /// <summary>What the item is called in readings, answers and reports, for example <c>lag</c>. Compared by ordinal.</summary>
    public required string Key { get; init; }

    /// <summary>What it is, for a person.</summary>
    public required string Title { get; init; }

    /// <summary>The number from which on the grade is 0.</summary>
    public required double Bad { get; init; }

    /// <summary>The number from which on the grade is 1. Never the same as <see cref="Bad"/>.</summary>
    public required double Good { get; init; }

    /// <summary>How much it counts; more than 0. Those of one kind of job sum to 100 without own items.</summary>
    public required double Weight { get; init; }

    /// <summary>How far back it looks; more than zero.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>A low grade of this item alone limits the whole score, whatever the mean of all says.</summary>
    public bool LimitsScore { get; init; }

    /// <summary>It counts while the job works off what piled up during its stop. False where that is bound to look bad.</summary>
    public bool CountsWhileCatchingUp { get; init; } = true;

    /// <summary>The grade of a number: 0 (bad) to 1 (good), linear between.</summary>
    /// <param name="value">A number; not NaN. An infinite one is as good or as bad as can be.</param>
    public double Grade(double value) => Math.Clamp((value - Bad) / (Good - Bad), 0, 1);
}
