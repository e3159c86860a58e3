namespace Flink.Resources.Autoscaling;

/// <summary>A true processing rate that was measured at some parallelism.</summary>
/// <param name="At">When.</param>
/// <param name="Parallelism">The parallelism, at least 1.</param>
/// <param name="Rate">Records per second of all subtasks together.</param>
public sealed record RateObservation(DateTimeOffset At, int Parallelism, double Rate);

/// <summary>
/// How the processing rate of a vertex grows with its parallelism: <c>rate(p) = λ·p / (1 + σ·(p − 1))</c>. Concave and
/// never falling: with σ = 0 it grows linearly, with σ = 1 not at all. This is Amdahl's law, the Universal Scalability
/// Law (Gunther, "Guerrilla Capacity Planning", 2007) without its term for coherency.
/// </summary>
/// <param name="SingleRate">λ: records per second of one subtask alone; above 0.</param>
/// <param name="Contention">σ: the share of the work that does not get faster, 0 to 1.</param>
public sealed record ScalingCurve(double SingleRate, double Contention)
{
    /// <summary>The rate at a parallelism, in records per second.</summary>
    public double At(double parallelism) => SingleRate * parallelism / (1 + Contention * (parallelism - 1));

    /// <summary>
    /// How much of what linear growth would bring a step upwards brings by this curve: 1 all of it, 0 nothing.
    /// </summary>
    /// <param name="from">Parallelism before.</param>
    /// <param name="to">Parallelism after.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step does not lead upwards from at least 1.</exception>
    public double GainShare(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(from, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(to, from);
        // ((rate(to) / rate(from)) − 1) / (to / from − 1), in a form in which nothing cancels.
        return (1 - Contention) / (1 + Contention * (to - 1.0));
    }

    /// <summary>
    /// The curve closest to the observations, by relative error. Rates that are not finite or not above 0 are ignored.
    /// </summary>
    /// <returns>Null when fewer than two different parallelisms were observed.</returns>
    public static ScalingCurve? Fit(IEnumerable<RateObservation> observations)
    {
        ArgumentNullException.ThrowIfNull(observations);
        // p / rate = a + b·(p − 1) with a = 1/λ, b = σ/λ is linear: least squares of (a·u + b·v − 1).
        var usable = observations.Where(static o => double.IsFinite(o.Rate) && o.Rate > 0 && o.Parallelism > 0).ToList();
        if (usable.Select(static o => o.Parallelism).Distinct().Take(2).Count() < 2)
        {
            return null;
        }
        var scale = usable.Max(static o => o.Rate / o.Parallelism);
        var points = usable.ConvertAll(o => (U: o.Rate / o.Parallelism / scale, V: (o.Parallelism - 1) * (o.Rate / o.Parallelism / scale)));
        return Candidates(points).MinBy(c => Error(points, c)) is var (a, b) && a > 0 ? new(scale / a, Math.Clamp(b / a, 0, 1)) : null;
    }

    // The error is convex: the best within 0 ≤ b ≤ a is the best of all, or on one of the two borders.
    private static List<(double A, double B)> Candidates(List<(double U, double V)> points)
    {
        var (uu, uv, vv, u, v) = (0d, 0d, 0d, 0d, 0d);
        foreach (var point in points)
        {
            uu += point.U * point.U;
            uv += point.U * point.V;
            vv += point.V * point.V;
            u += point.U;
            v += point.V;
        }
        var (determinant, sum) = (uu * vv - uv * uv, uu + 2 * uv + vv);
        var linear = (A: u / uu, B: 0d);
        var flat = (A: (u + v) / sum, B: (u + v) / sum);
        var best = (A: (u * vv - v * uv) / determinant, B: (v * uu - u * uv) / determinant);
        return double.IsFinite(best.A) && best.B >= 0 && best.B <= best.A ? [best, linear, flat] : [linear, flat];
    }

    private static double Error(List<(double U, double V)> points, (double A, double B) curve) =>
        points.Sum(p => Math.Pow(curve.A * p.U + curve.B * p.V - 1, 2));
}
