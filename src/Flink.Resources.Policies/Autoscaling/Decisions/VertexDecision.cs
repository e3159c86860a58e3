using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Autoscaling;

/// <summary>Why a vertex gets the parallelism it gets.</summary>
public enum VertexReason
{
    /// <summary>Not decided.</summary>
    Unknown = 0,

    /// <summary>Its rates are not known, so nothing changes.</summary>
    MetricsMissing,

    /// <summary>It is excluded from scaling.</summary>
    Excluded,

    /// <summary>It already has the parallelism it needs, within its limits.</summary>
    AlreadyRight,

    /// <summary>It grows.</summary>
    ScaleUp,

    /// <summary>It shrinks.</summary>
    ScaleDown,

    /// <summary>It would shrink, but waits for the scale-down interval.</summary>
    ScaleDownDelayed,

    /// <summary>It would grow, but its last growth brought too little.</summary>
    Ineffective,

    /// <summary>It would change, but neither it nor any other vertex is outside its bounds.</summary>
    NobodyOutside,

    /// <summary>It would grow, but its scaling curve says that this is not worth it. See <see cref="AutoscalerAdditions.ScalingCurve"/>.</summary>
    NotWorthwhile,

    /// <summary>It would grow, but a bottleneck takes no more. See <see cref="AutoscalerAdditions.BottleneckPropagation"/>.</summary>
    HeldByBottleneck,

    /// <summary>It would change, but not by two windows in a row. See <see cref="AutoscalerAdditions.AgreeingWindows"/>.</summary>
    WindowsDisagree,

    /// <summary>It would change, but this step was undone not long ago. See <see cref="AutoscalerAdditions.WayBack"/>.</summary>
    StepBlocked,

    /// <summary>The last scaling is undone. See <see cref="AutoscalerAdditions.WayBack"/>.</summary>
    Restored,
}

/// <summary>What is decided for one vertex, with every number on the way. Rates are records per second.</summary>
public sealed record VertexDecision
{
    /// <summary>The rates it was decided from.</summary>
    public required VertexEvaluation Evaluation { get; init; }

    /// <summary>The parallelism to use.</summary>
    public required int NewParallelism { get; init; }

    /// <summary>Why.</summary>
    public required VertexReason Reason { get; init; }

    /// <summary>Whether the change is urgent: the processing rate is outside its thresholds. False without a change.</summary>
    public bool OutsideUtilizationBound { get; init; }

    /// <summary>Processing rate needed at the target utilization; NaN when not known.</summary>
    public double Capacity { get; init; } = double.NaN;

    /// <summary>What the parallelism was multiplied with, after its limits; NaN when not known.</summary>
    public double Factor { get; init; } = double.NaN;

    /// <summary>How well the vertex scales by its history, 1 is linearly.</summary>
    public double Scalability { get; init; } = 1;

    /// <summary>Parallelism within the limits before alignment; the current one when no decision came that far.</summary>
    public int TargetParallelism { get; init; }

    /// <summary>Parallelism after alignment, before delays and blocks.</summary>
    public int AlignedParallelism { get; init; }

    /// <summary>Processing rate expected of the aligned parallelism; NaN when nothing was to change.</summary>
    public double ExpectedProcessingRate { get; init; } = double.NaN;

    /// <summary>What should be reported along with it, in the order it arose.</summary>
    public ImmutableArray<ScalingEventKind> Events { get; init; } = [];

    /// <summary>What additions did, or have to say.</summary>
    public ImmutableArray<ScalingNote> Notes { get; init; } = [];

    /// <summary>Whether the parallelism changes.</summary>
    public bool IsChange => NewParallelism != Evaluation.Parallelism;

    /// <summary>One sentence for a person, and what additions have to say.</summary>
    public string Explain()
    {
        var sentence = Sentence();
        return Notes.IsEmpty && Evaluation.Notes.IsEmpty ? sentence : $"{sentence} {string.Join(' ', Evaluation.Notes.Concat(Notes))}";
    }

    /// <summary>The change not made, for a reason and with a note.</summary>
    internal VertexDecision Held(VertexReason reason, ScalingNote note) => this with
    {
        NewParallelism = Evaluation.Parallelism,
        OutsideUtilizationBound = false,
        Reason = reason,
        Notes = Notes.Add(note),
    };

    private string Sentence()
    {
        var (current, rate) = (Evaluation.Parallelism, Evaluation.TrueProcessingRate);
        var step = string.Create(CultureInfo.InvariantCulture,
            $"needs {Capacity:0.###}/s at the target utilization and can do {rate:0.###}/s: {current} x {Factor:0.###} gives {TargetParallelism} within the limits");
        var aligned = AlignedParallelism == TargetParallelism ? "" : string.Create(CultureInfo.InvariantCulture, $", aligned {AlignedParallelism}");
        return Reason switch
        {
            VertexReason.MetricsMissing => "its rates are not known; missing metrics never change anything",
            VertexReason.Excluded => "excluded from scaling",
            VertexReason.AlreadyRight => $"{step}{aligned}: stays",
            VertexReason.ScaleUp or VertexReason.ScaleDown when !OutsideUtilizationBound =>
                $"{step}{aligned}; inside its bounds, changed along with others",
            VertexReason.ScaleUp => $"{step}{aligned}; {Outside()}",
            VertexReason.ScaleDown when NewParallelism != AlignedParallelism =>
                string.Create(CultureInfo.InvariantCulture, $"{step}{aligned}; {NewParallelism} is the most that was recommended while waiting"),
            VertexReason.ScaleDown => $"{step}{aligned}; {Outside()}",
            VertexReason.ScaleDownDelayed => $"{step}{aligned}; scaling down waits for the scale-down interval",
            VertexReason.Ineffective => $"{step}{aligned}; blocked, the last scale-up brought too little",
            VertexReason.NotWorthwhile => $"{step}{aligned}; held, the step would not be worth it",
            VertexReason.HeldByBottleneck => $"{step}{aligned}; held, a bottleneck takes no more",
            VertexReason.WindowsDisagree => $"{step}{aligned}; waits for a second window to agree",
            VertexReason.StepBlocked => $"{step}{aligned}; held, this step was undone not long ago",
            VertexReason.Restored => IsChange
                ? string.Create(CultureInfo.InvariantCulture, $"back from {current} to {NewParallelism}, the last scaling did harm")
                : "stays while the last scaling is undone",
            VertexReason.NobodyOutside => $"{step}{aligned}; no vertex is outside its bounds, so nothing is restarted",
            _ => "not decided",
        };
    }

    private string Outside() => Evaluation.TrueProcessingRate < Evaluation.Thresholds.ScaleUp
        ? string.Create(CultureInfo.InvariantCulture, $"too slow, less than {Evaluation.Thresholds.ScaleUp:0.###}/s")
        : string.Create(CultureInfo.InvariantCulture, $"too fast, more than {Evaluation.Thresholds.ScaleDown:0.###}/s");
}
