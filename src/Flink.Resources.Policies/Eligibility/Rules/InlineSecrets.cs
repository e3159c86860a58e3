using Flink.Resources.Translation;

namespace Flink.Resources.Eligibility;

/// <summary>A secret in a configuration is copied by every move.</summary>
internal sealed class InlineSecrets() : EligibilityRule(
    "E25", EligibilitySeverity.Fix, "A secret stands in the configuration", "names of keys and patterns of values; values are never shown")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => WithConfiguration(facts, settings => Of(settings, "source"))
        .Concat(Of(new FlinkSettings(facts.TargetSpec.Configuration), "target"));

    private IEnumerable<EligibilityFinding> Of(FlinkSettings settings, string side)
    {
        var keys = settings.Original.Where(static p => p.Key != SecretMask.ProgramArguments && SecretMask.IsSecret(p.Key, p.Value)).Select(static p => p.Key).ToList();
        return keys.Count == 0 ? [] : [Finding($"On the {side}: {string.Join(", ", keys)}", "move them into a Secret of the cluster, or into the place's own configuration")];
    }
}
