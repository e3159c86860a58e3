using System.Collections.Immutable;

namespace Flink.Resources.Planning;

/// <summary>Says whether a campaign may go on. Pure: what it remembers comes in as <see cref="CampaignFacts.Standing"/>.</summary>
public static class AbortRules
{
    /// <summary>
    /// All holds of a campaign from now on: the old ones that stay and the new ones, the strongest first, then by key. A hold that needs a
    /// person stays until its key is in <see cref="CampaignFacts.Released"/>, and then comes back only for something that happened later.
    /// One that needs none ends when its cause has been away for <see cref="AbortOptions.RearmAfter"/>.
    /// </summary>
    /// <param name="facts">What is known.</param>
    /// <param name="options">The thresholds; null for the defaults.</param>
    /// <exception cref="ArgumentException">Numbers of the options are out of range; the message names all of them.</exception>
    public static ImmutableArray<CampaignHold> Evaluate(CampaignFacts facts, AbortOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(facts);
        options ??= new();
        RangeErrors.ThrowIfAny(AbortOptionsValidator.Validate(options), nameof(options));
        var holds = new HoldSet(facts);
        new FailureRules(facts, options, holds).Evaluate();
        new HealthRules(facts, options, holds).Evaluate();
        new ControlPlaneRules(facts, options, holds).Evaluate();
        return holds.Merge(options.RearmAfter);
    }
}
