namespace Flink.Resources.Eligibility;

/// <summary>Tokens that nobody renews end after their longest life, usually seven days: after the soak.</summary>
internal sealed class KeytabForLongJobs() : EligibilityRule(
    "E35", EligibilitySeverity.Block, "Kerberos by delegation tokens only, for a job without end", "`security.kerberos.login.keytab`, declarations")
{
    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => facts.Kind == JobKind.Batch
        ? []
        : WithConfiguration(facts, settings =>
        {
            var here = new KerberosUse(facts, settings);
            var hasKeytab = new FlinkSettings(facts.TargetSpec.Configuration)[KerberosUse.Keytab] is not null || facts.Declared.TargetHasKerberos == true;
            return here.IsUsed && !here.HasKeytab && !hasKeytab
                ? [Finding($"Kerberos is used and {KerberosUse.Keytab} is set on neither side: the job dies when its delegation tokens reach their longest life", $"give the job a keytab: {KerberosUse.Keytab} and {KerberosUse.Principal}")]
                : [];
        });
}
