using System.Collections.Immutable;
using CsCheck;

namespace Flink.Resources.Health;

/// <summary>Situations and evaluations for tests.</summary>
internal static class HealthCases
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 9, 30, 0, TimeSpan.Zero);

    public static readonly HealthScorer Scorer = new(new());

    public static readonly string[] Keys = [.. HealthItems.Streaming.Select(static i => i.Key)];

    /// <summary>Readings of any subset of the items; limits, middles and values beyond are likely.</summary>
    public static readonly Gen<ImmutableArray<HealthReading>> Readings = Gen
        .Select(Gen.Bool.Array[Keys.Length], Gen.OneOf<double>(Gen.Double[-0.5, 1.5], Gen.OneOf<double>(0, 0.5, 1)).Array[Keys.Length])
        .Select(static (there, shares) => HealthItems.Streaming
            .Select((item, i) => (item, i))
            .Where(x => there[x.i])
            .Select(x => new HealthReading(x.item.Key, x.item.Bad + ((x.item.Good - x.item.Bad) * shares[x.i]), Now))
            .ToImmutableArray());

    public static readonly Gen<ImmutableArray<GateFinding>> Gates = Gen.OneOf<ImmutableArray<GateFinding>>(
        Gen.Const(ImmutableArray<GateFinding>.Empty),
        Gen.Enum<HealthGate>().Array[0, 3].Select(static g => g.Select(static x => new GateFinding(x, "seen")).ToImmutableArray()));

    public static readonly Gen<HealthSituation> Situations = Gen.Select(Readings, Gates, Gen.Enum<HealthPhase>(), Gen.Frequency((9, false), (1, true)))
        .Select(static (readings, gates, phase, held) => new HealthSituation { Now = Now, Readings = readings, Gates = gates, Phase = phase, IsControlPlaneHeld = held });

    /// <summary>Evaluations half a minute apart, of scores around the thresholds.</summary>
    public static readonly Gen<HealthEvaluation[]> Series = Gen.Select(
        Gen.OneOf<double?>(Gen.OneOf<double?>(null, 0, 3, 5.9, 6, 6.9, 7, 7.9, 8, 8.1, 8.2, 8.3, 10), Gen.Double[0, 10].Select(static d => (double?)d)),
        Gen.OneOf<double>(1, 1, 1, 0.85, 0.84, 0.7, 0.69, 0),
        Gen.Frequency((20, false), (1, true)),
        Gen.OneOf<int>(0, 30, 30, 30, 60, 150, 300)).Array[0, 60].Select(static steps =>
        {
            var at = Now;
            return steps.Select(s => Evaluation(at += TimeSpan.FromSeconds(s.Item4), s.Item1, s.Item2, s.Item3)).ToArray();
        });

    public static HealthEvaluation Evaluation(DateTimeOffset at, double? score, double coverage = 1, bool gate = false) => new()
    {
        At = at,
        Score = score,
        Coverage = coverage,
        Band = HealthBand.Unknown,
        Gates = gate ? [new GateFinding(HealthGate.G3RestartLoop, "seen")] : [],
    };

    /// <summary>The same score every so often.</summary>
    public static IEnumerable<HealthEvaluation> Steady(double? score, int count, int everySeconds = 30, int fromSeconds = 0, double coverage = 1) =>
        Enumerable.Range(0, count).Select(i => Evaluation(Now.AddSeconds(fromSeconds + (i * everySeconds)), score, coverage));

    public static HealthSituation Situation(params ReadOnlySpan<(string Item, double Value)> readings) =>
        new() { Now = Now, Readings = [.. readings.ToArray().Select(static r => new HealthReading(r.Item, r.Value, Now))] };

    /// <summary>All is well.</summary>
    public static HealthSituation Well => new() { Now = Now, Readings = [.. HealthItems.Streaming.Select(static i => new HealthReading(i.Key, i.Good, Now))] };

    public static HealthSituation With(this HealthSituation situation, string item, double value) =>
        situation with { Readings = [.. situation.Without(item).Readings, new(item, value, situation.Now)] };

    public static HealthSituation Without(this HealthSituation situation, string item) =>
        situation with { Readings = [.. situation.Readings.Where(r => r.Item != item)] };
}
