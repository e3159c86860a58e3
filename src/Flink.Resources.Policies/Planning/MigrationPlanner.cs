using System.Collections.Immutable;
using System.Globalization;

namespace Flink.Resources.Planning;

/// <summary>Puts jobs into waves. Pure: the same facts in any order give the same plan.</summary>
/// <remarks>
/// First canaries, then stages that grow, then the jobs of tier P0 one by one. Within a stage the less important go first, then the
/// stateless, then the smaller state, then those with fewer consumers. No wave has two jobs that are joined, more of a team or queue than
/// allowed, or more than there is room for, there and back.
/// </remarks>
public static class MigrationPlanner
{
    private static readonly ImmutableArray<PlanStage> Stages = [PlanStage.OnePercent, PlanStage.FivePercent, PlanStage.TenPercent, PlanStage.TwentyFivePercent];

    /// <summary>Plans. Every job of the facts is in one wave or in <see cref="MigrationPlan.Left"/>, with the reason.</summary>
    /// <param name="facts">What is known.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of range, a job is there twice or has amounts below nothing; the message names all of it.</exception>
    public static MigrationPlan Plan(PlanningFacts facts, PlanningOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(facts);
        options ??= new();
        RangeErrors.ThrowIfAny(PlanningOptionsValidator.Validate(options), nameof(options));
        RangeErrors.ThrowIfAny(PlanningOptionsValidator.Validate(facts), nameof(facts));

        var triage = new Triage(facts, options);
        var canaries = new Canaries(triage.Units, options);
        var room = new RoomLedger(facts.Capacity, options.Capacity);
        var builder = new WaveBuilder(options, new WaveShares(facts.Jobs, options, room), room);
        builder.Add(PlanStage.Canary, WaveScope.Fleet, canaries.Synthetic, "Canary, made for trying the way out");
        var synthetic = builder.Planned;
        builder.Add(PlanStage.Canary, WaveScope.Fleet, canaries.Volunteers, "Canary, offered by its owner");

        var volunteers = canaries.Volunteers.ToHashSet();
        var others = triage.Units.Where(u => !u.Jobs.All(static j => j.IsSynthetic) && !volunteers.Contains(u)).ToList();
        var ordinary = others.Where(static u => !u.MovesAlone).ToList();
        var fleet = volunteers.Count + others.Sum(static u => u.Jobs.Length);
        AddStages(builder, options, ordinary, fleet, builder.Planned - synthetic);
        foreach (var unit in others.Where(static u => u.MovesAlone))
        {
            builder.Add(PlanStage.Rest, options.Scope, [unit], "Last, one by one");
        }
        return new()
        {
            Revision = options.Revision,
            Waves = builder.Waves,
            Left = [.. triage.Left.Concat(canaries.Spare).Concat(builder.Left).OrderBy(static l => l.Job.Job.Value, StringComparer.Ordinal)],
            Notes = canaries.Notes,
        };
    }

    private static void AddStages(WaveBuilder builder, PlanningOptions options, List<MoveUnit> inOrder, int fleet, int moved)
    {
        var waiting = inOrder;
        for (var stage = 0; stage < Stages.Length; stage++)
        {
            // Of a small fleet one job goes first all the same.
            var most = Math.Max(1, (int)Math.Floor((options.StageShares[stage] * fleet) + 1e-9)) - moved;
            var (taken, later) = Take(waiting, most);
            moved += taken.Sum(static u => u.Jobs.Length);
            builder.Add(Stages[stage], options.Scope, taken, string.Create(CultureInfo.InvariantCulture, $"Among the first {options.StageShares[stage]:0.##%} of the fleet"));
            waiting = later;
        }
        builder.Add(PlanStage.Rest, options.Scope, waiting, string.Create(CultureInfo.InvariantCulture, $"After the first {options.StageShares[^1]:0.##%} of the fleet"));
    }

    /// <summary>The first units that are not more than some jobs together. A session that is too large for a stage waits for a later one.</summary>
    private static (List<MoveUnit> Taken, List<MoveUnit> Later) Take(List<MoveUnit> units, int most)
    {
        var (taken, later) = (new List<MoveUnit>(), new List<MoveUnit>());
        foreach (var unit in units)
        {
            var fits = unit.Jobs.Length <= most;
            (fits ? taken : later).Add(unit);
            most -= fits ? unit.Jobs.Length : 0;
        }
        return (taken, later);
    }
}
