namespace Flink.Resources.Eligibility;

/// <summary>A job that logs in must be able to log in there.</summary>
internal sealed class KerberosOnTarget() : EligibilityRule(
    "E04", EligibilitySeverity.Block, "Kerberos is used, and keytab, principal or krb5.conf are not there on the target",
    "`security.kerberos.*` on both sides, declarations, the probe of E03 from the target")
{
    private static readonly string[] Keys = [KerberosUse.Keytab, KerberosUse.Principal, KerberosUse.Krb5, "security.kerberos.login.contexts"];

    protected override IEnumerable<EligibilityFinding> Find(EligibilityFacts facts) => WithConfiguration(facts, settings =>
    {
        if (!new KerberosUse(facts, settings).IsUsed)
        {
            return [];
        }
        if (facts.Declared.TargetHasKerberos == false)
        {
            return [Finding("The job logs in with Kerberos, and the target has no login for it", "put keytab and krb5.conf into a Secret of the target, or into its profile")];
        }
        return facts.Declared.TargetHasKerberos == true ? [] : [.. Missing(settings, new FlinkSettings(facts.TargetSpec.Configuration)), .. Tried(facts)];
    });

    private IEnumerable<EligibilityFinding> Missing(FlinkSettings here, FlinkSettings there) =>
        from key in Keys
        where here[key] is not null && there[key] is null
        select Finding($"{key} is set on the source and not on the target", $"set {key} to what is there on the target, or declare that the place brings it");

    /// <summary>Storage that asks for a login lets a probe in only when the login works.</summary>
    private IEnumerable<EligibilityFinding> Tried(EligibilityFacts facts)
    {
        var there = facts.Directories.Where(d => d.Backend == facts.Target.Backend).Select(static d => d.Probe.Status).ToList();
        return there.Contains(LookupStatus.Found) ? []
            : there.Contains(LookupStatus.Absent) ? [Finding(EligibilitySeverity.Warn, $"Whether the login works can't be proved: {facts.Target.Backend} can't try directories from inside", "see that keytab and krb5.conf are there and valid")]
            : [NotKnown("Whether the login works on the target", new Evidence("none", facts.Now, "no directory was tried from there."), "try the directory of snapshots from the target, or declare that it has the login")];
    }
}
