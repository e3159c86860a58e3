using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Flink.Resources.Health;

/// <summary>
/// How healthy is a job, 0 to 10? A weighted mean of grades, limited by its worst parts, that says what each item cost and how much is
/// not known. Pure: the same situation has the same score, in whatever order its lists come. Safe for concurrent use.
/// </summary>
public sealed class HealthScorer
{
    private readonly HealthScoringOptions _options;
    private readonly HealthMeter _meter;
    private readonly ItemSet _streaming;
    private readonly ItemSet _nearRealTime;
    private readonly ItemSet _batch;

    /// <summary>Creates a scorer.</summary>
    /// <param name="options">The numbers.</param>
    /// <param name="own">Items beside the built-in ones, for jobs of all kinds. They change what the others weigh, not how they are graded.</param>
    /// <exception cref="ArgumentException">A number is out of its range, or a key is there twice; the message lists all mistakes.</exception>
    public HealthScorer(HealthOptions options, params IEnumerable<IHealthItem> own)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(own);
        // By name, so that the order of registration means nothing.
        IHealthItem[] owned = [.. own.OrderBy(static i => i.Definition.Key, StringComparer.Ordinal)];
        options = options with
        {
            Streaming = [.. options.Streaming, .. owned.Select(static i => i.Definition)],
            NearRealTime = [.. options.NearRealTime, .. owned.Select(static i => i.Definition)],
            Batch = [.. options.Batch, .. owned.Select(static i => i.Definition)],
        };
        HealthOptionsValidator.ThrowIfInvalid(options);
        _options = options.Scoring;
        _meter = new(options, owned);
        (_streaming, _nearRealTime, _batch) = (new(options.Streaming), new(options.NearRealTime), new(options.Batch));
    }

    /// <summary>Measures, looks for open gates, and scores.</summary>
    /// <param name="facts">What was seen of the job.</param>
    public HealthEvaluation Evaluate(HealthFacts facts) => Score(_meter.Measure(facts));

    /// <summary>What would be scored: the readings and the open gates behind <see cref="Evaluate"/>.</summary>
    /// <param name="facts">What was seen of the job.</param>
    public HealthSituation Measure(HealthFacts facts) => _meter.Measure(facts);

    /// <summary>Scores readings that somebody else took.</summary>
    public HealthEvaluation Score(HealthSituation situation)
    {
        ArgumentNullException.ThrowIfNull(situation);
        var items = situation.Kind switch
        {
            JobKind.NearRealTime => _nearRealTime,
            JobKind.Batch => _batch,
            _ => _streaming,
        };
        var (gates, setAside) = Sort(situation);
        var readings = new HealthReading?[items.Items.Length];
        foreach (var reading in situation.Readings)
        {
            if (items.IndexOf(reading.Item) is >= 0 and var index && !(readings[index]?.At > reading.At) && !double.IsNaN(reading.Value))
            {
                readings[index] = reading;
            }
        }
        return Score(situation, items, readings, gates, setAside);
    }

    private HealthEvaluation Score(
        HealthSituation situation, ItemSet items, HealthReading?[] readings, ImmutableArray<GateFinding> gates, ImmutableArray<GateFinding> setAside)
    {
        var absent = ImmutableArray.CreateBuilder<HealthItemAbsence>();
        var counted = new HealthItemScore[items.Items.Length];
        double known = 0, asked = 0, points = 0;
        double? cap = gates.IsEmpty ? null : _options.GateCap;
        var count = 0;
        for (var i = 0; i < items.Items.Length; i++)
        {
            var item = items.Items[i];
            var reason = ReasonAgainst(situation, item, readings[i]);
            asked += reason == HealthAbsenceReason.NotInThisPhase ? 0 : item.Weight;
            if (reason is { } why)
            {
                absent.Add(new(item.Key, why));
                continue;
            }
            var value = readings[i]!.Value.Value;
            var grade = item.Grade(value);
            known += item.Weight;
            points += item.Weight * grade;
            cap = Lower(cap, item, grade);
            counted[count++] = new(item.Key, value, grade, item.Weight, 0);
        }
        foreach (ref var item in counted.AsSpan(0, count))
        {
            item = item with { LostPoints = 10 * item.Weight * (1 - item.Grade) / known };
        }
        double? score = count == 0 ? null : Math.Min(10 * points / known, cap ?? 10);
        var coverage = asked > 0 ? known / asked : 0;
        return new()
        {
            At = situation.Now,
            Score = score,
            Coverage = coverage,
            Band = BandOf(score, coverage, !gates.IsEmpty),
            Cap = cap,
            Gates = gates,
            GatesSetAside = setAside,
            Items = ImmutableCollectionsMarshal.AsImmutableArray(count == counted.Length ? counted : counted[..count]),
            Absent = absent.ToImmutable(),
        };
    }

    private HealthAbsenceReason? ReasonAgainst(HealthSituation situation, HealthItem item, HealthReading? reading)
    {
        if (situation.Phase == HealthPhase.WarmUp || (situation.Phase == HealthPhase.CatchUp && !item.CountsWhileCatchingUp))
        {
            return HealthAbsenceReason.NotInThisPhase;
        }
        if (situation.IsControlPlaneHeld)
        {
            return HealthAbsenceReason.ControlPlaneHeld;
        }
        return reading is not { } taken ? HealthAbsenceReason.NoData
            : situation.Now - taken.At > _options.StaleAfter ? HealthAbsenceReason.Stale
            : null;
    }

    private double? Lower(double? cap, HealthItem item, double grade)
    {
        double? limit = !item.LimitsScore ? null
            : grade <= 0 ? _options.FailedItemCap
            : grade < _options.WeakItemGrade ? _options.WeakItemCap
            : null;
        return limit is { } own && !(cap <= own) ? own : cap;
    }

    private HealthBand BandOf(double? score, double coverage, bool hasGate)
    {
        if (hasGate)
        {
            return HealthBand.Unhealthy;
        }
        if (coverage < _options.MinimumCoverage || score is not { } points)
        {
            return HealthBand.Unknown;
        }
        return points >= _options.HealthyFrom ? coverage < _options.FullCoverage ? HealthBand.HealthyPartial : HealthBand.Healthy
            : points >= _options.WatchFrom ? HealthBand.Watch
            : HealthBand.Unhealthy;
    }

    private static (ImmutableArray<GateFinding> Counting, ImmutableArray<GateFinding> SetAside) Sort(HealthSituation situation)
    {
        if (situation.Gates.IsEmpty)
        {
            return ([], []);
        }
        var all = situation.Gates.DistinctBy(static g => g.Gate).OrderBy(static g => g.Gate).ToLookup(g => Counts(g.Gate, situation));
        return ([.. all[true]], [.. all[false]]);
    }

    private static bool Counts(HealthGate gate, HealthSituation situation) =>
        situation.IsControlPlaneHeld ? gate == HealthGate.G6SecondCopy
        : situation.Phase != HealthPhase.WarmUp || gate is HealthGate.G4WrongSnapshot or HealthGate.G6SecondCopy or HealthGate.G7RootCause;

    /// <summary>The items of a kind; few enough that looking through all of them beats a table.</summary>
    private sealed class ItemSet(ImmutableArray<HealthItem> items)
    {
        public HealthItem[] Items { get; } = [.. items];

        public int IndexOf(string key)
        {
            for (var i = 0; i < Items.Length; i++)
            {
                if (string.Equals(Items[i].Key, key, StringComparison.Ordinal))
                {
                    return i;
                }
            }
            return -1;
        }
    }
}
